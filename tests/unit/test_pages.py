"""The check for the last page of a list: a server's headers count only where they have one possible meaning."""

import pytest

from console.connectors.tmforum.paging import is_last_page, total_count


@pytest.mark.parametrize(
    ("link", "last"),
    [
        ('</bill?offset=100>; rel="next"', False),
        ("</bill?offset=100>; rel=next", False),
        ('</a>; rel="first prev", </b>; REL="NEXT"', False),
        ('</bill?offset=0>; rel="prev"', True),
        ('</bill>; rel="first", </bill?offset=200>; rel="last"', True),
        ('</openapi.json>; rel="service-desc"', False),
        ('</help>; title="rel=first"; rel=help', False),
        ("</bill>; rel=self", False),
    ],
)
def test_only_links_between_pages_say_where_a_list_ends(link: str, last: bool) -> None:
    assert is_last_page({"link": link}, 7, 7, 100) is last


@pytest.mark.parametrize(
    ("total", "on_page", "read", "last"),
    [
        ("7", 7, 7, True),
        ("107", 7, 107, True),
        ("250", 100, 100, False),
        ("100", 100, 100, False),  # may be the count of this page
        ("150", 50, 150, True),
        ("7", 3, 10, False),
        ("many", 7, 7, False),
        ("", 7, 7, False),
    ],
)
def test_a_count_is_believed_unless_it_may_be_that_of_one_page(total: str, on_page: int, read: int, last: bool) -> None:
    assert is_last_page({"x-total-count": total}, on_page, read, 100) is last


def test_a_count_that_is_no_number_is_none() -> None:
    assert [total_count({"x-total-count": text}) for text in ("12", " 12 ", "-1", "²", "")] == [
        12,
        12,
        None,
        None,
        None,
    ]
    assert total_count({}) is None
