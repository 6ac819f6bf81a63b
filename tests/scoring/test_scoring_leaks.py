"""What tells too much, or comes too late: figures that were not opened, frozen points, decided lines, old versions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from core.dates import local_today
from core.errors import DomainError, Refused
from members.enums import PhaseKind
from members.models import Associate, Phase, PhaseExtension
from scoring.check_lines import lines_for
from scoring.domain import appeals
from scoring.domain.acts import is_current, run_act
from scoring.domain.appeal_decide import Decision, decide
from scoring.domain.appeals import Filing
from scoring.domain.checks import Draft, give_line
from scoring.domain.desk import desk
from scoring.domain.entries import clear_entry
from scoring.domain.shapes import Facts
from scoring.domain.sheet_send import save_and_send, send_sheet, take_back_sheet
from scoring.domain.sheets import LineDraft, save_line
from scoring.domain.tables_apply import DEEPEST, findings
from scoring.domain.tables_rows import tree_of
from scoring.domain.verify import return_lines, verify_sheet
from scoring.models import Adjustment, Assignment, Criterion, ScoreLine, ScoreSheet, YearScoring
from scoring.precedents import precedents_of
from scoring.queries_sheets import narrowed, sheets_for, visible_levels
from scoring.render.appeal_paper import appeal_docx
from scoring.today import standing
from scoring.totals import board
from tests.factories import PersonFactory, UserFactory
from tests.factories.scoring import give, make_sheet, make_table
from tests.scoring.appeals_cast import line_of, make_appeal, released

pytestmark = pytest.mark.django_db
ROWS = (
    ("I", "Nhiệm vụ chuyên môn", "section", "100", {}),
    ("I.1", "Chỉ tiêu thu", "relative", "40", {}),
    ("I.2", "Việc khác", "direct", "60", {}),
)
SELF = {"I.1": {"actual": "120", "target": "100"}, "I.2": {"points": "50"}}


def points(text: str) -> Facts:
    return Facts(points=Decimal(text))


def the_line(agency: Any, code: str) -> ScoreLine:
    return ScoreLine.objects.get(
        sheet__agency=agency, criterion__code=code, criterion__table__state="applied"
    )


def seen(cast: Any, user: Any, agency: Any) -> Any:
    scope = cast.scope(user)
    found = board(cast.year)
    assert found is not None
    return narrowed(scope, found, list(sheets_for(scope))).total(agency.pk, "self")


# -- what was not opened ---------------------------------------------------------------------------
def test_points_that_come_from_everybody_wait_for_the_release(cast: Any) -> None:
    cast.go(PhaseKind.VERIFY)
    table = make_table(cast.year, ROWS)
    make_sheet(table, cast.chair, {**SELF, "I.1": {"actual": "150", "target": "100"}}, state="sent")
    make_sheet(table, cast.member, SELF, state="sent")
    run_act(cast.scope(cast.an), [cast.chair.pk, cast.member.pk])
    assert seen(cast, cast.an, cast.member).total == 78  # 20 + 20/50 × 20 + 50, for who leads
    assert (seen(cast, cast.chi, cast.member).total, seen(cast, cast.chi, cast.member).provisional) == (
        70,
        True,
    )
    YearScoring.objects.create(year=cast.year, released_at=timezone.now())
    assert seen(cast, cast.chi, cast.member).total == 78


def test_adjustments_of_others_are_not_in_the_totals_that_a_scorer_sees(cast: Any) -> None:
    cast.go(PhaseKind.VERIFY)
    make_sheet(make_table(cast.year, ROWS), cast.member, SELF, state="sent")
    now = timezone.now()
    Adjustment.objects.create(
        year=cast.year, agency=cast.member, kind="penalty", points=3, ground="Trễ", state="approved",
        proposer=cast.deputy, proposed_at=now, decider=cast.chair, decided_at=now, paper_number="1/QĐ",
    )  # fmt: skip
    other = PersonFactory(agency=cast.other, user=UserFactory()).user
    Assignment.objects.create(year=cast.year, level="verify", scorer=cast.other, subject=cast.member)
    whole = seen(cast, cast.an, cast.member).total
    assert seen(cast, cast.chi, cast.member).total == whole
    assert seen(cast, other, cast.member).total == whole + 3


def test_precedents_do_not_tell_of_cross_checks(cast: Any) -> None:
    released(cast)
    sheet = ScoreSheet.objects.get(agency=cast.member)
    give(sheet, {"I.1": {"points": "40"}}, level="cross", scorer=cast.other, reason="Chấm chéo thấp")
    cast.year.label, cast.year.pk = "2021", None
    cast.year.starts_on = cast.year.starts_on.replace(year=2021)
    cast.year.ends_on = cast.year.ends_on.replace(year=2021)
    cast.year.save(force_insert=True)
    found = precedents_of(cast.year, ["I.1", "II.1"])
    assert "I.1" not in found
    assert len(found["II.1"]) == 3


def test_who_scores_from_outside_gets_a_sentence_for_a_word_about_a_line(cast: Any) -> None:
    cast.go(PhaseKind.VERIFY)
    out = PersonFactory(user=UserFactory())
    Associate.objects.create(year=cast.year, agency=out.agency)
    row = ("I.3", "Lĩnh vực của Sở", "direct", "5", {"scored_by": "outside", "scorer": out.agency})
    make_sheet(make_table(cast.year, (*ROWS, row)), cast.member, SELF, state="sent")
    line = the_line(cast.member, "I.3")
    client, at = cast.client(out.user), {"level": "self", "agency": cast.member.pk}
    page = client.get(cast.url("check_agency", **at), {"dong": line.pk}).content.decode()
    assert "Viết trao đổi" not in page
    said = client.post(
        cast.url("check_step", **at), {"action": "note", "line": line.pk, "words": "Xin số liệu"}
    )
    assert said.status_code == 403


def test_who_still_scores_blind_cannot_learn_figures_by_verifying(cast: Any) -> None:
    cast.go(PhaseKind.VERIFY)
    make_sheet(make_table(cast.year, ROWS), cast.member, SELF, state="sent")
    row = Assignment.objects.create(year=cast.year, level="cross", scorer=cast.chair, subject=cast.member)
    line, scope = the_line(cast.member, "I.2"), cast.scope(cast.an)
    with pytest.raises(DomainError, match="chưa có điểm trước"):
        give_line(scope, "verify", Draft(line.pk, agree=True))
    assert give_line(scope, "verify", Draft(line.pk, points("7")))  # no "Khác điểm trước (50)"
    row.finished_at = timezone.now()
    row.save()
    with pytest.raises(DomainError, match="Khác điểm trước"):
        give_line(scope, "verify", Draft(line.pk, points("8")))


def test_an_act_tells_a_blind_scorer_nothing_and_nobody_is_blind_after_the_scoring(cast: Any) -> None:
    cast.go(PhaseKind.VERIFY)
    make_sheet(
        make_table(cast.year, ROWS), cast.member, {"I.1": {"actual": "48765", "target": "100"}}, state="sent"
    )
    run_act(cast.scope(cast.an), [cast.member.pk])
    Assignment.objects.create(year=cast.year, level="cross", scorer=cast.chair, subject=cast.member)
    url = cast.url("act_detail", number=1)
    assert "48.765" not in cast.client(cast.an).get(url).content.decode()
    assert "48.765" in cast.client(cast.binh).get(url).content.decode()
    cast.go(PhaseKind.DELIBERATE)
    assert "48.765" in cast.client(cast.an).get(url).content.decode()
    scope = cast.scope(cast.an)
    assert "self" in visible_levels(scope, sheets_for(scope).get(agency=cast.member))


def test_who_scores_a_part_or_a_line_does_not_judge_the_sheet(cast: Any) -> None:
    cast.go(PhaseKind.VERIFY)
    out = PersonFactory(user=UserFactory())
    Associate.objects.create(year=cast.year, agency=out.agency)
    row = ("I.3", "Lĩnh vực của Sở", "direct", "5", {"scored_by": "outside", "scorer": out.agency})
    one_level = {"levels": [{"key": "self", "label": "Tự chấm", "who": "self", "counts": True}]}
    make_sheet(make_table(cast.year, (*ROWS, row), settings=one_level), cast.member, SELF, state="sent")
    line, at = the_line(cast.member, "I.2"), desk(cast.scope(cast.an))
    assert at is not None
    assert at.deciding.key == "self"
    with pytest.raises(Refused):
        return_lines(cast.scope(out.user), cast.member.pk, {line.pk: "Thiếu"}, version=1)
    assert (
        return_lines(cast.scope(cast.an), cast.member.pk, {line.pk: "Thiếu"}, version=1).state == "returned"
    )


# -- frozen points ---------------------------------------------------------------------------------
def final(cast: Any, **columns: Any) -> ScoreSheet:
    """Points are final, and somehow the member's sheet still stands open."""
    cast.go(PhaseKind.VERIFY)
    cast.table = make_table(cast.year, ROWS)
    sheet = make_sheet(cast.table, cast.member, SELF, **columns)
    now = timezone.now()
    YearScoring.objects.create(year=cast.year, released_at=now, final_at=now)
    step = Phase.objects.get(year=cast.year, kind=PhaseKind.SELF_SCORE)
    PhaseExtension.objects.create(
        phase=step, agency=cast.member, until=local_today(now) + timedelta(days=1), reason="Bão lũ"
    )
    return sheet


def of(line: Any) -> int:
    """Whose line it is."""
    agency: int = line.sheet.agency_id
    return agency


LATE: dict[str, tuple[str, str, Callable[[Any, Any], Any]]] = {
    "save": ("draft", "chi", lambda who, one: save_line(who, of(one), LineDraft(one.criterion_id, points("3")))),
    "send": ("draft", "chi", lambda who, one: send_sheet(who, of(one), version=1)),
    "save_send": ("draft", "chi", lambda who, one: save_and_send(who, of(one), [])),
    "take_back": ("sent", "chi", lambda who, one: take_back_sheet(who, of(one), version=1)),
    "give": ("sent", "an", lambda who, one: give_line(who, "verify", Draft(one.pk, points("3"), "Thiếu"))),
    "return": ("sent", "an", lambda who, one: return_lines(who, of(one), {one.pk: "Thiếu"}, version=1)),
    "verify": ("sent", "an", lambda who, one: verify_sheet(who, of(one), version=1)),
}  # fmt: skip


@pytest.mark.parametrize("verb", LATE)
def test_nothing_of_a_sheet_moves_once_points_are_final(cast: Any, verb: str) -> None:
    state, who, work = LATE[verb]
    sheet = final(cast, state=state)
    with pytest.raises(DomainError, match="Điểm đã chốt"):
        work(cast.scope(getattr(cast, who)), the_line(cast.member, "I.2"))
    sheet.refresh_from_db()
    assert (sheet.state, sheet.version) == (state, 1)


# -- decided lines ---------------------------------------------------------------------------------
def test_only_verified_sheets_are_appealed(cast: Any) -> None:
    released(cast)
    ScoreSheet.objects.filter(agency=cast.member).update(state="sent", verified_at=None)
    with pytest.raises(Refused, match="thẩm định xong"):
        appeals.file_appeal(cast.scope(cast.chi), line_of(cast.member).pk, Filing("Đủ minh chứng."))


def test_a_verifier_does_not_write_over_what_an_appeal_decided(cast: Any) -> None:
    released(cast)
    row = make_appeal(cast, cast.member)
    decide(cast.scope(cast.binh), row.pk, Decision("accepted", "Đủ minh chứng."), appeal_docx)
    ScoreSheet.objects.filter(agency=cast.member).update(state="sent", verified_at=None)
    scope = cast.scope(cast.an)
    with pytest.raises(DomainError, match="giải quyết kiến nghị"):
        give_line(scope, "verify", Draft(line_of(cast.member).pk, points("10"), "Chấm lại"))
    assert give_line(scope, "verify", Draft(line_of(cast.member, "II.2").pk, points("10"), "Chấm lại"))
    found = board(cast.year)
    assert found is not None
    assert found.results(cast.member.pk)["II.1"].points == 17


# -- figures beyond what is kept -------------------------------------------------------------------
@pytest.mark.parametrize("target", ["0.0001", "1"])
def test_points_too_large_to_keep_are_refused_with_a_sentence(cast: Any, target: str) -> None:
    make_table(cast.year, (("I", "Vượt mức", "exceeding", "40", {}),))
    facts = Facts(actual=Decimal("999999999999999"), target=Decimal(target))
    with pytest.raises(DomainError, match="Số quá lớn"):
        save_line(cast.scope(cast.chi), cast.member.pk, LineDraft(Criterion.objects.get().pk, facts))


def test_a_table_deeper_than_totals_can_walk_is_not_put_into_force(cast: Any) -> None:
    table = make_table(cast.year, ROWS[:1], state="draft")
    row = Criterion.objects.get(table=table)
    for place in range(DEEPEST):
        row = Criterion.objects.create(
            table=table, parent=row, code=f"s{place}", title="Mục", rule="section", maximum=10, order=1
        )
    Criterion.objects.create(table=table, parent=row, code="la", title="Dòng", rule="direct", maximum=10)
    assert any("quá sâu" in one.sentence for one in findings(table, tree_of(table)).problems)


def test_an_act_of_other_rounding_is_not_current_any_more(cast: Any) -> None:
    cast.go(PhaseKind.VERIFY)
    make_sheet(make_table(cast.year, ROWS), cast.member, SELF, state="sent")
    run_act(cast.scope(cast.an), [cast.member.pk])
    found = board(cast.year)
    assert found is not None
    assert is_current(found)
    assert not is_current(replace(found, rules=replace(found.rules, decimals=found.rules.decimals + 1)))
    give_line(cast.scope(cast.an), "verify", Draft(the_line(cast.member, "I.1").pk, points("20"), "Thiếu"))
    found = board(cast.year)
    assert found is not None
    assert not is_current(found)


# -- returned sheets, old versions -----------------------------------------------------------------
def test_a_returned_sheet_can_always_be_mended_and_sent(cast: Any) -> None:
    """A line emptied while all were open would else stay closed and keep the sheet from being sent."""
    cast.go(PhaseKind.VERIFY)
    make_sheet(make_table(cast.year, ROWS), cast.member, SELF, state="returned")
    line = the_line(cast.member, "I.2")
    with pytest.raises(Refused, match="bị trả lại"):
        save_line(cast.scope(cast.chi), cast.member.pk, LineDraft(line.criterion_id, points("3")))
    clear_entry(line, "self", cast.member.pk)
    client, url = cast.client(cast.chi), cast.url("sheet", agency=cast.member.pk)
    assert f'name="{line.criterion_id}-points"' in client.get(url).content.decode()
    save_line(cast.scope(cast.chi), cast.member.pk, LineDraft(line.criterion_id, points("3")))
    assert send_sheet(cast.scope(cast.chi), cast.member.pk, version=1).state == "sent"


def test_lines_that_others_score_are_not_sent_back(cast: Any) -> None:
    cast.go(PhaseKind.VERIFY)
    row = ("I.3", "Chấp hành chế độ", "direct", "5", {"scored_by": "leadership"})
    make_sheet(make_table(cast.year, (*ROWS, row)), cast.member, SELF, state="sent")
    with pytest.raises(DomainError, match="không do đơn vị tự chấm"):
        return_lines(
            cast.scope(cast.an), cast.member.pk, {the_line(cast.member, "I.3").pk: "Thiếu"}, version=1
        )


def test_lines_of_an_earlier_version_are_neither_shown_nor_scored(cast: Any) -> None:
    cast.go(PhaseKind.VERIFY)
    old = make_table(cast.year, ROWS)
    sheet = make_sheet(old, cast.member, SELF, state="returned")
    gone = the_line(cast.member, "I.2")
    ScoreLine.objects.filter(pk=gone.pk).update(returned_at=timezone.now(), return_reason="Thiếu")
    old.state, old.replaced_at = "replaced", timezone.now()
    old.save()
    new = make_table(cast.year, ROWS, version=2)
    ScoreLine.objects.bulk_create(
        ScoreLine(sheet=sheet, criterion=one)
        for one in Criterion.objects.filter(table=new).exclude(rule="section")
    )
    ScoreSheet.objects.update(table=new, state="sent", sent_at=timezone.now())
    assert {one.criterion.table_id for one in lines_for([sheet.pk])} == {new.pk}
    scope = cast.scope(cast.an)
    with pytest.raises(ScoreLine.DoesNotExist):
        give_line(scope, "verify", Draft(gone.pk, points("3"), "Thiếu"))
    with pytest.raises(DomainError, match="ít nhất một dòng"):
        return_lines(scope, cast.member.pk, {gone.pk: "Thiếu"}, version=1)
    today = standing(cast.scope(cast.chi), cast.member.pk)
    assert today is not None
    assert not any(one.returned for one in today.lines)
