"""Pages of the score sheets: the list, one sheet, a row saved while typing, what stands beside a line."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from core.dates import local_today
from core.db import wide_statements
from members.enums import PhaseKind
from members.models import Phase
from movements.domain.evidence import library_for
from movements.enums import ActivityState, TagKind
from movements.models import Tag
from scoring.models import Criterion, LineEvidence, LineNote, ScoreEntry, ScoreLine, ScoreSheet, YearScoring
from scoring.prefill import prefills
from tests.factories import ActivityFactory, ContributionFactory, EvidenceFactory
from tests.factories.scoring import SIMPLE, give, make_sheet, make_table

pytestmark = pytest.mark.django_db

FULL = {
    "I.1": {"actual": "90", "target": "100"}, "I.2": {"level": "tot"}, "II.1": {"count": "4"}, "II.2": {"count": "1"},
    "II.3": {"points": "15"},
}  # fmt: skip


@pytest.fixture
def scoring(cast: Any) -> Any:
    cast.go(PhaseKind.SELF_SCORE)
    cast.table = make_table(cast.year)
    return cast


def pk_of(cast: Any, code: str) -> int:
    return Criterion.objects.get(table=cast.table, code=code).pk


def sheet_url(cast: Any, name: str = "sheet", **more: Any) -> str:
    return cast.url(name, agency=cast.member.pk, **more)


def row(cast: Any, code: str, *, version: int = 0, **texts: str) -> dict[str, str]:
    """The controls of a row as a browser posts them."""
    pk = pk_of(cast, code)
    names = (
        "points",
        "actual",
        "target",
        "percent",
        "count",
        "yes",
        "level",
        "mark",
        "explanation",
        "citation",
    )
    return {f"{pk}-{name}": texts.get(name, "") for name in names} | {
        f"{pk}-version": str(version),
        f"{pk}-was": "",
    }


def save(cast: Any, who: Any, code: str, *, version: int = 0, **texts: str) -> Any:
    data = row(cast, code, version=version, **texts) | {"dong": str(pk_of(cast, code)), "nguoi": str(who.pk)}
    return cast.client(who).post(sheet_url(cast, "sheet_save_line"), data)


# -- reading -----------------------------------------------------------------------------------------
def test_the_sheet_offers_the_right_control_for_each_rule_and_writes_nothing(scoring: Any) -> None:
    page = scoring.client(scoring.chi).get(sheet_url(scoring)).content.decode()
    for code, name in (
        ("I.1", "actual"),
        ("I.1", "target"),
        ("I.2", "level"),
        ("II.1", "count"),
        ("II.3", "points"),
    ):
        assert f'name="{pk_of(scoring, code)}-{name}"' in page
    assert "Bắt đầu chấm" in page
    assert not ScoreSheet.objects.exists()
    scoring.client(scoring.chi).post(sheet_url(scoring, "sheet_start"))
    assert ScoreLine.objects.count() == 5


def test_a_member_is_led_to_its_own_sheet_and_leadership_sees_states(scoring: Any) -> None:
    make_sheet(scoring.table, scoring.member, FULL)
    answer = scoring.client(scoring.chi).get(scoring.url("sheet_list"))
    assert answer.headers["Location"] == sheet_url(scoring)
    page = scoring.client(scoring.an).get(scoring.url("sheet_list")).content.decode()
    assert "Đang tự chấm" in page
    assert "Chưa bắt đầu" in page
    assert "5/5" not in page


@pytest.mark.parametrize(
    ("who", "status"), [("chi", 200), ("an", 200), ("officer", 200), ("observer", 200), ("dung", 404)]
)
def test_who_opens_a_sheet(scoring: Any, who: str, status: int) -> None:
    make_sheet(scoring.table, scoring.other, FULL)
    own = scoring.client(getattr(scoring, who)).get(sheet_url(scoring))
    assert own.status_code == status
    other = scoring.client(scoring.chi).get(scoring.url("sheet", agency=scoring.other.pk))
    assert other.status_code == 403
    assert scoring.client(scoring.chi).get(scoring.url("sheet", agency=999_999)).status_code == 404


def test_no_figure_of_another_leaks_before_the_release(scoring: Any) -> None:
    """A4: page, print, totals, line and list; 13.37 is a figure nobody else can come to by chance."""
    Criterion.objects.filter(code="II.3").update(step=None)
    sheet = make_sheet(scoring.table, scoring.member, FULL, state="sent")
    give(
        sheet,
        {"II.3": {"points": "13.37"}},
        level="verify",
        scorer=scoring.chair,
        reason="Danh sách thiếu tên",
    )
    pk = pk_of(scoring, "II.3")
    addresses = [
        sheet_url(scoring), sheet_url(scoring, "sheet_print"), sheet_url(scoring, "sheet_totals"),
        sheet_url(scoring, "sheet_line", criterion=pk), scoring.url("sheet_list"),
    ]  # fmt: skip
    client = scoring.client(scoring.chi)
    for address in addresses:
        page = client.get(address, follow=True).content.decode()
        assert "13,37" not in page, address
        assert "Danh sách thiếu tên" not in page, address
    assert "13,37" in scoring.client(scoring.an).get(sheet_url(scoring)).content.decode()
    YearScoring.objects.create(year=scoring.year, released_at=timezone.now())
    assert "13,37" in client.get(sheet_url(scoring)).content.decode()
    assert "Danh sách thiếu tên" in client.get(addresses[3]).content.decode()


def test_a_draft_is_its_agencys_alone(scoring: Any) -> None:
    Criterion.objects.filter(code="II.3").update(step=None)
    make_sheet(scoring.table, scoring.member, {**FULL, "II.3": {"points": "13.37"}})
    page = scoring.client(scoring.an).get(sheet_url(scoring)).content.decode()
    assert "13,37" not in page
    assert "Đơn vị đang tự chấm" in page
    pk = pk_of(scoring, "II.3")
    assert scoring.client(scoring.an).get(sheet_url(scoring, "sheet_line", criterion=pk)).status_code == 404
    assert scoring.client(scoring.an).get(sheet_url(scoring, "sheet_print")).status_code == 404


# -- saving ------------------------------------------------------------------------------------------
def test_a_row_is_saved_while_typing(scoring: Any) -> None:
    told = save(scoring, scoring.chi, "II.1", count="4").json()
    assert (told["points"], told["answered"]) == ("2", True)
    assert "4 lượt × 0,5" in told["how"]
    again = save(scoring, scoring.lan, "II.1", version=told["version"], count="6")
    assert again.status_code == 200
    stale = save(scoring, scoring.chi, "II.1", version=told["version"], count="5")
    assert stale.status_code == 409
    assert stale.json()["differ"] == [{"name": "count", "label": "Số lượng", "mine": "5", "theirs": "6"}]
    totals = scoring.client(scoring.chi).get(sheet_url(scoring, "sheet_totals")).json()
    assert (totals["total"], totals["answered"], totals["all"]) == ("3", 1, 5)


@pytest.mark.parametrize(
    ("code", "texts", "words"),
    [
        ("II.3", {"points": "21"}, "tối đa"),
        ("II.3", {"points": "tám"}, "Không hiểu"),
        ("I.2", {"mark": "not_arisen"}, "lý do"),
        ("I.2", {"mark": "lạ"}, "Chọn lại"),
    ],
)
def test_what_cannot_stand_is_told_beside_the_row(
    scoring: Any, code: str, texts: dict[str, str], words: str
) -> None:
    answer = save(scoring, scoring.chi, code, **texts)
    assert answer.status_code == 422
    assert words in " ".join(answer.json()["errors"].values())
    assert not ScoreEntry.objects.exists()


def test_rows_of_one_person_are_not_saved_by_another(scoring: Any) -> None:
    data = row(scoring, "II.1", count="4") | {"dong": str(pk_of(scoring, "II.1")), "nguoi": "0"}
    answer = scoring.client(scoring.chi).post(sheet_url(scoring, "sheet_save_line"), data)
    assert (answer.status_code, answer.json()["error"]) == (409, "other-user")
    assert save(scoring, scoring.an, "II.1", count="4").status_code == 403
    scoring.go(PhaseKind.VERIFY)
    assert save(scoring, scoring.chi, "II.1", count="4").status_code == 403


def test_without_a_script_one_post_saves_what_can_be_saved(scoring: Any) -> None:
    data = (
        row(scoring, "II.1", count="4") | row(scoring, "II.3", points="25") | row(scoring, "I.2", level="kha")
    )
    answer = scoring.client(scoring.chi).post(sheet_url(scoring), data)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'value="25"' in page
    assert f'href="#d{pk_of(scoring, "II.3")}"' in page
    assert ScoreEntry.objects.filter(is_current=True).count() == 2
    lines = {one.criterion.code: one.version for one in ScoreLine.objects.select_related("criterion")}
    mended = row(scoring, "II.3", version=lines["II.3"], points="12,5")
    done = scoring.client(scoring.chi).post(sheet_url(scoring), mended)
    assert done.status_code == 302
    assert ScoreEntry.objects.filter(is_current=True, points=Decimal("12.5")).exists()
    stale = scoring.client(scoring.chi).post(sheet_url(scoring), row(scoring, "II.3", version=1, points="3"))
    assert stale.status_code == 409
    assert "đang lưu “12,5”" in stale.content.decode()


def test_it_is_sent_when_every_row_is_answered(scoring: Any) -> None:
    make_sheet(scoring.table, scoring.member, {**FULL, "I.2": {}})
    client = scoring.client(scoring.chi)
    refused = client.post(sheet_url(scoring), {"then": "send"})
    assert refused.status_code == 422
    assert "Chưa gửi được" in refused.content.decode()
    assert f'href="#d{pk_of(scoring, "I.2")}"' in refused.content.decode()
    done = client.post(
        sheet_url(scoring), row(scoring, "I.2", version=1, level="tot") | {"then": "send"}, follow=True
    )
    assert "Đã gửi bảng chấm điểm" in done.content.decode()
    sheet = ScoreSheet.objects.get()
    assert sheet.state == "sent"
    back = client.post(sheet_url(scoring, "sheet_take_back"), {"version": str(sheet.version)}, follow=True)
    assert "Đã thu hồi" in back.content.decode()


# -- beside a line -----------------------------------------------------------------------------------
def test_files_words_and_history_stand_beside_a_line(scoring: Any) -> None:
    make_sheet(scoring.table, scoring.member, FULL)
    pk, other = pk_of(scoring, "II.3"), pk_of(scoring, "II.1")
    mine = EvidenceFactory(year=scoring.year, agency=scoring.member, name="danh-sach.pdf")
    theirs = EvidenceFactory(year=scoring.year, agency=scoring.other, name="khac.pdf")
    client, url = scoring.client(scoring.chi), sheet_url(scoring, "sheet_line", criterion=pk)
    files = sheet_url(scoring, "sheet_line_file", criterion=pk)
    assert client.post(files, {"tep": theirs.pk}).status_code == 422
    assert client.post(files, {"tep": mine.pk}).status_code == 302
    client.post(sheet_url(scoring, "sheet_line_file", criterion=other), {"tep": mine.pk})
    client.post(sheet_url(scoring, "sheet_line_note", criterion=pk), {"words": "Đã bổ sung danh sách."})
    assert client.post(sheet_url(scoring, "sheet_line_note", criterion=pk), {"words": " "}).status_code == 422
    page = client.get(url).content.decode()
    for words in ("danh-sach.pdf", "còn dùng cho tiêu chí II.1", "Đã bổ sung danh sách.", "chấm 15 điểm"):
        assert words in page
    assert "<html" not in client.get(f"{url}?manh=1").content.decode()
    client.post(files, {"go": mine.pk})
    assert LineEvidence.objects.filter(line__criterion=pk, removed_at__isnull=True).count() == 0
    assert LineNote.objects.get().agency_id == scoring.member.pk
    assert scoring.client(scoring.dung).get(url).status_code == 404


def test_who_checks_a_sent_sheet_opens_its_files(scoring: Any) -> None:
    sheet = make_sheet(scoring.table, scoring.member, FULL)
    file = EvidenceFactory(year=scoring.year, agency=scoring.member)
    LineEvidence.objects.create(line=sheet.lines.get(criterion__code="II.3"), evidence=file)
    seen = {}
    for state in ("draft", "sent"):
        ScoreSheet.objects.filter(pk=sheet.pk).update(state=state, sent_at=timezone.now())
        seen[state] = [
            library_for(scoring.scope(who)).filter(pk=file.pk).exists()
            for who in (scoring.an, scoring.officer, scoring.chi)
        ]
    assert seen == {"draft": [False, False, True], "sent": [True, True, True]}


def test_what_is_recorded_is_counted_and_suggested_but_never_applied(scoring: Any) -> None:
    tag = Tag.objects.create(
        year=scoring.year, kind=TagKind.CRITERION, code="II.1", label="Hoạt động của cụm"
    )
    for state in (ActivityState.CONFIRMED, ActivityState.SUBMITTED, ActivityState.DRAFT):
        times = {"submitted_at": timezone.now()} if state != ActivityState.DRAFT else {}
        times |= {"confirmed_at": timezone.now()} if state == ActivityState.CONFIRMED else {}
        activity = ActivityFactory(year=scoring.year, agency=scoring.member, state=state, **times)
        activity.tags.add(tag)
        ContributionFactory(activity=activity, value=100_000_000)
    EvidenceFactory(year=scoring.year, agency=scoring.member).tags.add(tag)
    found = prefills(scoring.scope(scoring.chi), scoring.member.pk)["II.1"]
    assert (found.confirmed, found.sent, found.money, found.files) == (1, 1, 200_000_000, 1)
    page = scoring.client(scoring.chi).get(sheet_url(scoring)).content.decode()
    assert "2 hoạt động (1 chưa xác nhận), 200 triệu đồng, 1 tệp" in page
    assert "gợi ý 1 điểm" in page
    assert not ScoreEntry.objects.exists()


# -- budgets -----------------------------------------------------------------------------------------
def many(number: int) -> list[tuple[Any, ...]]:
    return [("I", "Mục một", "section", str(number * 2), {})] + [
        (f"I.{n}", f"Tiêu chí thứ {n}", "direct", "2", {"evidence": "required"}) for n in range(1, number + 1)
    ]


@pytest.mark.parametrize("number", [1, 3, 60])
def test_the_sheet_asks_a_constant_number_of_queries(
    cast: Any, number: int, django_assert_num_queries: Any
) -> None:
    cast.go(PhaseKind.SELF_SCORE)
    with wide_statements():
        table = make_table(cast.year, many(number))
        make_sheet(table, cast.member, {f"I.{n}": {"points": "1.5"} for n in range(1, number + 1)})
    client = cast.client(cast.chi)
    client.get(sheet_url(cast))
    with django_assert_num_queries(25):
        page = client.get(sheet_url(cast))
    assert len(re.findall(r'<tbody id="d', page.content.decode())) == number


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_asks_a_constant_number_of_queries(
    cast: Any, number: int, django_assert_num_queries: Any
) -> None:
    cast.go(PhaseKind.SELF_SCORE)
    table = make_table(cast.year)
    for agency in cast.agencies[:number]:
        make_sheet(table, agency, FULL, state="sent")
    client = cast.client(cast.officer)
    client.get(cast.url("sheet_list"))
    with django_assert_num_queries(16):
        client.get(cast.url("sheet_list"))


def test_a_row_costs_few_queries(scoring: Any, django_assert_num_queries: Any) -> None:
    make_sheet(scoring.table, scoring.member, FULL)
    save(scoring, scoring.chi, "II.1", version=1, count="5")
    with django_assert_num_queries(22):  # two of them this test's own, four of them savepoints
        assert save(scoring, scoring.chi, "II.1", version=2, count="6").status_code == 200


def test_the_paper_has_places_to_sign(scoring: Any) -> None:
    make_sheet(scoring.table, scoring.member, FULL)
    page = scoring.client(scoring.chi).get(sheet_url(scoring, "sheet_print")).content.decode()
    assert "Ký tên, đóng dấu" in page
    assert 'class="land' in page
    assert SIMPLE[1][1] in page
    assert Phase.objects.filter(year=scoring.year).count() == 7


def test_a_line_leads_to_its_appeal_while_appeals_are_taken(cast: Any) -> None:
    sheet = make_sheet(make_table(cast.year), cast.member, {"I.2": {"level": "tot"}}, state="verified")
    line = sheet.lines.get(criterion__code="I.2")
    cast.go(PhaseKind.VERIFY)
    page = cast.url("sheet_line", agency=cast.member.pk, criterion=line.criterion_id)
    link = cast.url("appeal_add", line=line.pk)
    assert link not in cast.client(cast.chi).get(page).content.decode()  # not released yet
    YearScoring.objects.create(
        year=cast.year, released_at=timezone.now(), appeals_until=local_today(timezone.now())
    )
    assert link in cast.client(cast.chi).get(page).content.decode()
    assert link not in cast.client(cast.an).get(page).content.decode()  # the agency's own to file
