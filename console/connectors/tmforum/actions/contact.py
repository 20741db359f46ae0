"""Writers for contact data: contact media in CRM's customer (TMF629) and a copy in billing's account (TMF666).

Unchanged media are sent back as received, because a merge patch replaces whole lists (RFC 7396).
"""

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from console.connectors.tmforum.actions.writer import Patched
from console.connectors.tmforum.client import TmForumClient
from console.connectors.tmforum.record_reader import RecordReader
from console.connectors.tmforum.records.bills import contact_rank
from console.models.outbox import Action, Step

# Contact value -> attribute of a contact medium.
VALUES = {"phone": "phoneNumber", "email": "emailAddress"} | {
    name: name for name in ("street1", "street2", "city", "stateOrProvince", "postCode", "country")
}
_ADDRESS = frozenset(VALUES) - {"phone", "email"}
_NEW = {"phone": ("phone", "PhoneContactMedium"), "email": ("email", "EmailContactMedium")}
_NEW_ADDRESS = ("postalAddress", "GeographicAddressContactMedium")


class CustomerContact(Patched):
    """Changes the customer's contact media in CRM."""

    resource: ClassVar[str] = "customer"

    def current_values(self, record: Mapping[str, Any], action: Action, step: Step) -> dict[str, str]:
        return _chosen(media_values(record.get("contactMedium")), step)

    def patch(self, client: TmForumClient, record: Mapping[str, Any], action: Action, step: Step) -> dict[str, Any]:
        v5 = client.settings(self.resource).version == "v5"
        media = changed_media(record.get("contactMedium"), step.wanted, v5=v5)
        return {"engagedParty": record.get("engagedParty"), "contactMedium": media}


class AccountContact(Patched):
    """Changes billing's copy: the media of the account holder's contact."""

    resource: ClassVar[str] = "billingAccount"

    def current_values(self, record: Mapping[str, Any], action: Action, step: Step) -> dict[str, str]:
        return _chosen(media_values(_contact(record).get("contactMedium")), step)

    def patch(self, client: TmForumClient, record: Mapping[str, Any], action: Action, step: Step) -> dict[str, Any]:
        contacts, index = _contacts(record) or [{}], _holder_index(record)
        v5 = client.settings(self.resource).version == "v5"
        media = changed_media(contacts[index].get("contactMedium"), step.wanted, v5=v5)
        return {
            "name": record.get("name"),
            "relatedParty": record.get("relatedParty"),
            "contact": [*contacts[:index], {**contacts[index], "contactMedium": media}, *contacts[index + 1 :]],
        }


def _contact(record: Mapping[str, Any]) -> Mapping[str, Any]:
    contacts = _contacts(record)
    return contacts[_holder_index(record)] if contacts else {}


def _contacts(record: Mapping[str, Any]) -> list[dict[str, Any]]:
    contacts = record.get("contact")
    return [one for one in contacts if isinstance(one, dict)] if isinstance(contacts, list) else []


def _holder_index(record: Mapping[str, Any]) -> int:
    """Return the index of the account holder's contact: the same one that is read is changed."""
    ranks = [contact_rank(RecordReader(one)) for one in _contacts(record)]
    return ranks.index(min(ranks)) if ranks else 0


def _chosen(values: Mapping[str, str], step: Step) -> dict[str, str]:
    return {name: values.get(name, "") for name in step.wanted}


def media_values(media: Any) -> dict[str, str]:
    """Return the valid contact values in a list of media: of each kind the preferred one, else the first."""
    found: dict[str, str] = {}
    for medium in sorted(filter(_holds, _media(media)), key=lambda one: not one.get("preferred")):
        facts = _facts(medium)
        for name, attribute in VALUES.items():
            if isinstance(facts.get(attribute), str) and name not in found:
                found[name] = facts[attribute]
    return found


def changed_media(media: Any, wanted: Mapping[str, str], *, v5: bool) -> list[dict[str, Any]]:
    """Return a list of media with the new values set in the medium that has them now, else in a new medium."""
    changed = [dict(medium) for medium in _media(media)]
    for names in ({"phone"}, {"email"}, _ADDRESS):
        values = {VALUES[name]: wanted[name] for name in names if name in wanted}
        if not values:
            continue
        index = _medium_index(changed, names)
        if index is None:
            word, kind = _NEW.get(next(iter(names)), _NEW_ADDRESS) if len(names) == 1 else _NEW_ADDRESS
            changed.append({"@type": kind, **values} if v5 else {"mediumType": word, "characteristic": values})
        elif "characteristic" in changed[index]:
            changed[index]["characteristic"] = {**_facts(changed[index]), **values}
        else:
            changed[index] |= values
    return changed


def _medium_index(media: list[dict[str, Any]], names: frozenset[str] | set[str]) -> int | None:
    attributes = {VALUES[name] for name in names}
    holding = [i for i in range(len(media)) if _holds(media[i])]
    order = sorted(holding, key=lambda i: not media[i].get("preferred"))
    return next((i for i in order if attributes & _facts(media[i]).keys()), None)


def _holds(medium: dict[str, Any]) -> bool:
    """Return whether a medium is valid now; an ended one is history and is not overwritten."""
    return RecordReader(medium).is_valid()


def _facts(medium: Mapping[str, Any]) -> Mapping[str, Any]:
    facts = medium.get("characteristic", medium)
    return facts if isinstance(facts, dict) else {}


def _media(media: Any) -> Iterator[dict[str, Any]]:
    return (one for one in media if isinstance(one, dict)) if isinstance(media, list) else iter(())
