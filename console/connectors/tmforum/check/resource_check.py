"""The check of one resource: address, records, filters, paging, sorting and refreshing."""

from collections.abc import Iterator, Sequence
from typing import Any

from console.connectors.tmforum.check import guesses
from console.connectors.tmforum.check.probe import ProbeReply
from console.connectors.tmforum.check.records_check import RecordsCheck
from console.connectors.tmforum.check.selecting import Selecting
from console.connectors.tmforum.check.trial import SAMPLE, UNLIKELY, is_newest_first
from console.connectors.tmforum.published import V5_PATHS, Version, default_path
from console.http.responses import refusal_reason
from console.models.check_report import OperationFinding, OperationGrade

_LIMIT_WORDS = ("limit", "pageLimit", "pageSize", "page_size", "size", "per_page")
_NOT_THERE = frozenset({404, 405, 410, 501})


class ResourceCheck(Selecting, RecordsCheck):
    """Checks one resource of one system; `run` returns the findings and fills `setting` with proposed settings."""

    async def run(self, *, by_post: bool) -> list[OperationFinding]:
        """Run all checks and return the findings, in the order of the requests."""
        if not self._settings.served:
            return [self._finding("list", "the resource", "the settings say it is not served", OperationGrade.LIMITED)]
        if self._requirement.is_query:
            return [await self._query(by_post=by_post)]
        found = [await self._find()]
        if self._first is None or self._first.records is None:
            return found
        found += [await self._page(), await self._shape(), *self._values(), await self._one(), await self._missing()]
        if self._requirement.selected_by is not None:
            found += [await self._select(), await self._empty()]
        if self._name == "appliedCustomerBillingRate":
            found.append(await self._select_bill())
        newest = self._first
        if self._requirement.newest_first is not None:
            newest = await self._ask_newest()
            found.append(await self._sort(newest))
        return [*found, *self._clock(newest), await self._refresh()]

    # ------------------------------------------------------------------ address

    async def _find(self) -> OperationFinding:
        """Find the list at the configured address, then at the published addresses and common variants."""
        tried: list[ProbeReply] = []
        for base, resource, version in dict.fromkeys(self._addresses()):
            reply = await self._probe.get(base, resource, [("offset", "0"), (self._limit, str(SAMPLE))])
            tried.append(reply)
            if reply.status in {401, 407}:
                return self._not_signed_in(reply)
            if reply.records is None or not await self._is_at(base, resource, version, reply):
                continue
            return await self._found(reply)
        return self._not_found(tried)

    def _addresses(self) -> Iterator[tuple[str, str, Version]]:
        """Yield possible addresses of the list, most likely first: base path, name and version."""
        yield self._base, self._resource, self.version
        if self._settings.path is not None:
            return
        addresses: list[tuple[str, str, Version]] = [
            (self._base, self._resource, self.version),
            (default_path(self._name, "v4"), self._name, "v4"),
        ]
        if self._name in V5_PATHS:
            addresses.append((V5_PATHS[self._name], self._name, "v5"))
        yield from addresses
        yield from ((base, self._name, version) for one, _, version in addresses for base in guesses.other_bases(one))
        yield from (("", self._name, self.version), ("", self._name.lower(), self.version))

    async def _is_at(self, base: str, resource: str, version: Version, reply: ProbeReply) -> bool:
        """Use an address if the console can read the list there; propose it if it differs from the settings."""
        is_as_set = (base, resource, version) == (self._base, self._resource, self.version)
        before = self._first, self._records
        self._first = reply
        self._records = [record for record in reply.records or () if isinstance(record, dict)]
        change: dict[str, Any] = {} if is_as_set else {"path": base or "/"}
        if resource != self._resource:
            change["name"] = resource
        if version != self.version:
            change["version"] = version
        if not is_as_set and not await self._offer(change):
            self._first, self._records = before
            return False
        self._base, self._resource, self.version = base, resource, version
        self._total = guesses.number(reply, "x-total-count")
        return True

    def _not_signed_in(self, reply: ProbeReply) -> OperationFinding:
        self.is_hopeless = True
        advice = (
            f"Signed in by: {self._system.auth.kind}. Check that this is the kind the system wants, and "
            "that the secret is the one it knows."
        )
        return self._finding(
            "sign-in", "an accepted sign-in", f"status {reply.status}", OperationGrade.BROKEN, advice, reply
        )

    async def _found(self, reply: ProbeReply) -> OperationFinding:
        likely = guesses.likely_version(self._records, self._name) or self.version
        if likely != self.version and await self._offer({"version": likely}):
            self.version = likely
        got = f"{len(reply.records or ())} records in the shape of {likely}"
        where = f" at {self._base or '/'}/{self._resource}" if "path" in self.setting else ""
        verdict = OperationGrade.SETTING if self.setting else OperationGrade.GOOD
        advice = "Set where it is and which version it speaks." if self.setting else ""
        if not self._records:
            verdict, advice = OperationGrade.UNKNOWN, "Check again with data in it. An empty list shows little."
        return self._finding("list", "a JSON array of records", got + where, verdict, advice, reply)

    def _not_found(self, tried: Sequence[ProbeReply]) -> OperationFinding:
        first = tried[0]
        if first.answer is None:
            self.is_hopeless = True
            return self._finding(
                "list", "an answer", first.failure, OperationGrade.BROKEN, guesses.advice_for(first), first
            )
        wrapped = next((reply for reply in tried if reply.status in {200, 206}), None)
        if wrapped is not None:
            reason = refusal_reason(wrapped.value)
            got = f"status 200 with a failure inside: {reason}" if reason else "status 200, but no JSON array"
            got += (
                ": an HTML page"
                if "html" in (wrapped.answer.headers.get("content-type", "") if wrapped.answer else "")
                else ""
            )
            advice = "Answer a list with a bare JSON array, as TMF630 has it, and failures with their status."
            return self._finding("list", "a JSON array of records", got, OperationGrade.BROKEN, advice, wrapped)
        if all(reply.status == 404 for reply in tried):
            self.is_missing = True
            self.setting = {"served": False}  # no trial needed: nothing is read without it either
            addresses = ", ".join(dict.fromkeys(reply.request.partition(" ")[2].partition("?")[0] for reply in tried))
            advice = "Say with `path` and `name` where it is; if the system does not have it, its panel says so."
            return self._finding("list", "the resource", f"404 at {addresses}", OperationGrade.SETTING, advice, first)
        advice = guesses.advice_for(first)
        return self._finding(
            "list", "a JSON array of records", f"status {first.status}", OperationGrade.BROKEN, advice, first
        )

    # ------------------------------------------------------------------ pages

    async def _page(self) -> OperationFinding:
        """Check that the server respects the page size and that pages follow each other."""
        needed = "pages by offset and limit"
        if len(self._records) < 3:
            return self._finding("paging", needed, "too few records to tell", OperationGrade.UNKNOWN)
        one = await self._page_of_two()
        if one is None:
            return self._finding(
                "paging", needed, "every record at once, whatever is asked", OperationGrade.LIMITED,
                "Long lists will cost much; support offset and limit.", self._first,
            )  # fmt: skip
        two = await self._probe.get(self._base, self._resource, [("offset", "2"), (self._limit, "2")])
        if set(guesses.ids(two.records)) & set(guesses.ids(one.records)):
            advice = "Let offset leave out that many records; without it only the first page can be read."
            return self._finding("paging", needed, "the same records at offset 2", OperationGrade.BROKEN, advice, two)
        if not two.records:
            advice = "Answer the page at an offset; without it only the first page can be read."
            got = "nothing at offset 2" if two.records == [] else guesses.what_came(two)
            return self._finding("paging", needed, got, OperationGrade.BROKEN, advice, two)
        is_set = "limit_parameter" in self.setting
        less = OperationGrade.LIMITED if self._counts_wrongly() else OperationGrade.GOOD
        verdict = OperationGrade.SETTING if is_set else less
        return self._finding("paging", needed, ", ".join(self._page_words(two)), verdict, "", two)

    async def _page_of_two(self) -> ProbeReply | None:
        """Request two records with each known page size parameter; propose the first one that works."""
        head = guesses.ids(self._records[:2])
        for word in dict.fromkeys((self._limit, *_LIMIT_WORDS)):
            one = await self._probe.get(self._base, self._resource, [("offset", "0"), (word, "2")])
            if guesses.ids(one.records) != head:
                continue
            if word == self._limit:
                return one
            if await self._offer({"limit_parameter": word}):
                self._limit = word
                return one
        return None

    def _counts_wrongly(self) -> bool:
        return self._total is not None and self._total < len(self._records)

    def _page_words(self, two: ProbeReply) -> Iterator[str]:
        total = self._total
        yield f"{len(self._records)} of {SAMPLE} asked for"
        yield "no count of all" if total is None else f"a count of all: {total}"
        if total is not None and total > len(self._records) and len(self._records) < SAMPLE:
            yield f"pages are cut at {len(self._records)}"
        if "limit_parameter" in self.setting:
            yield f"the page size is asked for with {self._limit}"
        if self._counts_wrongly():
            yield "which is wrong"
        if two.answer is not None and "link" in two.answer.headers:
            yield "Link headers"

    # ------------------------------------------------------------------ single records

    async def _one(self) -> OperationFinding:
        needed = "one record by its id"
        identifier = next(iter(guesses.ids(self._records)), None)
        if identifier is None:
            return self._finding("get one", needed, "no id to ask for", OperationGrade.UNKNOWN)
        reply = await self._probe.get(self._base, self._resource, record=identifier)
        value = reply.value
        if reply.status == 200 and isinstance(value, dict) and str(value.get("id")) == identifier:
            return self._finding("get one", needed, "the record", OperationGrade.GOOD, "", reply)
        got = f"status {reply.status}" if reply.status != 200 else "another record than asked for, or none"
        if reply.answer is None:
            got = reply.failure
        needed_at_once = self._name in {"customer", "individual", "organization"}
        verdict = OperationGrade.BROKEN if needed_at_once else OperationGrade.LIMITED
        advice = "A customer is opened by id." if needed_at_once else "A number typed in the search finds nothing here."
        return self._finding("get one", needed, got, verdict, advice, reply)

    async def _missing(self) -> OperationFinding:
        reply = await self._probe.get(self._base, self._resource, record=UNLIKELY)
        if reply.status == 404:
            return self._finding("unknown id", "status 404", "404", OperationGrade.GOOD, "", reply)
        got = f"status {reply.status}" if reply.answer else reply.failure
        advice = "Reply 404 to an unknown id. Else the console reports a failure instead of «unknown»."
        return self._finding("unknown id", "status 404", got, OperationGrade.LIMITED, advice, reply)

    # ------------------------------------------------------------------ order, refreshing, queries

    async def _ask_newest(self) -> ProbeReply:
        parameters = [("sort", self._newest_first()), (self._limit, str(SAMPLE))]
        return await self._probe.get(self._base, self._resource, parameters)

    def _newest_first(self) -> str:
        """Return the value of `sort` for the newest first, with the attribute name of the version."""
        wish = self._requirement.newest_first or ""
        names = dict(self._requirement.later) if self.version == "v5" else {}
        attribute = wish.lstrip("-").split(".")[0]
        return wish.replace(attribute, names.get(attribute, attribute))

    async def _sort(self, reply: ProbeReply) -> OperationFinding:
        wish = self._newest_first()
        dates = [guesses.at(record, wish.lstrip("-")) for record in reply.records or () if isinstance(record, dict)]
        needed = "the newest first"
        if len(set(dates) - {""}) < 3:
            return self._finding("sort", needed, "too few dates to tell", OperationGrade.UNKNOWN, "", reply)
        if is_newest_first(dates):
            is_set = self._settings.sort == wish or not await self._offer({"sort": wish})
            verdict = OperationGrade.GOOD if is_set else OperationGrade.LIMITED
            advice = "" if is_set else "It can sort; set `sort` so that long lists begin with the newest."
            return self._finding("sort", needed, f"sorted by {wish}", verdict, advice, reply)
        advice = "Long lists are read from the server's own beginning; support sort."
        return self._finding("sort", needed, "the server's own order", OperationGrade.LIMITED, advice, reply)

    async def _refresh(self) -> OperationFinding:
        needed = "ETag, and 304 when nothing has changed"
        parameters = [("offset", "0"), (self._limit, "2")]
        first = await self._probe.get(self._base, self._resource, parameters)
        etag = first.answer.headers.get("etag") if first.answer else None
        if not etag:
            advice = "Without it every look costs a whole answer."
            return self._finding("refresh", needed, "no ETag", OperationGrade.LIMITED, advice, first)
        if await self._is_constant(etag):
            got = "one ETag for lists and single records that differ"
            advice = "If it does not change with its record, the console shows old data. Fix it or leave it out."
            return self._finding("refresh", needed, got, OperationGrade.LIMITED, advice, first)
        again = await self._probe.get(self._base, self._resource, parameters, headers={"If-None-Match": etag})
        if again.status == 304:
            return self._finding("refresh", needed, "304", OperationGrade.GOOD, "", again)
        got = f"an ETag, but status {again.status} for it"
        return self._finding("refresh", needed, got, OperationGrade.LIMITED, "Heed If-None-Match.", again)

    async def _is_constant(self, etag: str) -> bool:
        """Return whether the next page and two single records have the same ETag as the first page.

        All three are compared: pages may share the whole list's ETag, and records may share the ETag of version 1.
        """
        ids = guesses.ids(self._records)
        if len(ids) < 3:
            return False
        others = [await self._probe.get(self._base, self._resource, [("offset", "2"), (self._limit, "2")])]
        others += [await self._probe.get(self._base, self._resource, record=one) for one in (ids[0], ids[-1])]
        return all(one.answer is not None and one.answer.headers.get("etag") == etag for one in others)

    async def _query(self, *, by_post: bool) -> OperationFinding:
        needed = "an answer to a query by POST"
        if not by_post:
            return self._finding(
                "query", needed, "not asked", OperationGrade.UNKNOWN, "It is asked by POST: check again with --post."
            )
        party = {"id": UNLIKELY, "role": "customer", "@referredType": "Customer"}
        criteria = {"searchCriteria": {"relatedParty": [party]}, "relatedParty": [party]}
        reply = await self._probe.post(self._base, self._resource, criteria)
        if reply.status in {200, 201} and isinstance(reply.value, dict):
            return self._finding(
                "query", needed, f"status {reply.status} with an answer", OperationGrade.GOOD, "", reply
            )
        advice = "Without it allowances are not shown."
        if reply.status in _NOT_THERE:
            self.setting = {"served": False}  # no trial needed: nothing is read without it either
            return self._finding("query", needed, guesses.what_came(reply), OperationGrade.SETTING, advice, reply)
        return self._finding("query", needed, guesses.what_came(reply), OperationGrade.BROKEN, advice, reply)
