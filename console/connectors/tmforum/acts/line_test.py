"""A line test (TMF653 serviceTest)."""

from collections.abc import Mapping
from typing import Any, ClassVar

from console.connectors.tmforum.acts.writer import Created, customer_party
from console.connectors.tmforum.client import TmForumClient
from console.models.outbox import Act, Step

_MARK = "orderedBy"


class TestLine(Created):
    """Starts a test of a line."""

    __test__ = False  # not a test of ours, whatever its name
    resource: ClassVar[str] = "serviceTest"

    def marked(self, client: TmForumClient, body: dict[str, Any], mark: str) -> dict[str, Any]:
        return {**body, "characteristic": [{"name": _MARK, "valueType": "string", "value": mark}]}

    def carries(self, record: Mapping[str, Any], mark: str) -> bool:
        own = record.get("characteristic")
        return any(isinstance(one, dict) and one.get("value") == mark for one in own or ())

    def body(self, client: TmForumClient, act: Act, step: Step) -> dict[str, Any]:
        return {
            "name": "Line test",
            "mode": "ON_DEMAND",
            "relatedService": {"id": step.wanted["service"], "name": step.wanted["service_name"]},
            "relatedParty": customer_party(client, self.resource, act),
            "testSpecification": {"id": "spec-line-test", "version": "1.0"},
        }
