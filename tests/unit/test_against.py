"""The rule for a benchmark of this tree that counts as worse than another commit's."""

import pytest

from benchmarks.against import Compared, _rows


def compared(before: float, after: float, spread: float, case: str = "all panels painted") -> Compared:
    return Compared("open", case, "ms", before, after, spread)


@pytest.mark.parametrize(
    ("before", "after", "spread", "is_worse"),
    [
        (100.0, 106.0, 2.0, True),
        (100.0, 104.0, 2.0, False),  # within 5 %
        (100.0, 120.0, 25.0, False),  # within the spread of the runs
        (100.0, 80.0, 1.0, False),
        (0.0, 1.0, 0.0, True),
        (0.0, 0.0, 0.0, False),
    ],
)
def test_worse_is_more_than_five_percent_and_more_than_the_spread(
    before: float, after: float, spread: float, *, is_worse: bool
) -> None:
    assert compared(before, after, spread).is_worse is is_worse


def test_where_more_is_better_less_is_worse() -> None:
    decode = Compared("decode", "clean", "1/s", 100.0, 90.0, 1.0)
    assert decode.is_worse
    assert not Compared("decode", "clean", "1/s", 90.0, 100.0, 1.0).is_worse
    assert "WORSE" in decode.as_row()


def test_medians_are_compared_and_what_one_tree_lacks_is_said() -> None:
    before = [{"a": (value, "ms")} for value in (10.0, 11.0, 30.0)]
    after = [{"a": (value, "ms"), "b": (1.0, "ms")} for value in (10.0, 12.0, 13.0)]
    rows = list(_rows("open", before, after))
    (figure,) = [row for row in rows if isinstance(row, Compared)]
    assert (figure.before, figure.after, figure.spread) == (11.0, 12.0, 20.0)
    assert [row for row in rows if isinstance(row, str) and row.endswith("new")]


def test_a_benchmark_that_the_other_tree_lacks_is_new_altogether() -> None:
    rows = list(_rows("recall", [{}], [{"offline": (1.0, "of")}]))
    assert [row for row in rows if isinstance(row, Compared)] == []
    assert len(rows) == 1
