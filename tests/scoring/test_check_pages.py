"""Pages of checks: what they show, what they refuse, and how many questions they ask the database."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import pytest

from members.enums import PhaseKind
from members.models import Associate
from scoring.enums import SheetState
from scoring.models import Assignment, ScoreEntry, ScoreLine, ScoreSheet
from tests.factories import MembershipFactory, PersonFactory, UserFactory
from tests.factories.scoring import give, make_sheet, make_table
from tests.scoring.test_checks import ROWS, SELF, assign, line_of, outside_year

pytestmark = pytest.mark.django_db
PERCENT = (
    ("I", "Chuyên môn", "section", "10", {}),
    ("I.1", "Tỷ lệ", "percent", "10", {"params": {"measured": "percent"}}),
)


@pytest.fixture
def year(cast: Any) -> Any:
    cast.go(PhaseKind.VERIFY)
    cast.table = make_table(cast.year, ROWS)
    cast.sheets = {one.pk: make_sheet(cast.table, one, SELF, state=SheetState.SENT) for one in cast.agencies}
    return cast


def url(cast: Any, agency: Any, name: str = "check_agency", level: str = "verify", **more: Any) -> str:
    return str(cast.url(name, level=level, agency=agency.pk, **more))


def posted(page: str) -> dict[str, str]:
    """What a browser would send of the form of lines as it was drawn."""
    found = {}
    for tag in re.findall(r"<input[^>]*form=\"cham\"[^>]*>", page, re.S):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        if name:
            found[name[1]] = value[1] if value else ""
    return found


def test_a_plain_form_saves_all_lines_and_asks_for_reasons_beside_them(year: Any) -> None:
    cast = year
    client, address = cast.client(cast.an), url(year, year.member)
    page = client.get(address).content.decode()
    assert "0/3 dòng đã chấm" in page
    data = posted(page)
    first, second, third = (line_of(cast, cast.member, code).pk for code in ("I.1", "I.2", "II.1"))
    data |= {f"points-{first}": "5", f"points-{second}": "3,5", f"points-{third}": "x"}
    answer = client.post(address, data)
    assert answer.status_code == 422
    assert not ScoreEntry.objects.filter(level="verify").exists()
    data[f"points-{third}"] = "11"
    answer = client.post(address, data)
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "ghi lý do" in text
    assert f'href="#reason-{second}"' in text
    assert 'value="3,5"' in text
    data |= {f"points-{third}": "8", f"reason-{second}": "Chậm một việc"}
    assert client.post(address, data).status_code == 302
    given = dict(ScoreEntry.objects.filter(level="verify").values_list("line", "points"))
    assert given == {first: Decimal(5), second: Decimal("3.5"), third: Decimal(8)}
    page = client.get(address).content.decode()
    assert "3/3 dòng đã chấm · 2/3 khớp · chênh −0,50" in page
    data = posted(page)
    assert client.post(address, data).status_code == 302
    assert ScoreEntry.objects.filter(level="verify").count() == 3


def test_a_line_is_saved_by_itself_and_a_colleague_is_seen(year: Any) -> None:
    cast, line = year, line_of(year, year.member, "I.1")
    client, address = cast.client(cast.an), cast.url("check_save", level="verify")
    data = {"line": line.pk, f"points-{line.pk}": "5", f"reason-{line.pk}": "", f"seen-{line.pk}": "0"}
    answer = client.post(address, data)
    assert answer.json()["lines"][str(line.pk)] | {"seen": 0} == {
        "seen": 0, "typed": "5", "reason": "", "off": "0,00", "kind": "zero", "agreed": True,
    }  # fmt: skip
    assert answer.json()["summary"].startswith("1/3 dòng đã chấm")
    again = client.post(address, data | {f"points-{line.pk}": "4", f"reason-{line.pk}": "Khác"})
    assert again.status_code == 409
    assert again.json()["lines"][str(line.pk)]["typed"] == "5"
    assert client.post(address, {"line": "999999"}).status_code == 404
    assert client.post(address, data | {f"points-{line.pk}": "-"}).status_code == 422


def test_steps_of_the_whole_sheet(year: Any) -> None:
    cast = year
    client, step = cast.client(cast.an), url(year, year.member, "check_step")
    assert client.post(step, {"action": "accept", "which": "unscored", "count": "2"}).status_code == 302
    assert not ScoreEntry.objects.filter(level="verify").exists()
    assert client.post(step, {"action": "verify", "version": "1"}).status_code == 422
    client.post(step, {"action": "accept", "which": "unscored", "count": "3"})
    assert ScoreEntry.objects.filter(level="verify").count() == 3
    line = line_of(cast, cast.member, "I.1")
    client.post(step, {"action": "note", "line": line.pk, "words": "Đã đối chiếu chưa?"})
    assert "Đã đối chiếu chưa?" in client.get(f"{url(cast, cast.member)}?dong={line.pk}").content.decode()
    client.post(step, {"action": "verify", "version": "1"})
    assert ScoreSheet.objects.get(agency=cast.member).state == SheetState.VERIFIED
    assert client.post(step, {"action": "reopen", "version": "2", "reason": ""}).status_code == 422
    client.post(step, {"action": "reopen", "version": "2", "reason": "Nhầm"})
    answer = client.post(
        step, {"action": "return", "version": "3", "return": [line.pk], "return_reason": "Thiếu số"}
    )
    assert answer.status_code == 302
    assert ScoreSheet.objects.get(agency=cast.member).state == SheetState.RETURNED
    assert client.post(step, {"action": "other"}).status_code == 400


def test_a_blind_scorer_sees_nobody_elses_figures(year: Any) -> None:
    """A4: neither points nor totals nor reasons, on the page, beside the line and in the answer of a saved line."""
    cast = year
    assign(cast, cast.member, cast.other)
    assign(cast, cast.deputy, cast.other)
    give(
        cast.sheets[cast.other.pk],
        {"I.1": {"points": "1.37"}},
        level="cross",
        scorer=cast.deputy,
        reason="Lời của Phó",
    )
    line, client = line_of(cast, cast.other, "I.1"), cast.client(cast.chi)
    panel = cast.url("check_panel", level="cross", agency=cast.other.pk, line=line.pk)
    criterion = cast.url("check_criterion", level="cross", criterion=line.criterion_id)
    save = cast.url("check_save", level="cross")
    answer = client.post(save, {"line": line.pk, f"points-{line.pk}": "2", f"seen-{line.pk}": "0"})
    assert answer.status_code == 200
    shown = [
        client.get(one).content.decode() for one in (url(cast, cast.other, level="cross"), panel, criterion)
    ]
    for text in [*shown, answer.content.decode()]:
        assert "1,37" not in text
        assert "Lời của Phó" not in text
        assert "Chênh" not in text
    for code in ("I.2", "II.1"):
        pk = line_of(cast, cast.other, code).pk
        client.post(save, {"line": pk, f"points-{pk}": "3", f"seen-{pk}": "0"})
    client.post(url(cast, cast.other, "check_step", "cross"), {"action": "finish"})
    page = client.get(url(cast, cast.other, level="cross")).content.decode()
    assert "1,37" in page
    assert "Đơn vị bạn đã chấm xong" in page


def test_by_criterion_warns_of_another_unit_and_saves_for_all(cast: Any) -> None:
    cast.go(PhaseKind.VERIFY)
    cast.table = make_table(cast.year, PERCENT)
    typed = {cast.deputy.pk: "90", cast.member.pk: "0.9", cast.other.pk: "95"}
    cast.sheets = {
        one.pk: make_sheet(cast.table, one, {"I.1": {"percent": typed[one.pk]}}, state=SheetState.SENT)
        for one in cast.agencies[1:]
    }
    address = cast.url("check_criterion", level="verify", criterion=cast.table.criteria.get(code="I.1").pk)
    client = cast.client(cast.an)
    page = client.get(address).content.decode()
    assert page.count("Đang ghi 0,9") == 1
    data = posted(page)
    for agency in cast.agencies[1:]:
        pk = line_of(cast, agency, "I.1").pk
        data |= {f"points-{pk}": "9", f"reason-{pk}": "Theo báo cáo"}
    assert client.post(address, data).status_code == 302
    assert ScoreEntry.objects.filter(level="verify", points=Decimal(9)).count() == 3


def test_refusals_by_agency_phase_and_address(year: Any) -> None:
    cast = year
    own = cast.client(cast.an).get(url(cast, cast.chair))
    assert own.status_code == 403
    assert "Không ai chấm đơn vị của chính mình" in own.content.decode()
    assert cast.client(cast.chi).get(url(cast, cast.other)).status_code == 403
    assert cast.client(cast.dung).get(cast.url("check_list")).status_code == 404
    assert cast.client(cast.an).get(url(cast, cast.member, level="none")).status_code == 404
    assert (
        cast.client(cast.an).get(cast.url("check_agency", level="verify", agency=999999)).status_code == 404
    )
    line = line_of(cast, cast.other, "I.1")
    assert cast.client(cast.an).get(url(cast, cast.member, "check_panel", line=line.pk)).status_code == 404
    assert cast.client(cast.chi).get(cast.url("check_gaps")).status_code == 403
    assert cast.client(cast.chi).get(cast.url("check_assign")).status_code == 403
    cast.go(PhaseKind.DELIBERATE)
    page = cast.client(cast.an).get(url(cast, cast.member))
    assert page.status_code == 200
    assert 'data-points="' not in page.content.decode()
    assert cast.client(cast.an).post(url(cast, cast.member), {}).status_code == 403


def test_the_matrix_is_ticked_dealt_and_never_lost(year: Any) -> None:
    cast, client, address = year, year.client(year.an), year.url("check_assign")
    page = client.get(address).content.decode()
    seen = re.search(r'name="seen" value="(\w+)"', page)
    assert seen
    answer = client.post(
        address, {"level": "cross", "action": "deal", "each": "2", "seen": seen[1]}, follow=True
    )
    assert answer.content.decode().count("checked") == 8
    assert Assignment.objects.count() == 8
    stale = client.post(
        address, {"level": "cross", "pair": [f"{cast.chair.pk}-{cast.member.pk}"], "seen": seen[1]}
    )
    assert stale.status_code == 409
    assert (
        client.post(address, {"level": "cross", "action": "deal", "each": "9", "seen": ""}).status_code == 422
    )
    assert client.get(f"{address}?cap=none").status_code == 404


def test_staff_from_outside_lands_at_its_work_and_sees_its_lines_alone(cast: Any) -> None:
    outside_year(cast)
    client = cast.client(cast.out)
    answer = client.get("/lam-viec/", follow=True)
    assert answer.redirect_chain[-1][0] == cast.url("check_list")
    assert client.get(cast.url("year_home")).status_code in (302, 403)
    page = client.get(url(cast, cast.member if False else cast.chair, level="self")).content.decode()
    assert "Lĩnh vực của Sở" in page
    assert "Nhiệm vụ được giao" not in page
    assert client.get(url(cast, cast.chair)).status_code == 403
    criterion = cast.table.criteria.get(code="II.2").pk
    page = client.get(cast.url("check_criterion", level="self", criterion=criterion)).content.decode()
    assert page.count("data-points=") == 2


def test_associates_are_added_and_taken_off(cast: Any) -> None:
    office = PersonFactory(user=UserFactory()).agency
    client, address = cast.client(cast.an), cast.url("check_associates")
    assert client.post(address, {"agency": cast.member.pk}).status_code == 422
    client.post(address, {"agency": office.pk, "note": "Chấm lĩnh vực nội vụ"})
    row = Associate.objects.get()
    assert "Chấm lĩnh vực nội vụ" in client.get(address).content.decode()
    client.post(address, {"remove": row.pk})
    assert not Associate.objects.exists()
    assert cast.client(cast.chi).get(address).status_code == 403


def test_the_map_shows_differences_and_strictness(year: Any) -> None:
    cast = year
    give(
        cast.sheets[cast.member.pk],
        {"I.1": {"points": "4.25"}, "I.2": {"points": "4"}},
        level="verify",
        scorer=cast.chair,
    )
    client = cast.client(cast.observer)
    page = client.get(cast.url("check_gaps")).content.decode()
    assert "−0,75" in page
    assert "Ngân hàng Nhà nước" in page
    assert "−0,38" in page
    deeper = client.get(f"{cast.url('check_gaps')}?muc=I").content.decode()
    assert "I.1" in deeper
    assert client.get(f"{cast.url('check_gaps')}?muc=none").status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_pages_ask_the_same_questions_of_one_sheet_and_of_three(
    cast: Any, count: int, django_assert_num_queries: Any
) -> None:
    cast.go(PhaseKind.VERIFY)
    cast.table = make_table(cast.year, ROWS if count == 3 else ROWS[:2])
    for agency in cast.agencies[1 : count + 1]:
        make_sheet(cast.table, agency, {"I.1": {"points": "5"}}, state=SheetState.SENT)
    line = ScoreLine.objects.filter(sheet__agency=cast.deputy, criterion__code="I.1").get()
    client = cast.client(cast.an)
    client.get(cast.url("check_list"))
    for expected, address in (
        (QUERIES["list"], cast.url("check_list")),
        (QUERIES["agency"], url(cast, cast.deputy)),
        (QUERIES["criterion"], cast.url("check_criterion", level="verify", criterion=line.criterion_id)),
        (QUERIES["gaps"], cast.url("check_gaps")),
        (QUERIES["assign"], cast.url("check_assign")),
    ):
        with django_assert_num_queries(expected):
            assert client.get(address).status_code == 200


QUERIES = {"list": 22, "agency": 22, "criterion": 22, "gaps": 16, "assign": 13}


def test_more_members_ask_no_more_questions_of_the_matrix(cast: Any, django_assert_num_queries: Any) -> None:
    make_table(cast.year, ROWS)
    cast.go(PhaseKind.VERIFY)
    client = cast.client(cast.an)
    client.get(cast.url("check_assign"))
    MembershipFactory.create_batch(3, year=cast.year)
    with django_assert_num_queries(QUERIES["assign"]):
        client.get(cast.url("check_assign"))
