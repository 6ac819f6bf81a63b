"""Files of earlier schemas are read as they are: what they did not know is said plainly, nothing is invented."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest

from cluster_app.yearfile.check import check
from cluster_app.yearfile.load import load_year
from cluster_app.yearfile.package import YearFileError
from cluster_app.yearfile.shapes import VERSION
from cluster_app.yearfile.upgrade import NO_REASON, upgraded
from members.models import AgencyLink, Charter
from movements.models import Evidence, EvidenceUse
from tests.yearfile import full

NEW = ("charter_versions", "carry_overs", "rotation_skips", "handovers")
NEW_IN_3 = ("tags", "library", "duplicate_rulings", "pledges", "registrations")
NEW_IN_4 = (
    "associates", "criteria_tables", "scoring", "assignments", "score_sheets", "scoring_acts", "adjustments", "appeals",
    "score_notices",
)  # fmt: skip
MOVEMENT_OF_2 = {
    "files",
    "notices",
    "reviews",
    "agency",
    "responds_to",
    "standards",
    "decision_date",
    "answer_by",
}
ACTIVITY_OF_3 = {"people", "attended", "tags", "is_public", "evidence_uses"}


def third() -> dict[str, Any]:
    """The whole file as schema 3 wrote it: no scoring but the ranks."""
    made = full.document()
    made["schema"] = 3
    for name in NEW_IN_4:
        del made[name]
    for ranking in made["rankings"]:
        ranking.pop("act", None)
        for entry in ranking["entries"]:
            entry.pop("grade", None)
            entry.pop("why", None)
    return made


def test_a_file_of_schema_3_says_the_same_in_4() -> None:
    document = upgraded(third())
    assert document == third() | {"schema": VERSION}
    assert check(document, None).problems() == []


def second() -> dict[str, Any]:
    """The whole file as schema 2 wrote it: files stand beside activities."""
    made = third()
    made["schema"] = 2
    for name in NEW_IN_3:
        del made[name]
    made["movements"] = [
        {key: value for key, value in row.items() if key not in MOVEMENT_OF_2}
        for row in made["movements"]
        if row["level"] != "agency"
    ]
    for movement in made["movements"]:
        movement["participations"] = [
            {key: row[key] for key in ("agency", "joined_on") if key in row}
            for row in movement.get("participations", [])
        ]
    made["activities"] = [
        {key: value for key, value in row.items() if key not in ACTIVITY_OF_3} for row in made["activities"]
    ]
    for activity in made["activities"]:
        for gift in activity.get("contributions", []):
            gift.pop("confirmations", None)
            gift.pop("given_on", None)
    removed = "2012-12-01T09:00:00+07:00"
    made["activities"][0]["evidence"] = [
        {"key": "anh", "file": full.SHA, "name": "Biên bản.pdf", "note": "Bản ký", "removed_at": removed},
        {"key": "anh-2", "file": full.SHA, "name": "Biên bản (2).pdf"},
    ]
    made["activities"][2]["evidence"] = [{"key": "anh", "file": full.SHA, "name": "Ảnh.pdf"}]
    made["activities"].append(
        {**full.document()["activities"][1], "key": "a4", "scope": "agency", "agency": "hai-quan", "tags": []}
    )
    del made["activities"][3]["tags"]
    made["activities"][3]["evidence"] = [{"key": "x", "file": full.SHA, "name": "Lại.pdf"}]
    return made


def old() -> dict[str, Any]:
    """The whole file as schema 1 wrote it."""
    made = second()
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
def test_files_beside_activities_of_schema_2_go_into_libraries(tmp_path: Path) -> None:
    assert load_year(full.put(tmp_path, second())).changed
    library = {
        (row.agency.code, row.key, bool(row.removed_at)) for row in Evidence.objects.select_related("agency")
    }
    assert library == {
        ("hai-quan", "anh", True), ("hai-quan", "anh-2", False), ("kho-bac", "anh-3", False),
    }  # fmt: skip
    uses = [
        (row.activity.key, row.evidence.key, row.removed_at is None)
        for row in EvidenceUse.objects.order_by("pk").select_related("activity", "evidence")
    ]
    assert uses == [
        ("ung-ho", "anh", False), ("ung-ho", "anh-2", True), ("a3", "anh-3", True), ("a4", "anh-2", True),
    ]  # fmt: skip
    assert not load_year(full.put(tmp_path, second(), "once-more.zip")).changed


@pytest.mark.django_db
def test_a_first_charter_needs_no_reason(tmp_path: Path) -> None:
    made = old()
    made["charter"]["version"] = 1
    load_year(full.put(tmp_path, made))
    assert Charter.objects.get().reason == ""


def test_the_document_given_is_not_touched() -> None:
    made = old()
    before = copy.deepcopy(made)
    assert upgraded(made)["schema"] == VERSION
    assert made == before


@pytest.mark.parametrize(
    "broken", [None, [], {"schema": True}, {"schema": 1, "charter": 7, "agency_links": [1, None]}]
)
def test_what_is_broken_is_left_for_the_checks(broken: Any) -> None:
    with pytest.raises(YearFileError):
        check(upgraded(broken), None)


@pytest.mark.parametrize("number", [0, VERSION + 1, "1", 1.0, None])
def test_an_unknown_number_is_refused(number: Any) -> None:
    with pytest.raises(YearFileError, match="phiên bản"):
        check(upgraded({**full.document(), "schema": number}), None)
