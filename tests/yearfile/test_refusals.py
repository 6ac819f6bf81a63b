"""What is wrong with a file is said with its place, all of it at once, and nothing is written."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import CommandError, call_command

from cluster_app.yearfile.load import load_year
from cluster_app.yearfile.package import YearFileError
from core.models import AuditEvent
from members.models import Cluster
from movements.models import TitleKind
from tests.yearfile import full

pytestmark = pytest.mark.django_db
Change = Callable[[dict[str, Any]], Any]


def faults(path: Path) -> dict[str, str]:
    """Place → sentence of everything refused; nothing may be written."""
    with pytest.raises(YearFileError) as refused:
        load_year(path)
    for app in ("members", "movements", "scoring", "conference", "publishing", "core"):
        for model in set(apps.get_app_config(app).get_models()) - {TitleKind}:  # a catalogue is there before
            assert not model._default_manager.exists(), f"{model} was written"
    return {problem.field: problem.sentence for problem in refused.value.problems}


def changed(folder: Path, *changes: Change) -> dict[str, str]:
    document = full.document()
    for change in changes:
        change(document)
    return faults(full.put(folder, document))


def put(place: str, value: Any) -> Change:
    """A change of one value by its pointer; ``...`` takes it away, ``-`` appends."""

    def change(document: Any) -> None:
        *way, last = place.strip("/").split("/")
        for step in way:
            document = document[int(step) if isinstance(document, list) else step]
        if isinstance(document, list) and last == "-":
            document.append(value)
        elif value is ...:
            del document[int(last) if isinstance(document, list) else last]
        else:
            document[int(last) if isinstance(document, list) else last] = value

    change.__name__ = f"{place}={value!r:.30}"
    return change


def test_every_fault_is_told_at_once_with_its_place(tmp_path: Path) -> None:
    """Schema, references, domain and database in one answer."""
    found = changed(
        tmp_path,
        put("/activities/0/contributions/1/value", "20 triệu"),
        put("/activities/2/agency", "khong-co"),
        put("/movements/0/level", "galaxy"),
        put("/role_terms/3/starts_on", "2013-01-01"),
        put("/texts/1/text", "   "),
        put("/cluster/place", 7),
        put("/conferences/1/attendance/1/office", "x" * 301),
        put("/rankings/0/entries/0/rank", 0),
    )
    assert found["/activities/0/contributions/1/value"] == "phải là số nguyên hoặc null."
    assert found["/activities/2/agency"] == "“khong-co” không có trong /agencies."
    assert "“galaxy” không có trong danh sách: central, sector" in found["/movements/0/level"]
    assert found["/role_terms/3"] == "Ngày 01/01/2013, hai-quan vừa là Cụm trưởng vừa là Cụm phó."
    assert found["/texts/1/text"] == "không được để trống."
    assert found["/cluster/place"] == "phải là chữ trong ngoặc kép."
    assert found["/conferences/1/attendance/1/office"] == "dài 301 ký tự, nhiều nhất 300."


CASES: list[tuple[str, list[Change], str, str]] = [
    (
        "unknown agency in a list",
        [put("/memberships/0/agency", "la-lung")],
        "/memberships/0/agency",
        "không có trong /agencies",
    ),
    (
        "member that is none",
        [put("/activities/2/agency", "so-noi-vu")],
        "/activities/2/agency",
        "không phải đơn vị thành viên",
    ),
    (
        "contributor that is no member",
        [put("/activities/0/contributions/0/contributors/0/agency", "thong-ke")],
        "/activities/0/contributions/0/contributors/0/agency",
        "không phải đơn vị thành viên",
    ),
    (
        "unknown movement",
        [put("/activities/0/movement", "x")],
        "/activities/0/movement",
        "không có trong /movements",
    ),
    (
        "unknown directive",
        [put("/citations/0/directive/number", "99-CT/TW")],
        "/citations/0/directive",
        "không có trong /directives",
    ),
    (
        "unknown directive of a movement",
        [put("/movements/0/directives/0/number", "99")],
        "/movements/0/directives/0",
        "không có trong /directives",
    ),
    (
        "unknown file",
        [put("/library/0/file", "0" * 64)],
        "/library/0/file",
        "không có trong /files",
    ),
    (
        "unknown whole",
        [put("/activities/0/contributions/1/part_of/contribution", "x")],
        "/activities/0/contributions/1/part_of",
        "không có khoản",
    ),
    (
        "own whole",
        [put("/activities/0/contributions/1/part_of/contribution", "gao")],
        "/activities/0/contributions/1/part_of",
        "chính nó",
    ),
    (
        "whole that is a part",
        [put("/activities/2/contributions/0/part_of/contribution", "gao")],
        "/activities/2/contributions/0/part_of",
        "một tầng",
    ),
    (
        "part without its state",
        [put("/activities/0/contributions/1/part_state", ...)],
        "/activities/0/contributions/1/part_state",
        "đi cùng",
    ),
    (
        "key twice",
        [put("/activities/1/key", "ung-ho")],
        "/activities/1",
        "trùng với /activities/0 (cùng key)",
    ),
    ("agency twice", [put("/agencies/1/code", "cuc-thue")], "/agencies/1", "trùng với /agencies/0"),
    (
        "member twice",
        [put("/memberships/1/agency", "ngan-hang")],
        "/memberships/1",
        "trùng với /memberships/0",
    ),
    (
        "directive twice",
        [
            put("/directives/1/number", "12/KH"),
            put("/directives/1/issuer", "Sở Nội vụ"),
            put("/directives/1/issued_on", ...),
        ],
        "/directives/1",
        "trùng với /directives/0",
    ),
    (
        "receiver spelled in two ways",
        [put("/activities/2/contributions/0/beneficiary", "Hộ nghèo xã bắc lãng")],
        "/activities/2/contributions/0/beneficiary",
        "viết khác với “Hộ nghèo xã Bắc Lãng”",
    ),
    ("second chair", [put("/role_terms/2/role", "chair")], "/role_terms/2", "hai Cụm trưởng"),
    (
        "chair is deputy",
        [put("/role_terms/1/agency", "ngan-hang")],
        "/role_terms/1",
        "vừa là Cụm trưởng vừa là Cụm phó",
    ),
    (
        "term of a stranger",
        [put("/role_terms/4/agency", "so-noi-vu")],
        "/role_terms/4/agency",
        "không phải đơn vị thành viên",
    ),
    (
        "term that ends before it starts",
        [put("/role_terms/3/ends_on", "2013-01-01")],
        "/role_terms/3",
        "phải kết thúc sau",
    ),
    ("year that ends before it starts", [put("/year/ends_on", "2012-01-01")], "/year", "sau ngày bắt đầu"),
    (
        "activity outside the year",
        [put("/activities/0/starts_on", "2014-01-01"), put("/activities/0/ends_on", "2014-01-02")],
        "/activities/0/starts_on",
        "nằm ngoài năm",
    ),
    (
        "activity that ends before it starts",
        [put("/activities/0/ends_on", "2012-11-01")],
        "/activities/0",
        "sau ngày bắt đầu",
    ),
    (
        "activity without its time",
        [put("/activities/0/starts_on", ...), put("/activities/0/ends_on", ...)],
        "/activities/0",
        "Ghi thời gian",
    ),
    ("two steps open", [put("/phases/2/closed_at", ...)], "/phases/3", "chỉ có một bước đang mở"),
    (
        "step closed before it opened",
        [put("/phases/0/closed_at", "2012-08-01T00:00:00+07:00")],
        "/phases/0/closed_at",
        "đóng trước khi mở",
    ),
    (
        "figure without unit",
        [put("/activities/0/contributions/1/unit", ...)],
        "/activities/0/contributions/1",
        "phải có đơn vị tính",
    ),
    (
        "nothing given",
        [put("/activities/0/contributions/0/value", ...)],
        "/activities/0/contributions/0",
        "Ghi số lượng hoặc trị giá",
    ),
    (
        "five decimals",
        [put("/activities/0/contributions/1/quantity", "1.00005")],
        "/activities/0/contributions/1/quantity",
        "không phải số",
    ),
    (
        "negative",
        [put("/activities/0/contributions/0/value", -1)],
        "/activities/0/contributions/0/value",
        "phải từ 0 trở lên",
    ),
    (
        "float",
        [put("/activities/0/contributions/0/value", 1.5)],
        "/activities/0/contributions/0/value",
        "phải là số nguyên",
    ),
    (
        "too large for any database",
        [put("/activities/0/contributions/0/value", 10**30)],
        "/activities/0/contributions/0/value",
        "lớn quá",
    ),
    (
        "state without its moment",
        [put("/activities/0/confirmed_at", ...)],
        "/activities/0",
        "Trạng thái không khớp",
    ),
    (
        "confirmed by an impossible day",
        [put("/activities/0/starts_on", "2012-02-30")],
        "/activities/0/starts_on",
        "không phải ngày",
    ),
    ("revision left out", [put("/rankings/1/revision", 3)], "/rankings/1/revision", "phải là 2"),
    ("correction without a reason", [put("/rankings/1/reason", ...)], "/rankings/1", "phải ghi lý do"),
    ("version left out", [put("/summaries/1/number", 5)], "/summaries/1/number", "phải là 2"),
    ("altered summary", [put("/summaries/0/sha256", "0" * 64)], "/summaries/0/sha256", "không khớp"),
    (
        "summary that is not canonical",
        [put("/summaries/0/content", '{"b": 1, "a": 2}')],
        "/summaries/0/content",
        "không phải JSON ở dạng chuẩn",
    ),
    ("summary of another schema", [put("/summaries/0/schema", 9)], "/summaries/0/schema", "không khớp"),
    ("rule that is none", [put("/charter/data/luat", "x")], "/charter/data/luat", "Không có quy định"),
    ("rule out of range", [put("/charter/data/ranks", "x")], "/charter/data/ranks", "không hợp lệ"),
    ("hidden characters", [put("/movements/0/title", "Phong\u202etrào")], "/movements/0/title", "ký tự ẩn"),
    ("half a surrogate", [put("/movements/0/title", "\ud800")], "/movements/0/title", "ký tự ẩn"),
    ("hidden characters in the cluster", [put("/cluster/name", "Khối\u200b")], "/cluster/name", "ký tự ẩn"),
    (
        "agency nobody speaks of",
        [put("/agencies/-", {"code": "thua", "kind": "party", "names": []})],
        "/agencies/8",
        "không mục nào",
    ),
    (
        "directive nobody cites",
        [put("/directives/-", {"kind": "plan", "number": "1", "issuer": "A", "title": "B"})],
        "/directives/2",
        "không mục nào",
    ),
    (
        "unknown key",
        [put("/activities/0/nguoi_nhap", "x")],
        "/activities/0/nguoi_nhap",
        "không có mục tên này",
    ),
    ("unknown section", [put("/people", [])], "/people", "không có mục tên này"),
    ("missing key", [put("/activities/0/title", ...)], "/activities/0/title", "thiếu mục này"),
    ("missing section", [put("/agencies", ...)], "/agencies", "thiếu mục này"),
    (
        "two final conferences",
        [put("/conferences/0/kind", "final")],
        "/conferences/1",
        "chỉ có một hội nghị tổng kết",
    ),
    (
        "missing half of a reference",
        [put("/activities/0/contributions/1/part_of/activity", ...)],
        "/activities/0/contributions/1/part_of/activity",
        "thiếu mục này",
    ),
    ("parent without a name", [put("/cluster/parent/name", ...)], "/cluster/parent/name", "thiếu mục này"),
    (
        "same name from two days that overlap by start",
        [put("/agencies/0/names/1/valid_from", ...)],
        "/agencies/0/names/1",
        "trùng với",
    ),
    ("wrong version", [put("/schema", 5)], "/schema", "phần mềm này đọc phiên bản 4"),
    ("version as text", [put("/schema", "4")], "/schema", "phần mềm này đọc phiên bản 4"),
    ("another format", [put("/format", "tally")], "/format", "không phải tệp năm"),
    (
        "a record of hand-over whose words were changed",
        [put("/handovers/0/content", '{"schema":1,"words":"Khác"}')],
        "/handovers/0/sha256",
        "không khớp",
    ),
    (
        "a replaced charter newer than the one in force",
        [put("/charter_versions/1/version", 3)],
        "/charter_versions/1/version",
        "phải nhỏ hơn",
    ),
    (
        "rules nobody knows in a replaced charter",
        [put("/charter_versions/0/data", {"ranks": "x"})],
        "/charter_versions/0/data/ranks",
        "không hợp lệ",
    ),
    (
        "a skip of another year",
        [put("/rotation_skips/0/label", "2013-2014")],
        "/rotation_skips/0/label",
        "năm của tệp",
    ),
    (
        "an extension for a stranger",
        [put("/phases/2/extensions/0/agency", "thong-ke")],
        "/phases/2/extensions/0/agency",
        "thành viên",
    ),
    (
        "a carry-over to a stranger",
        [put("/carry_overs/0/successor", "thong-ke")],
        "/carry_overs/0/successor",
        "thành viên",
    ),
    (
        "a carry-over without a decision",
        [put("/carry_overs/0/decision_number", "")],
        "/carry_overs/0/decision_number",
        "",
    ),
    (
        "activity half outside",
        [put("/activities/0/ends_on", "2013-09-01")],
        "/activities/0/starts_on",
        "nằm ngoài năm",
    ),
    (
        "month that is no month",
        [put("/activities/2/starts_on", "2013-01-05")],
        "/activities/2/starts_on",
        "từ ngày đầu",
    ),
    (
        "future activity",
        [put("/year/ends_on", "2199-12-31"), put("/activities/0/ends_on", "2199-01-01")],
        "/activities/0/starts_on",
        "chưa tới",
    ),
    (
        "future conference",
        [put("/conferences/1/held_on", "2199-01-01")],
        "/conferences/1/held_on",
        "chưa tới",
    ),
    ("future ranking", [put("/rankings/1/decided_on", "2199-01-01")], "/rankings/1/decided_on", "chưa tới"),
    ("joint without partners", [put("/activities/0/partners", [])], "/activities/0/scope", "joint"),
    ("partners of one agency", [put("/activities/0/scope", "agency")], "/activities/0/scope", "joint"),
    (
        "partner of itself",
        [put("/activities/0/partners/0/agency", "hai-quan")],
        "/activities/0/partners",
        "chính đơn vị",
    ),
    (
        "value above the limit",
        [put("/activities/0/contributions/0/value", 10**13)],
        "/activities/0/contributions/0/value",
        "phải dưới",
    ),
    (
        "quantity above the limit",
        [put("/activities/0/contributions/1/quantity", "1000000000000")],
        "/activities/0/contributions/1/quantity",
        "phải dưới",
    ),
    (
        "too many givers",
        [
            put(
                "/activities/0/contributions/0/contributors",
                [{"order": n, "outside_name": "A"} for n in range(1, 23)],
            )
        ],
        "/activities/0/contributions/0/contributors",
        "nhiều nhất 20",
    ),
    (
        "hidden characters in the parent",
        [put("/cluster/parent/parent/name", "Khu\u200bvực")],
        "/cluster/parent/parent/name",
        "ký tự ẩn",
    ),
    (
        "hidden characters in a rule",
        [put("/charter/data/tie_break", ["a\u200b"])],
        "/charter/data/tie_break/0",
        "ký tự ẩn",
    ),
]


@pytest.mark.parametrize(
    ("changes", "place", "words"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_a_fault_is_told_at_its_place(tmp_path: Path, changes: list[Change], place: str, words: str) -> None:
    found = changed(tmp_path, *changes)
    assert place in found, found
    assert words in found[place]


def test_five_hundred_faults_are_all_told(tmp_path: Path) -> None:
    document = full.document()
    pattern = document["activities"][1]
    document["activities"] += [pattern | {"key": f"a{n}-x", "title": "", "scope": "?"} for n in range(250)]
    found = faults(full.put(tmp_path, document))
    assert len(found) == 500
    assert next(iter(found)) == "/activities/3/scope"
    assert list(found)[-1] == "/activities/252/title"


def test_a_key_written_twice_is_told_at_its_place(tmp_path: Path) -> None:
    text = (settings.BASE_DIR / "demo/lang-son-trung-uong-2021.json").read_text()
    path = full.put(
        tmp_path, text.replace('"label": "2021"', '"label": "2021", "label": "2022"').encode(), "x.json"
    )
    assert faults(path) == {"/year/label": "tên này viết hai lần trong cùng một nhóm."}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "dòng 1, cột 1"),
        (b'{"format": "cluster-year",\n "schema": 1, "clus', "dòng 2, cột 15"),
        (b"\xff\xfe{}", "không phải UTF-8"),
        (b"[" * 200_000, "lồng quá nhiều tầng"),
        (b'{"format": "cluster-year", "schema": ' + b"9" * 5000 + b"}", "số quá dài"),
        (b"[]", "không phải tệp năm"),
        (b"null", "không phải tệp năm"),
        (b'"PK"', "không phải tệp năm"),
        (b'{"format": "cluster-year", "schema": NaN}', "phiên bản"),
    ],
    ids=["empty", "truncated", "not UTF-8", "too deep", "huge number", "list", "null", "text", "NaN"],
)
def test_what_is_no_document_is_refused_in_one_sentence(tmp_path: Path, content: bytes, words: str) -> None:
    found = faults(full.put(tmp_path, content, "x.json"))
    assert len(found) == 1
    assert words in next(iter(found.values()))


def test_a_truncated_demo_names_line_and_column(tmp_path: Path) -> None:
    whole = (settings.BASE_DIR / "demo/lang-son-trung-uong-2020.json").read_bytes()
    found = faults(full.put(tmp_path, whole[: len(whole) // 2], "x.json"))
    assert "bị cắt ngang ở dòng" in found[""]


def test_a_byte_order_mark_is_no_fault(tmp_path: Path) -> None:
    whole = (settings.BASE_DIR / "demo/lang-son-trung-uong-2020.json").read_bytes()
    assert load_year(full.put(tmp_path, b"\xef\xbb\xbf" + whole, "x.json")).changed


def test_the_command_prints_each_fault_on_a_line_and_fails(tmp_path: Path) -> None:
    document = full.document()
    document["texts"][0]["text"] = ""
    document["phases"][0]["kind"] = "?"
    errors = io.StringIO()
    with pytest.raises(CommandError, match="2 lỗi, cơ sở dữ liệu không đổi"):
        call_command("load_year", full.put(tmp_path, document), stderr=errors)
    assert [line.split(": ")[0] for line in errors.getvalue().splitlines()] == [
        "/phases/0/kind",
        "/texts/0/text",
    ]
    assert not AuditEvent.objects.exists()
    assert not Cluster.objects.exists()


def test_a_missing_file_is_said(tmp_path: Path) -> None:
    assert "Không đọc được tệp" in faults(tmp_path / "none.json")[""]
