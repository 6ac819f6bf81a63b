"""Cross-checks and verification: who gives figures where, what is refused, what two people at once come to."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.access import may
from core.errors import DomainError, Refused, Stale
from members.enums import Function, PhaseKind
from members.models import Associate
from scoring.domain.assignments import (
    generate,
    mark_of,
    pairs_of,
    remove_associate,
    save_assignments,
    unfinish,
)
from scoring.domain.checks import Draft, accept_line, accept_lines, finish, give_line, give_lines
from scoring.domain.desk import desk
from scoring.domain.rota import most, share_out
from scoring.domain.shapes import Facts
from scoring.domain.verify import excuse_lateness, reopen_sheet, return_lines, verify_sheet
from scoring.enums import EntrySource, SheetState
from scoring.models import Assignment, ScoreEntry, ScoreLine, ScoreNotice, ScoreSheet, YearScoring
from scoring.totals import board
from tests.factories import PersonFactory, UserFactory
from tests.factories.scoring import MOMENT, give, make_sheet, make_table
from tests.support.race import errors, meeting_point, race, values

pytestmark = pytest.mark.django_db

ROWS = (
    ("I", "Chuyên môn", "section", "10", {}),
    ("I.1", "Nhiệm vụ được giao", "direct", "6", {}),
    ("I.2", "Cải cách hành chính", "direct", "4", {}),
    ("II", "Thi đua", "section", "10", {}),
    ("II.1", "Báo cáo đúng hạn", "faults", "10", {"params": {"each": "1"}}),
)
SELF = {"I.1": {"points": "5"}, "I.2": {"points": "4"}, "II.1": {"count": "2"}}


@pytest.fixture
def year(cast: Any) -> Any:
    """At the step of verification, all four sheets sent."""
    cast.go(PhaseKind.VERIFY)
    cast.table = make_table(cast.year, ROWS)
    cast.sheets = {one.pk: make_sheet(cast.table, one, SELF, state=SheetState.SENT) for one in cast.agencies}
    return cast


def line_of(cast: Any, agency: Any, code: str) -> ScoreLine:
    return ScoreLine.objects.get(sheet=cast.sheets[agency.pk], criterion__code=code)


def points(text: str) -> Facts:
    return Facts(points=Decimal(text))


def assign(cast: Any, scorer: Any, subject: Any, level: str = "cross") -> Assignment:
    return Assignment.objects.create(year=cast.year, level=level, scorer=scorer, subject=subject)


# -- dealing out -----------------------------------------------------------------------------------
@given(st.data())
def test_work_is_dealt_out_evenly_and_nobody_gets_the_own_agency(data: Any) -> None:
    subjects = data.draw(st.lists(st.integers(0, 40), min_size=1, max_size=14, unique=True))
    scorers = data.draw(st.lists(st.integers(0, 40), min_size=1, max_size=14, unique=True))
    largest = most(scorers, subjects)
    if not largest:
        with pytest.raises(ValueError, match="1"):
            share_out(scorers, subjects, 1)
        return
    each = data.draw(st.integers(1, largest))
    dealt = share_out(scorers, subjects, each, turn=data.draw(st.integers(0, 30)))
    work = Counter(dict.fromkeys(scorers, 0))
    for subject, some in dealt.items():
        assert subject not in some
        assert len(some) == each
        work.update(some)
    assert set(dealt) == set(subjects)
    assert max(work.values()) - min(work.values()) <= 1


def test_pairs_that_must_stay_stay() -> None:
    dealt = share_out([1, 2, 3, 4], [1, 2, 3, 4], 2, kept={1: [2], 3: [2], 4: [2]})
    assert all(2 in dealt[subject] for subject in (1, 3, 4))
    assert {len(some) for some in dealt.values()} == {2}


# -- assignments -----------------------------------------------------------------------------------
def test_assignments_are_generated_changed_and_never_lost_with_figures(year: Any) -> None:
    cast, scope = year, year.scope(year.an)
    assert generate(scope, "cross", 2, seen=mark_of([])) == 8
    standing = pairs_of(scope, "cross")
    assert all(scorer != subject for scorer, subject in standing)
    scorer, subject = next(pair for pair in standing if pair[1] == cast.member.pk)
    give(
        cast.sheets[subject], {"I.1": {"points": "3"}}, level="cross",
        scorer=next(one for one in cast.agencies if one.pk == scorer),
    )  # fmt: skip
    with pytest.raises(DomainError, match="đã chấm 1 dòng"):
        save_assignments(scope, "cross", set(standing) - {(scorer, subject)}, seen=mark_of(standing))
    with pytest.raises(Stale):
        save_assignments(scope, "cross", set(), seen=mark_of([]))
    with pytest.raises(DomainError, match="chính mình"):
        save_assignments(scope, "cross", {*standing, (subject, subject)}, seen=mark_of(standing))
    generate(scope, "cross", 1, seen=mark_of(standing))
    assert (scorer, subject) in pairs_of(scope, "cross")
    with pytest.raises(Refused):
        save_assignments(cast.scope(cast.chi), "cross", set(), seen="")


# -- seats -----------------------------------------------------------------------------------------
def test_who_has_a_seat_where(year: Any) -> None:
    cast = year
    assign(cast, cast.other, cast.member)
    seats = {
        (name, level.key, agency.code)
        for name in ("an", "binh", "chi", "lan", "officer", "observer", "dung", "root")
        if (scope := cast.scope(getattr(cast, name))) is not None and (at := desk(scope))
        for level in at.settings.levels
        for agency in cast.agencies
        if at.seat(at.check(agency.pk, level)) is not None
    }
    everybody = {agency.code for agency in cast.agencies}
    assert {code for name, level, code in seats if (name, level) == ("an", "verify")} == everybody - {
        cast.chair.code
    }
    assert {code for name, level, code in seats if (name, level) == ("binh", "verify")} == {cast.chair.code}
    assert not [one for one in seats if one[0] in ("chi", "lan", "officer", "observer", "dung", "root")]
    assign(cast, cast.member, cast.chair, "verify")
    at = desk(cast.scope(cast.chi))
    assert at is not None
    assert at.seat(at.judge(cast.chair.pk)) == cast.member.pk
    at = desk(cast.scope(cast.binh))
    assert at is not None
    assert at.seat(at.judge(cast.chair.pk)) is None


@pytest.mark.parametrize(
    ("phase", "state", "good"),
    [
        (PhaseKind.VERIFY, SheetState.SENT, True),
        (PhaseKind.VERIFY, SheetState.RETURNED, False),
        (PhaseKind.VERIFY, SheetState.VERIFIED, False),
        (PhaseKind.SELF_SCORE, SheetState.SENT, False),
        (PhaseKind.DELIBERATE, SheetState.SENT, False),
    ],
)
def test_figures_are_given_to_sent_sheets_at_the_step_of_verification(
    cast: Any, phase: str, state: str, good: bool
) -> None:
    cast.go(phase)
    cast.table = make_table(cast.year, ROWS)
    cast.sheets = {cast.member.pk: make_sheet(cast.table, cast.member, SELF, state=state)}
    line = line_of(cast, cast.member, "I.1")
    if good:
        assert give_line(cast.scope(cast.an), "verify", Draft(line.pk, points("5"))) is not None
    else:
        with pytest.raises(Refused):
            give_line(cast.scope(cast.an), "verify", Draft(line.pk, points("5")))


def test_nobody_scores_the_own_agency_and_is_told_why(year: Any) -> None:
    """A11: staff, leadership, and an officer or observer who works for a member."""
    cast = year
    own = line_of(cast, cast.chair, "I.1")
    with pytest.raises(Refused, match="chính mình"):
        give_line(cast.scope(cast.an), "verify", Draft(own.pk, points("6"), "Tự nâng"))
    user = UserFactory()
    for function in (Function.OFFICER, Function.OBSERVER):
        PersonFactory(user=user, agency=cast.member, function=function, cluster=cast.cluster)
    PersonFactory(user=user, agency=cast.chair)
    at = desk(cast.scope(user))
    assert at is not None
    assert at.seat(at.judge(cast.member.pk)) is None
    assert at.seat(at.judge(cast.other.pk)) == cast.chair.pk
    assert not may(at.scope, "sheet_verify", at.judge(cast.member.pk))
    assert not may(at.scope, "sheet_return", at.judge(cast.member.pk))
    assert not may(at.scope, "sheet_excuse", at.judge(cast.member.pk))


# -- figures ---------------------------------------------------------------------------------------
def test_agreeing_copies_and_another_number_asks_for_a_reason(year: Any) -> None:
    cast, scope = year, year.scope(year.an)
    line = line_of(cast, cast.member, "II.1")
    entry = accept_line(scope, "verify", line.pk, seen=0)
    assert entry is not None
    assert (entry.facts, entry.points, entry.source) == ({"count": "2"}, Decimal(8), EntrySource.ACCEPTED)
    with pytest.raises(DomainError, match="ghi lý do") as caught:
        give_line(scope, "verify", Draft(line.pk, points("7"), seen=entry.pk))
    assert caught.value.problems[0].field == f"reason-{line.pk}"
    again = give_line(scope, "verify", Draft(line.pk, points("7"), "Thêm một báo cáo chậm", seen=entry.pk))
    assert again is not None
    assert ScoreEntry.objects.filter(line=line, level="verify").count() == 2
    assert list(ScoreEntry.objects.filter(line=line, level="verify", is_current=True)) == [again]
    with pytest.raises(Stale):
        give_line(scope, "verify", Draft(line.pk, points("6"), "Khác", seen=entry.pk))
    found = board(cast.year, [cast.member.pk])
    assert found is not None
    assert found.results(cast.member.pk)["II.1"].points == Decimal(7)
    with pytest.raises(DomainError, match="10"):
        give_line(scope, "verify", Draft(line.pk, points("10.5"), "Quá", seen=again.pk))


def test_a_small_difference_needs_no_reason_where_the_table_says_so(cast: Any) -> None:
    cast.go(PhaseKind.VERIFY)
    cast.table = make_table(cast.year, ROWS, settings={"reason_from": "0.5"})
    cast.sheets = {cast.member.pk: make_sheet(cast.table, cast.member, SELF, state=SheetState.SENT)}
    line, scope = line_of(cast, cast.member, "I.1"), cast.scope(cast.an)
    first = give_line(scope, "verify", Draft(line.pk, points("4.75")))
    assert first is not None
    with pytest.raises(DomainError):
        give_line(scope, "verify", Draft(line.pk, points("4.5")))


def test_all_lines_are_agreed_with_by_the_confirmed_number_but_unproved_ones(year: Any) -> None:
    cast, scope = year, year.scope(year.an)
    line = line_of(cast, cast.member, "I.2")
    line.criterion.evidence = "required"
    line.criterion.save()
    with pytest.raises(Stale):
        accept_lines(scope, "verify", cast.member.pk, "unscored", 3)
    assert accept_lines(scope, "verify", cast.member.pk, "unscored", 2) == 2
    with pytest.raises(DomainError, match=r"I\.2"):
        verify_sheet(scope, cast.member.pk, version=1)
    accept_line(scope, "verify", line.pk)
    assert verify_sheet(scope, cast.member.pk, version=1).state == SheetState.VERIFIED
    with pytest.raises(Refused):
        accept_line(scope, "verify", line.pk)


def test_only_lines_that_are_equal_at_every_level_are_agreed_with(year: Any) -> None:
    cast, scope = year, year.scope(year.an)
    give(
        cast.sheets[cast.member.pk],
        {"I.1": {"points": "5"}, "I.2": {"points": "3"}},
        level="cross",
        scorer=cast.other,
    )
    assert accept_lines(scope, "verify", cast.member.pk, "equal", 1) == 1
    assert ScoreEntry.objects.get(level="verify").line.criterion.code == "I.1"


def test_two_scorers_of_one_line_are_both_kept_and_blind_to_each_other(year: Any) -> None:
    cast = year
    assign(cast, cast.deputy, cast.member)
    assign(cast, cast.chair, cast.member)
    line = line_of(cast, cast.member, "I.1")
    give_line(cast.scope(cast.an), "cross", Draft(line.pk, points("5"), seen=0))
    give_line(cast.scope(cast.binh), "cross", Draft(line.pk, points("4"), seen=0))
    current = ScoreEntry.objects.filter(line=line, level="cross", is_current=True)
    assert set(current.values_list("scorer", "points")) == {
        (cast.chair.pk, Decimal(5)), (cast.deputy.pk, Decimal(4)),
    }  # fmt: skip
    found = board(cast.year, [cast.member.pk])
    assert found is not None
    assert found.results(cast.member.pk, "cross")["I.1"].points == Decimal("4.5")
    with pytest.raises(DomainError, match="đồng ý"):
        accept_line(cast.scope(cast.binh), "cross", line_of(cast, cast.member, "I.2").pk)


def test_finished_work_stands_until_the_leadership_opens_it_again(year: Any) -> None:
    cast, scope = year, year.scope(year.binh)
    row = assign(cast, cast.deputy, cast.member)
    with pytest.raises(DomainError, match="Còn 3 dòng"):
        finish(scope, "cross", cast.member.pk)
    drafts = [
        Draft(line_of(cast, cast.member, code).pk, points(given), seen=0)
        for code, given in (("I.1", "5"), ("I.2", "4"), ("II.1", "9"))
    ]
    assert len(give_lines(scope, "cross", drafts)) == 3
    assert finish(scope, "cross", cast.member.pk) == 3
    with pytest.raises(Refused):
        give_line(scope, "cross", Draft(drafts[0].line_id, points("3")))
    unfinish(cast.scope(cast.an), row.pk)
    assert give_line(scope, "cross", Draft(drafts[0].line_id, points("3"))) is not None


# -- whole sheets ----------------------------------------------------------------------------------
def test_lines_are_returned_with_reasons_and_the_agency_is_told(year: Any) -> None:
    cast, scope = year, year.scope(year.an)
    line = line_of(cast, cast.member, "I.1")
    for reasons in ({}, {line.pk: ""}):
        with pytest.raises(DomainError):
            return_lines(scope, cast.member.pk, reasons, version=1)
    return_lines(scope, cast.member.pk, {line.pk: "Thiếu quyết định giao chỉ tiêu"}, version=1)
    line.refresh_from_db()
    assert line.return_reason == "Thiếu quyết định giao chỉ tiêu"
    assert ScoreSheet.objects.get(agency=cast.member).state == SheetState.RETURNED
    assert ScoreNotice.objects.get().agency_id == cast.member.pk
    with pytest.raises(Refused):
        return_lines(cast.scope(cast.binh), cast.other.pk, {1: "x"}, version=1)


def test_what_is_mended_after_a_return_is_verified_anew(year: Any) -> None:
    cast, scope = year, year.scope(year.an)
    line = line_of(cast, cast.member, "I.1")
    accept_lines(scope, "verify", cast.member.pk, "unscored", 3)
    return_lines(scope, cast.member.pk, {line.pk: "Thiếu số liệu"}, version=1)
    verified = ScoreEntry.objects.filter(line__sheet__agency=cast.member, level="verify")
    assert verified.count() == 3  # nothing is lost
    assert not verified.filter(line=line, is_current=True).exists()
    assert verified.filter(is_current=True).count() == 2


def test_a_verified_sheet_is_opened_again_with_a_reason_until_points_are_released(year: Any) -> None:
    cast, scope = year, year.scope(year.an)
    accept_lines(scope, "verify", cast.member.pk, "unscored", 3)
    verify_sheet(scope, cast.member.pk, version=1)
    with pytest.raises(DomainError):
        reopen_sheet(scope, cast.member.pk, " ", version=2)
    assert reopen_sheet(scope, cast.member.pk, "Nhầm một dòng", version=2).state == SheetState.SENT
    verify_sheet(scope, cast.member.pk, version=3)
    YearScoring.objects.create(year=cast.year, released_at=MOMENT)
    with pytest.raises(DomainError, match="kiến nghị"):
        reopen_sheet(scope, cast.member.pk, "Nhầm", version=4)


def test_lateness_is_excused_by_somebody_else_with_a_reason(year: Any) -> None:
    cast, scope = year, year.scope(year.an)
    ScoreSheet.objects.filter(agency=cast.member).update(days_late=3)
    with pytest.raises(DomainError):
        excuse_lateness(scope, cast.member.pk, "", version=1)
    sheet = excuse_lateness(scope, cast.member.pk, "Bão lũ, mất điện ba ngày", version=1)
    assert sheet.excused_by_id == cast.chair.pk
    with pytest.raises(Refused):
        excuse_lateness(scope, cast.chair.pk, "Bận", version=1)


# -- agencies from outside -------------------------------------------------------------------------
def outside_year(cast: Any) -> Any:
    cast.go(PhaseKind.VERIFY)
    user = UserFactory(username="so-nganh")
    person = PersonFactory(user=user)
    cast.office, cast.out = person.agency, user
    Associate.objects.create(year=cast.year, agency=cast.office)
    rows = (
        *ROWS,
        ("II.2", "Lĩnh vực của Sở", "direct", "5", {"scored_by": "outside", "scorer": cast.office}),
    )
    cast.table = make_table(cast.year, rows)
    cast.sheets = {
        one.pk: make_sheet(cast.table, one, SELF, state=SheetState.SENT) for one in cast.agencies[:2]
    }
    return cast


def test_an_agency_from_outside_gives_its_own_lines_only(cast: Any) -> None:
    outside_year(cast)
    scope = cast.scope(cast.out)
    entry = give_line(scope, "self", Draft(line_of(cast, cast.chair, "II.2").pk, points("4")))
    assert entry is not None
    assert entry.scorer_id == cast.office.pk
    with pytest.raises(DomainError, match="không do đơn vị bạn chấm"):
        give_line(scope, "self", Draft(line_of(cast, cast.chair, "I.1").pk, points("4")))
    with pytest.raises(Refused):
        give_line(scope, "verify", Draft(line_of(cast, cast.chair, "I.1").pk, points("4")))
    row = Associate.objects.get()
    with pytest.raises(DomainError):
        remove_associate(cast.scope(cast.an), row.pk)


# -- races -----------------------------------------------------------------------------------------
@pytest.mark.django_db(transaction=True)
def test_verify_and_return_pressed_at_once_make_one_transition(cast: Any) -> None:
    """C11, with a control twin that looks before it writes."""
    cast.go(PhaseKind.VERIFY)
    cast.table = make_table(cast.year, ROWS)
    cast.sheets = {cast.member.pk: make_sheet(cast.table, cast.member, SELF, state=SheetState.SENT)}
    scope, line = cast.scope(cast.an), line_of(cast, cast.member, "I.1")
    accept_lines(scope, "verify", cast.member.pk, "unscored", 3)
    done = race(
        lambda: verify_sheet(scope, cast.member.pk, version=1).state,
        lambda: return_lines(scope, cast.member.pk, {line.pk: "Thiếu số liệu"}, version=1).state,
    )
    assert len(values(done)) == 1
    assert isinstance(errors(done)[0], Stale | Refused | DomainError)  # too late, or lines to verify again
    assert ScoreSheet.objects.get().state == values(done)[0]
    assert ScoreSheet.objects.get().version == 2

    ScoreSheet.objects.update(state=SheetState.SENT, verified_at=None, version=1)
    meet = meeting_point(2)

    def unprotected(state: str) -> str:
        sheet = ScoreSheet.objects.get()
        meet()
        assert sheet.state == SheetState.SENT
        moments = (
            {"verified_at": MOMENT}
            if state == SheetState.VERIFIED
            else {"returned_at": MOMENT, "verified_at": None}
        )
        ScoreSheet.objects.update(state=state, return_reason="Thiếu", **moments)
        return state

    both = race(lambda: unprotected(SheetState.VERIFIED), lambda: unprotected(SheetState.RETURNED))
    assert len(values(both)) == 2, "the twin without the conditional update makes two transitions"
