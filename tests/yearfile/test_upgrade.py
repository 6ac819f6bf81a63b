"""Files of schema 1 are read as they are: what they did not know is said plainly, nothing is invented."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest

from cluster_app.yearfile.check import check
from cluster_app.yearfile.load import load_year
from cluster_app.yearfile.package import YearFileError
from cluster_app.yearfile.upgrade import NO_REASON, upgraded
from members.models import AgencyLink, Charter
from tests.yearfile import full

NEW = ("charter_versions", "carry_overs", "rotation_skips", "handovers")


def old() -> dict[str, Any]:
    """The whole file as schema 1 wrote it."""
    made = full.document()
    made["schema"] = 1
    for name in NEW:
        del made[name]
    del made["charter"]["reason"]
    for link in made["agency_links"]:
        del link["kind"]
    for phase in made["phases"]:
        phase.pop("extensions", None)
        phase.pop("moves_on", None)
    return made


@pytest.mark.django_db
def test_a_file_of_schema_1_is_loaded_whole(tmp_path: Path) -> None:
    assert load_year(full.put(tmp_path, old())).changed
    charter = Charter.objects.get()
    assert (charter.version, charter.reason) == (3, NO_REASON)
    assert set(AgencyLink.objects.values_list("kind", flat=True)) == {"takeover"}
    assert not load_year(full.put(tmp_path, old(), "once-more.zip")).changed


@pytest.mark.django_db
def test_a_first_charter_needs_no_reason(tmp_path: Path) -> None:
    made = old()
    made["charter"]["version"] = 1
    load_year(full.put(tmp_path, made))
    assert Charter.objects.get().reason == ""


def test_the_document_given_is_not_touched() -> None:
    made = old()
    before = copy.deepcopy(made)
    assert upgraded(made)["schema"] == 2
    assert made == before


@pytest.mark.parametrize(
    "broken", [None, [], {"schema": True}, {"schema": 1, "charter": 7, "agency_links": [1, None]}]
)
def test_what_is_broken_is_left_for_the_checks(broken: Any) -> None:
    with pytest.raises(YearFileError):
        check(upgraded(broken), None)


@pytest.mark.parametrize("number", [0, 3, "1", 1.0, None])
def test_an_unknown_number_is_refused(number: Any) -> None:
    with pytest.raises(YearFileError, match="phiên bản"):
        check(upgraded({**full.document(), "schema": number}), None)
