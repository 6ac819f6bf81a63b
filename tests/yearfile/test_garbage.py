"""Whatever stands anywhere in a file, the answer is a list of faults with their places, never a crash."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from cluster_app.yearfile.check import check
from cluster_app.yearfile.load import load_year
from cluster_app.yearfile.package import YearFileError
from cluster_app.yearfile.shapes import VERSION
from tests.yearfile import full

Place = tuple[str | int, ...]


def places(value: Any, at: Place = ()) -> Iterator[Place]:
    yield at
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in parts:
        yield from places(part, (*at, key))


PLACES = [place for place in places(full.document()) if place and place[0] not in ("format", "schema")]
GARBAGE: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**20), 10**20) | st.text(max_size=5) | st.just("x" * 5000)
    | st.sampled_from(["2020-13-01", "0000-00-00", "cuc-thue", "hai-quan", "ung-ho", "final", "1", "-1", "1e5"]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["key", "agency", "x"]), inner, max_size=3)
    ),
    max_leaves=4,
)  # fmt: skip
GONE = object()


def damaged(place: Place, value: Any) -> Any:
    document = full.document()
    inside: Any = document
    for step in place[:-1]:
        inside = inside[step]
    if value is GONE:
        del inside[place[-1]]
    else:
        inside[place[-1]] = value
    return document


@pytest.mark.django_db
@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(place=st.sampled_from(PLACES), value=GARBAGE | st.just(GONE))
@example(place=("agencies",), value={})
@example(place=("agencies",), value=[None, 3, []])
@example(place=("activities", 0, "contributions"), value="x")
@example(place=("activities", 0, "contributions", 0), value=[])
@example(place=("activities", 0, "partners", 0), value=None)
@example(place=("activities", 0, "contributions", 1), value=None)
@example(place=("activities", 0, "contributions", 0, "contributors", 0), value=7)
@example(place=("charter",), value=None)
@example(place=("charter", "data"), value=[])
@example(place=("charter",), value=GONE)
@example(place=("cluster",), value=None)
@example(place=("year", "starts_on"), value=None)
@example(place=("directives", 0, "issued_on"), value=7)
@example(place=("directives", 1, "issued_on"), value=[None])
@example(place=("movements", 0, "directives"), value=[{"number": None}])
@example(place=("summaries", 0, "content"), value="[" * 100_000)
@example(place=("summaries", 0, "content"), value="\ud800")
@example(place=("summaries", 0, "content"), value='{"schema":1,"a":1.5}')
@example(place=("summaries", 0, "content"), value="[]")
@example(place=("files",), value=3)
@example(place=("cluster", "parent", "parent", "slug"), value="khoi-trung-uong")
def test_garbage_anywhere_is_told_and_not_written(tmp_path: Path, place: Place, value: Any) -> None:
    path = full.put(tmp_path, full.as_zip(damaged(place, value)))
    with transaction.atomic():
        try:
            load_year(path)
            refused = None
        except YearFileError as error:
            refused = error
        transaction.set_rollback(True)
    assert refused is None or all(problem.sentence for problem in refused.problems)


@given(value=GARBAGE)
def test_a_document_of_nothing_but_garbage_is_refused(value: Any) -> None:
    document = {
        "format": "cluster-year",
        "schema": VERSION,
        "agencies": value,
        "activities": [value],
        "year": value,
    }
    assert check(json.loads(json.dumps(document)), None).problems()
