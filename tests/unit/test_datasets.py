"""The datasets of a customer are declared once, and a missing piece fails."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, get_args, get_type_hints

import pytest

from console.models.provenance import Records, Sourced
from console.services.access.permissions import DataScope
from console.services.customer.customer_view import CustomerView
from console.services.customer.datasets import (
    BILL_LINES,
    DATASETS,
    KEPT_AS,
    AskedFor,
    Dataset,
    check_attributes,
    read_at,
)

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
HINTS = get_type_hints(CustomerView)


@pytest.mark.parametrize("dataset", DATASETS, ids=[dataset.name for dataset in DATASETS])
def test_the_view_has_each_dataset_with_the_type_it_is_kept_as(dataset: Dataset) -> None:
    (held,) = get_args(HINTS[dataset.name])
    # A party that a customer does not name is None; None is not stored.
    assert held == dataset.kept_as or get_args(held) == (dataset.kept_as, type(None))


def test_what_is_declared_or_typed_alone_fails() -> None:
    with pytest.raises(TypeError, match="planted"):
        check_attributes((*DATASETS, replace(DATASETS[1], name="planted")))
    with pytest.raises(TypeError, match=DATASETS[-1].name):
        check_attributes(DATASETS[:-1])


def test_every_subject_is_kept_as_something_and_none_twice() -> None:
    scopes = [dataset.scope for dataset in (*DATASETS, BILL_LINES)]
    assert len(scopes) == len(set(scopes))
    assert set(scopes) == KEPT_AS.keys() <= set(DataScope)


def test_every_dataset_says_how_it_is_asked_for_in_one_way() -> None:
    assert all((dataset.page is None) != (dataset.fetch is None) for dataset in DATASETS)
    assert all(dataset.fresh_for > timedelta() for dataset in DATASETS)
    assert DATASETS[0].name == "customer"  # the others depend on it
    assert {dataset.asked_for for dataset in DATASETS} == set(AskedFor) - {AskedFor.BY_BILL}


@pytest.mark.parametrize(
    ("facts", "at"),
    [(Records((), NOW - timedelta(hours=1)), NOW - timedelta(hours=1)), (None, NOW)],
    ids=["a list", "none"],
)
def test_when_facts_were_said(facts: Any, at: datetime) -> None:
    assert read_at(facts, NOW) == at
    assert not isinstance(facts, Sourced)
