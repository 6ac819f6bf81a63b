"""Verbs of a score sheet: begun, filled in, sent, taken back; who sees which figure."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from core import audit
from core.dates import local_today
from core.errors import DomainError, Refused, Stale
from members.enums import PhaseKind
from members.guards import missing
from members.lateness import late_agencies
from members.models import Phase, PhaseExtension
from scoring.domain.entries import put_entry
from scoring.domain.shapes import NOT_ARISEN, NOTHING, Facts
from scoring.domain.sheet_send import late_days, send_sheet, take_back_sheet
from scoring.domain.sheets import LineDraft, save_line, save_lines, start_sheet
from scoring.models import Criterion, ScoreEntry, ScoreLine, ScoreSheet, YearScoring
from scoring.queries_sheets import narrowed, sheet_for, sheets_for, shown, visible_levels
from scoring.sheet_tasks import sheet_tasks
from scoring.totals import board
from tests.factories.scoring import give, make_sheet, make_table
from tests.support.race import errors, race

pytestmark = pytest.mark.django_db

FULL = {
    "I.1": {"actual": "90", "target": "100"}, "I.2": {"level": "tot"}, "II.1": {"count": "4"}, "II.2": {"count": "1"},
    "II.3": {"points": "15"},
}  # fmt: skip


@pytest.fixture
def scoring(cast: Any) -> Any:
    """The step of self-scoring with a table in force, last planned day today."""
    cast.go(PhaseKind.SELF_SCORE)
    Phase.objects.filter(year=cast.year, kind=PhaseKind.SELF_SCORE).update(
        planned_to=local_today(timezone.now())
    )
    cast.table = make_table(cast.year)
    return cast


def leaf(cast: Any, code: str) -> Criterion:
    return Criterion.objects.get(table=cast.table, code=code)


def draft(
    cast: Any, code: str, *, version: int | None = None, explanation: str = "", **facts: Any
) -> LineDraft:
    return LineDraft(leaf(cast, code).pk, Facts(**facts), explanation, version=version)


def entries(sheet: ScoreSheet, code: str) -> list[tuple[Decimal | None, bool]]:
    rows = ScoreEntry.objects.filter(line__sheet=sheet, line__criterion__code=code).order_by("pk")
    return list(rows.values_list("points", "is_current"))


# -- lines -----------------------------------------------------------------------------------------
def test_the_first_line_begins_the_sheet_and_figures_are_appended(scoring: Any) -> None:
    scope = scoring.scope(scoring.chi)
    line = save_line(scope, scoring.member.pk, draft(scoring, "II.3", points=Decimal(8), version=0))
    sheet = ScoreSheet.objects.get(agency=scoring.member)
    assert ScoreLine.objects.filter(sheet=sheet).count() == 5
    line = save_line(
        scope, scoring.member.pk, draft(scoring, "II.3", points=Decimal(9), version=line.version)
    )
    save_line(scope, scoring.member.pk, draft(scoring, "II.3", points=Decimal(9), version=line.version))
    assert entries(sheet, "II.3") == [(Decimal(8), False), (Decimal(9), True)]
    assert start_sheet(scope, scoring.member.pk).pk == sheet.pk
    assert list(audit.verify(audit.cluster_chain(scoring.cluster.pk))) == []


def test_empty_is_not_zero_and_a_cleared_figure_stays_in_the_history(scoring: Any) -> None:
    scope, pk = scoring.scope(scoring.chi), scoring.member.pk
    save_line(scope, pk, draft(scoring, "II.1", mark=NOTHING))
    sheet = ScoreSheet.objects.get(agency=pk)
    assert entries(sheet, "II.1") == [(Decimal(0), True)]
    save_line(scope, pk, draft(scoring, "II.1"))
    assert entries(sheet, "II.1") == [(Decimal(0), False)]
    found = board(scoring.year, [pk])
    assert found is not None
    assert found.results(pk, "self")["II.1"].points is None


@pytest.mark.parametrize(
    ("code", "facts", "words"),
    [
        ("II.3", {"points": Decimal(21)}, "tối đa"),
        ("II.3", {"points": Decimal("1.3")}, "bội số"),
        ("I.1", {"actual": Decimal(3)}, "Chưa đủ số liệu"),
        ("I.2", {"level": "khong-co"}, ""),
        ("I.1", {"mark": NOT_ARISEN}, "lý do"),
    ],
)
def test_what_cannot_stand_is_refused_whole(
    scoring: Any, code: str, facts: dict[str, Any], words: str
) -> None:
    with pytest.raises(DomainError) as refused:
        save_line(scoring.scope(scoring.chi), scoring.member.pk, draft(scoring, code, **facts))
    assert words in str(refused.value)
    assert not ScoreSheet.objects.exists()


def test_an_older_version_is_stale_and_nothing_is_lost(scoring: Any) -> None:
    scope, pk = scoring.scope(scoring.chi), scoring.member.pk
    line = save_line(scope, pk, draft(scoring, "II.3", points=Decimal(8)))
    save_line(scoring.scope(scoring.lan), pk, draft(scoring, "II.3", points=Decimal(7), version=line.version))
    with pytest.raises(Stale) as stale:
        save_line(scope, pk, draft(scoring, "II.3", points=Decimal(9), version=line.version))
    assert stale.value.current.version == line.version + 1
    saved = save_lines(
        scope, pk,
        [draft(scoring, "II.3", points=Decimal(9), version=line.version), draft(scoring, "II.1", count=Decimal(2)),
         draft(scoring, "I.2", level="?")],
    )  # fmt: skip
    assert (saved.changed, len(saved.stale), len(saved.problems)) == (1, 1, 1)


@pytest.mark.django_db(transaction=True)
def test_two_people_save_different_lines_at_once(cast: Any) -> None:
    """C2: both are kept and the total counts both."""
    cast.go(PhaseKind.SELF_SCORE)
    cast.table = make_table(cast.year)
    pk, scopes = cast.member.pk, [cast.scope(cast.chi), cast.scope(cast.lan)]
    drafts = [draft(cast, "II.3", points=Decimal(8)), draft(cast, "II.1", count=Decimal(4))]
    done = race(*(lambda at=at: save_line(scopes[at], pk, drafts[at]) for at in (0, 1)))
    assert errors(done) == []
    found = board(cast.year, [pk])
    assert found is not None
    assert found.total(pk, "self").base == Decimal(10)
    same = [draft(cast, "II.3", points=Decimal(n), version=2) for n in (1, 2)]
    done = race(*(lambda at=at: save_line(scopes[at], pk, same[at]) for at in (0, 1)))
    assert [type(one) for one in errors(done)] == [Stale]
    assert ScoreEntry.objects.filter(line__criterion__code="II.3", is_current=True).count() == 1


# -- who and when ----------------------------------------------------------------------------------
@pytest.mark.parametrize("who", ["an", "binh", "officer", "observer"])
def test_nobody_fills_in_the_sheet_of_another(scoring: Any, who: str) -> None:
    with pytest.raises(Refused):
        save_line(
            scoring.scope(getattr(scoring, who)), scoring.member.pk, draft(scoring, "II.3", points=Decimal(8))
        )


def test_the_step_rules_and_an_extension_opens_it_again(scoring: Any) -> None:
    scoring.go(PhaseKind.VERIFY)
    with pytest.raises(Refused):
        start_sheet(scoring.scope(scoring.chi), scoring.member.pk)
    step = Phase.objects.get(year=scoring.year, kind=PhaseKind.SELF_SCORE)
    PhaseExtension.objects.create(
        phase=step, agency=scoring.member, until=local_today(timezone.now()), reason="Bão lũ"
    )
    sheet = start_sheet(scoring.scope(scoring.chi), scoring.member.pk)
    give(sheet, FULL, level="self", scorer=scoring.member)
    assert send_sheet(scoring.scope(scoring.chi), scoring.member.pk, version=1).days_late == 0


def test_in_verification_only_returned_lines_are_open(scoring: Any) -> None:
    sheet = make_sheet(scoring.table, scoring.member, FULL, state="returned")
    ScoreLine.objects.filter(sheet=sheet, criterion__code="II.3").update(
        returned_at=timezone.now(), return_reason="Thiếu danh sách"
    )
    scoring.go(PhaseKind.VERIFY)
    scope, pk = scoring.scope(scoring.chi), scoring.member.pk
    with pytest.raises(Refused, match="bị trả lại"):
        save_line(scope, pk, draft(scoring, "II.1", count=Decimal(1)))
    save_line(scope, pk, draft(scoring, "II.3", points=Decimal(14)))
    sent = send_sheet(scope, pk, version=1)
    assert (sent.state, sent.days_late) == ("sent", 0)
    assert not ScoreLine.objects.filter(sheet=sheet, returned_at__isnull=False).exists()


# -- sending ---------------------------------------------------------------------------------------
def test_every_row_is_answered_and_proved_before_it_is_sent(scoring: Any) -> None:
    Criterion.objects.filter(code="II.3").update(evidence="required")
    make_sheet(scoring.table, scoring.member, {**FULL, "I.2": {}})
    scope, pk = scoring.scope(scoring.chi), scoring.member.pk
    with pytest.raises(DomainError) as refused:
        send_sheet(scope, pk, version=1)
    assert [one.field for one in refused.value.problems] == [
        str(leaf(scoring, "I.2").pk), str(leaf(scoring, "II.3").pk)
    ]  # fmt: skip
    save_line(scope, pk, draft(scoring, "I.2", level="kha"))
    ScoreLine.objects.filter(criterion__code="II.3").update(citation="Quyết định số 12 ngày 5/3/2020")
    with pytest.raises(Stale):
        send_sheet(scope, pk, version=9)
    row = send_sheet(scope, pk, version=1)
    assert (row.state, row.days_late, row.version) == ("sent", 0, 2)


def test_it_is_taken_back_while_nobody_has_scored_it(scoring: Any) -> None:
    sheet = make_sheet(scoring.table, scoring.member, FULL, state="sent")
    scope, pk = scoring.scope(scoring.chi), scoring.member.pk
    assert take_back_sheet(scope, pk, version=1).state == "draft"
    ScoreSheet.objects.filter(pk=sheet.pk).update(state="sent", sent_at=timezone.now())
    give(sheet, {"II.3": {"points": "14"}}, level="verify", scorer=scoring.chair)
    with pytest.raises(Refused):
        take_back_sheet(scope, pk, version=2)


@pytest.mark.parametrize(
    ("due", "day", "late"),
    [
        ("2020-12-20", "2020-12-20", 0),
        ("2020-12-20", "2020-12-21", 1),
        ("2020-12-20", "2020-12-01", 0),
        ("", "2020-12-21", 0),
    ],
)
def test_a_day_counts_to_its_end(due: str, day: str, late: int) -> None:
    assert late_days(date.fromisoformat(due) if due else None, date.fromisoformat(day)) == late


@pytest.mark.parametrize(("by", "late"), [("received", 5), ("posted", 3)])
def test_lateness_goes_by_receipt_or_by_the_postmark(scoring: Any, by: str, late: int) -> None:
    today = local_today(timezone.now())
    scoring.table.settings = {"lateness_by": by}
    scoring.table.save()
    Phase.objects.filter(kind=PhaseKind.SELF_SCORE).update(planned_to=today - timezone.timedelta(days=5))
    make_sheet(scoring.table, scoring.member, FULL)
    posted = today - timezone.timedelta(days=2) if by == "posted" else None
    row = send_sheet(scoring.scope(scoring.chi), scoring.member.pk, version=1, posted_on=posted)
    assert row.days_late == late


def test_the_step_names_who_has_not_sent_and_who_is_late(scoring: Any) -> None:
    make_sheet(scoring.table, scoring.member, FULL, state="sent")
    told = [one.sentence for one in missing(scoring.year, PhaseKind.SELF_SCORE)]
    assert any("Ngân hàng Nhà nước" in one and "Cục Thống kê" not in one for one in told)
    today = local_today(timezone.now())
    Phase.objects.filter(kind=PhaseKind.SELF_SCORE).update(planned_to=today - timezone.timedelta(days=3))
    late = {one.agency_id for one in late_agencies([scoring.year.pk], today)[scoring.year.pk]}
    assert scoring.member.pk not in late
    assert scoring.chair.pk in late
    assert [one.title for one in sheet_tasks(scoring.scope(scoring.an))] == ["Tự chấm và gửi bảng chấm điểm"]
    assert sheet_tasks(scoring.scope(scoring.chi)) == []


def test_without_a_table_nothing_is_asked(cast: Any) -> None:
    cast.go(PhaseKind.SELF_SCORE)
    assert not [one for one in missing(cast.year, PhaseKind.SELF_SCORE) if "bảng chấm điểm" in one.sentence]
    with pytest.raises(DomainError, match="chưa có bảng tiêu chí"):
        start_sheet(cast.scope(cast.chi), cast.member.pk)


# -- figures ---------------------------------------------------------------------------------------
def test_a_figure_of_a_verifier_is_computed_by_the_same_rule(scoring: Any) -> None:
    sheet = make_sheet(scoring.table, scoring.member, FULL, state="sent")
    line = ScoreLine.objects.get(sheet=sheet, criterion__code="II.1")
    scope = scoring.scope(scoring.an)
    entry = put_entry(
        scope, line, "verify", scoring.chair.pk, Facts(points=Decimal("1.5")), reason="Thiếu ảnh"
    )
    assert (entry.points, line.version) == (Decimal("1.5"), 2)
    with pytest.raises(Stale):
        put_entry(scope, line, "verify", scoring.chair.pk, Facts(points=Decimal(1)), version=1)
    with pytest.raises(DomainError):
        put_entry(scope, line, "verify", scoring.chair.pk, Facts(points=Decimal(11)))
    found = board(scoring.year, [scoring.member.pk])
    assert found is not None
    assert found.results(scoring.member.pk)["II.1"].points == Decimal("1.5")


def test_figures_open_by_state_role_and_release(scoring: Any) -> None:
    sheet = make_sheet(scoring.table, scoring.member, FULL)
    give(sheet, {"II.3": {"points": "11"}}, level="verify", scorer=scoring.chair)
    chi, an, pk = scoring.scope(scoring.chi), scoring.scope(scoring.an), scoring.member.pk
    assert visible_levels(an, sheet_for(an, pk)) == frozenset()
    ScoreSheet.objects.filter(pk=sheet.pk).update(state="sent", sent_at=timezone.now())
    assert visible_levels(an, sheet_for(an, pk)) == {"self", "cross", "verify"}
    own = sheet_for(chi, pk)
    assert visible_levels(chi, own) == frozenset()
    assert shown(chi, own, "self", pk)
    assert not shown(chi, own, "verify", scoring.chair.pk)
    whole = board(scoring.year)
    assert whole is not None
    assert narrowed(chi, whole, [own]).total(pk).total != whole.total(pk).total
    YearScoring.objects.create(year=scoring.year, released_at=timezone.now())
    assert visible_levels(chi, sheet_for(chi, pk)) == {"self", "verify"}
    assert list(sheets_for(scoring.scope(scoring.lan)).values_list("agency", flat=True)) == [pk]
