"""Names typed differently from CRM's form, searched over HTTP by a console with an empty customer index."""

import pytest

from console.models.search import SearchResult
from tests.support.control import Control

CUSTOMERS = "/tmf-api/customerManagement/v4/customer"


async def found_by(sandbox: Control, name: str, typed: str) -> bool:
    body = {"name": name, "engagedParty": {"id": "PN-1", "@referredType": "Individual"}}
    async with sandbox.raw("crm") as client:
        made = (await client.post(CUSTOMERS, json=body)).json()["id"]
    console = sandbox.console()
    results: list[SearchResult] = []
    await console.search.find(console.search.read(typed), results.append)
    await console.aclose()
    return made in {hit.customer_id for hit in results[-1].found}


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("Søren Quillfeather", "soren quillfeather"),
        ("Zebedee van der Quill", "zebedee vanderquill"),
        ("Anne-Marie D'Quillo", "annemarie dquillo"),
        ("佐藤 花凛", "佐藤花凛"),
        ("李 丽娟", "丽娟"),
        ("Ann MacQuilldon", "Ann Mac Quilldon"),
    ],
)
@pytest.mark.parametrize("folds", [True, False], ids=["letters folded", "letters kept apart"])
async def test_a_customer_is_found(sandbox: Control, name: str, typed: str, *, folds: bool) -> None:
    if not folds:
        await sandbox.quirks("crm", "names-unfolded")
    assert await found_by(sandbox, name, typed)


async def test_a_word_that_many_have_brings_only_who_is_meant(sandbox: Control) -> None:
    """The last request searches by one word; other customers with that word are left out."""
    await sandbox.quirks("crm", "names-unfolded")
    assert not await found_by(sandbox, "Marta Quillhansen", "soren quillhansen")
