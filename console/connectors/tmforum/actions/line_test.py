"""Writer for line tests (TMF653 serviceTest)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from console.connectors.tmforum.actions.writer import Created, customer_party, values_among
from console.connectors.tmforum.client import TmForumClient
from console.connectors.tmforum.record_reader import RecordReader
from console.models.outbox import Action, Step

_MARK = "orderedBy"


class TestLine(Created):
    """Starts a test of a line."""

    __test__ = False  # pytest must not collect this class
    resource: ClassVar[str] = "serviceTest"

    def marked(self, client: TmForumClient, body: dict[str, Any], mark: str) -> dict[str, Any]:
        return {**body, "characteristic": [{"name": _MARK, "valueType": "string", "value": mark}]}

    def marks(self, record: Mapping[str, Any]) -> set[str]:
        return values_among(record.get("characteristic"))

    def compared_values(self, record: RecordReader) -> tuple[Any, ...]:
        service = record.part("relatedService")
        return (service.text("id") if service is not None else None,)

    def made_at(self, record: RecordReader) -> datetime | None:
        return record.when("startDateTime")

    def body(self, client: TmForumClient, action: Action, step: Step) -> dict[str, Any]:
        return {
            "name": "Line test",
            "mode": "ON_DEMAND",
            "relatedService": {"id": step.wanted["service"], "name": step.wanted["service_name"]},
            "relatedParty": customer_party(client, self.resource, action),
            "testSpecification": {"id": "spec-line-test", "version": "1.0"},
        }
