"""Files of earlier versions: recovery files, collected audits and configurations load with their original meaning."""

from pathlib import Path

import pytest

from console.models.audit import AuditQuery, first_broken
from console.settings import load_deployment
from console.store.recovery import unwrap_key
from console.system.audit_file import AuditFile, links_of

EARLIER = Path(__file__).parent / "earlier"


def test_a_recovery_file_opens_with_its_code() -> None:
    assert unwrap_key(EARLIER, "abcdef ghijkl mnopqr stuvwx") == bytes(range(32))


async def test_a_collected_audit_is_whole_and_can_be_searched() -> None:
    file = EARLIER / "collected.jsonl"
    links = list(links_of(file, pytest.fail))
    assert len(links) == 3
    assert first_broken(links) is None
    found = await AuditFile(file).find(AuditQuery("closed"))
    assert [link.seq for link in found] == [3]


@pytest.mark.parametrize("file", sorted(EARLIER.glob("systems-*.toml")), ids=lambda path: path.stem)
def test_a_configuration_is_accepted(file: Path) -> None:
    deployment = load_deployment(file)
    assert {system.kind for system in deployment.systems.values()} == {"crm", "billing", "provisioning"}
