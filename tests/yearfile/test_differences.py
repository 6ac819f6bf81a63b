"""A year that is there is never written over: every difference is shown, and the file refused."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from cluster_app.yearfile.load import load_year
from cluster_app.yearfile.package import YearFileError
from core.folding import fold
from core.models import AuditEvent
from members.models import Agency, AgencyLink, AgencyName, ClusterYear, Directive, RoleTerm
from movements.models import Activity, Beneficiary, Contribution, Movement
from scoring.models import RankingEntry
from tests.yearfile import full

pytestmark = pytest.mark.django_db
DEMO = settings.BASE_DIR / "demo"


def differences(path: Path) -> dict[str, str]:
    events = AuditEvent.objects.count()
    with pytest.raises(YearFileError) as refused:
        load_year(path)
    assert AuditEvent.objects.count() == events
    return {problem.field: problem.sentence for problem in refused.value.problems}


@pytest.fixture
def loaded(tmp_path: Path) -> Path:
    path = full.put(tmp_path, full.document())
    load_year(path)
    return path


def test_each_edited_value_is_shown_in_both_versions(loaded: Path) -> None:
    Activity.objects.filter(key="ung-ho").update(title="Đã sửa", place="")
    Contribution.objects.filter(key="gao").update(quantity="1250.5", part_state="unknown")
    Movement.objects.get(key="xay-dung-nong-thon").directives.clear()
    ClusterYear.objects.update(sealed_at=None)
    assert differences(loaded) == {
        "/activities/0/contributions/1/part_state": "trong tệp “included”, trong cơ sở dữ liệu “unknown”.",
        "/activities/0/contributions/1/quantity": "trong tệp “1250.25”, trong cơ sở dữ liệu “1250.5”.",
        "/activities/0/place": "trong tệp “Huyện Đình Lập”, trong cơ sở dữ liệu (trống).",
        "/activities/0/title": "trong tệp “Ủng hộ đồng bào “vùng cao””, trong cơ sở dữ liệu “Đã sửa”.",
        "/movements/0/directives": "trong tệp “34-CT/TW · Bộ Chính trị · 2014-04-07; 12/KH · Sở Nội vụ”, "
        "trong cơ sở dữ liệu (trống).",
        "/year/sealed_at": "trong tệp “2013-12-31T23:30:00.123456+07:00”, trong cơ sở dữ liệu (trống).",
    }
    assert Activity.objects.get(key="ung-ho").title == "Đã sửa"


def test_items_of_one_side_only_are_named(loaded: Path) -> None:
    year = ClusterYear.objects.get()
    RankingEntry.objects.filter(agency__code="kho-bac").delete()
    Activity.objects.filter(key="a2").delete()
    Movement.objects.create(year=year, key="moi", title="Mới", level="cluster", kind="regular")
    assert differences(loaded) == {
        "/activities/1": "chỉ có trong tệp.",
        "/movements": "“moi” chỉ có trong cơ sở dữ liệu.",
        "/rankings/1/entries/2": "chỉ có trong tệp.",
    }


def test_another_order_is_a_difference(loaded: Path, tmp_path: Path) -> None:
    other = full.document()
    other["activities"].reverse()
    found = differences(full.put(tmp_path, other))
    assert found == {"/activities": "thứ tự trong tệp khác thứ tự trong cơ sở dữ liệu."}


def test_a_broken_file_over_a_loaded_year_tells_its_faults(loaded: Path, tmp_path: Path) -> None:
    other = full.document()
    other["activities"][0]["title"] = ""
    assert differences(full.put(tmp_path, other)) == {"/activities/0/title": "không được để trống."}


# -- rows that several years share ---------------------------------------------------------------
def load_2020() -> None:
    load_year(DEMO / "lang-son-trung-uong-2020.json")


def differences_of_2021() -> dict[str, str]:
    found = differences(DEMO / "lang-son-trung-uong-2021.json")
    assert ClusterYear.objects.count() == 1, "nothing of the refused year may stay"
    return found


def test_an_agency_of_another_name_is_refused() -> None:
    load_2020()
    AgencyName.objects.filter(agency__code="thue-lang-son").update(short_name="Thuế")
    place = "/agencies/6/names/0/short_name"
    assert differences_of_2021() == {place: "trong tệp “Cục Thuế”, trong cơ sở dữ liệu “Thuế”."}


def test_an_agency_renamed_since_is_refused() -> None:
    load_2020()
    agency = Agency.objects.get(code="thue-lang-son")
    agency.names.update(valid_to=date(2025, 3, 1))
    AgencyName.objects.create(
        agency=agency, name="Thuế tỉnh Lạng Sơn", short_name="Thuế", valid_from=date(2025, 3, 1)
    )
    assert differences_of_2021() == {
        "/agencies/6/names": "“2025-03-01” chỉ có trong cơ sở dữ liệu.",
        "/agencies/6/names/0/valid_to": "trong tệp (trống), trong cơ sở dữ liệu “2025-03-01”.",
    }


def test_a_successor_known_here_only_is_shown() -> None:
    load_2020()
    heir = Agency.objects.create(code="thue-moi")
    AgencyLink.objects.create(
        predecessor=Agency.objects.get(code="thue-lang-son"), successor=heir, on=date(2025, 3, 1)
    )
    assert set(differences_of_2021()) == {"/agencies", "/agency_links"}


def test_another_cluster_name_is_refused() -> None:
    load_2020()
    year = ClusterYear.objects.select_related("cluster").get()
    year.cluster.place = "Lạng Sơn"
    year.cluster.save()
    assert differences_of_2021() == {
        "/cluster/place": "trong tệp “Tỉnh Lạng Sơn”, trong cơ sở dữ liệu “Lạng Sơn”."
    }


def test_another_title_of_a_paper_is_refused() -> None:
    load_2020()
    Directive.objects.filter(number="34-CT/TW").update(title="Khác")
    assert list(differences_of_2021()) == ["/directives/0/title"]


def test_another_spelling_of_a_receiver_is_refused(loaded: Path, tmp_path: Path) -> None:
    cluster = ClusterYear.objects.get().cluster
    name = "Hộ nghèo xã BẮC LÃNG"
    Beneficiary.objects.filter(cluster=cluster).update(name=name, folded=fold(name))
    assert set(differences(loaded)) == {
        "/activities/0/contributions/1/beneficiary",
        "/activities/2/contributions/0/beneficiary",
    }


@pytest.mark.parametrize(
    ("change", "place", "words"),
    [
        ({"ends_on": date(2021, 2, 1)}, "/role_terms", "Ngày 05/01/2021 có hai Cụm trưởng"),
        ({"note": "Khác"}, "/role_terms/0/note", "trong cơ sở dữ liệu “Khác”"),
        ({"basis": "appointed"}, "/role_terms/0/basis", "trong cơ sở dữ liệu “appointed”"),
    ],
    ids=["overlap", "note", "basis"],
)
def test_terms_that_contradict_are_refused(change: dict[str, Any], place: str, words: str) -> None:
    load_2020()
    RoleTerm.objects.filter(starts_on=date(2021, 1, 5)).delete()
    RoleTerm.objects.filter(role="chair").update(**change)
    found = differences_of_2021()
    assert words in found[place]
    assert RoleTerm.objects.count() == 2


def test_two_years_of_one_time_are_refused(tmp_path: Path) -> None:
    load_2020()
    text = (DEMO / "lang-son-trung-uong-2021.json").read_text()
    path = full.put(
        tmp_path, text.replace('"starts_on": "2021-01-01"', '"starts_on": "2020-12-31"').encode(), "x.json"
    )
    assert differences(path) == {"/year/starts_on": "trùng thời gian với năm 2020."}


def test_both_years_share_their_rows() -> None:
    load_2020()
    load_year(DEMO / "lang-son-trung-uong-2021.json")
    assert (Agency.objects.count(), RoleTerm.objects.count(), Directive.objects.count()) == (7, 4, 3)
