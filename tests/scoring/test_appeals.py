"""Appeals: who files and who decides, the window, and the decision that writes everything or nothing."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.utils import timezone
from docx import Document

from core import audit, files
from core.access import may
from core.errors import DomainError, Refused, Stale
from members.enums import PhaseKind
from members.guards import missing
from members.models import Person
from scoring.domain import appeal_decide, appeals
from scoring.domain.appeal_decide import Decision
from scoring.domain.appeal_effect import Standing, scene
from scoring.domain.appeals import Filing
from scoring.domain.deciders import Leadership, for_adjustment, for_appeal
from scoring.domain.shapes import Facts
from scoring.models import Appeal, ScoreEntry, ScoreLine, ScoreNotice, YearScoring
from scoring.queries_appeals import appeal_for
from scoring.render.appeal_paper import appeal_docx
from scoring.totals import board
from tests.factories.scoring import give, make_table
from tests.scoring.appeals_cast import ROWS, line_of, make_appeal, released
from tests.support.race import errors, race, values

pytestmark = pytest.mark.django_db
ACCEPT = Decision("accepted", "Minh chứng bổ sung đầy đủ.")


# -- who decides -----------------------------------------------------------------------------------
LEADS = Leadership(frozenset({1}), frozenset({2}), frozenset({9}))


@pytest.mark.parametrize(
    ("filer", "givers", "agencies", "officers"),
    [
        (3, {1}, {2}, set()),  # the chair verified: the deputy decides
        (3, {2}, {1}, set()),
        (3, {4}, {1, 2}, set()),  # an assigned member verified
        (1, {2}, set(), {9}),  # the chair's sheet, verified by the deputy: the council
        (2, {1}, set(), {9}),
        (1, {4}, {2}, set()),
        (3, {1, 2}, set(), {9}),
        (3, set(), {1, 2}, set()),
    ],
)
def test_an_appeal_is_decided_by_neither_side(
    filer: int, givers: set[int], agencies: set[int], officers: set[int]
) -> None:
    found = for_appeal(LEADS, filer, givers)
    assert (found.agencies, found.officers) == (agencies, officers)
    assert filer in found.barred


def test_without_an_officer_the_giver_decides_rather_than_nobody_but_never_the_filer() -> None:
    small = Leadership(frozenset({1}), frozenset({2}), frozenset())
    assert for_appeal(small, 1, {2}).agencies == {2}
    assert for_appeal(small, 3, {1, 2}).agencies == {1, 2}


def test_who_took_over_the_records_is_no_other() -> None:
    merged = Leadership(frozenset({1}), frozenset({2}), frozenset({9}), ((3, 1),))
    assert for_appeal(merged, 3, {2}).agencies == set()
    assert for_appeal(merged, 3, {2}).officers == {9}


@pytest.mark.parametrize(
    ("proposer", "subject", "agencies", "officers"),
    [
        (3, 3, {1}, set()), (2, 3, {1}, set()), (1, 3, {2}, set()), (2, 1, set(), {9}), (1, 1, {2}, set()),
        (9, 1, {2}, set()),
    ],
)  # fmt: skip
def test_an_adjustment_is_decided_by_another(
    proposer: int, subject: int, agencies: set[int], officers: set[int]
) -> None:
    found = for_adjustment(LEADS, proposer, subject)
    assert (found.agencies, found.officers) == (agencies, officers)


@pytest.mark.parametrize("who", ["an", "binh", "chi", "lan", "officer", "observer"])
@pytest.mark.parametrize("phase", PhaseKind.values)
def test_rights_by_person_and_step(cast: Any, who: str, phase: str) -> None:
    released(cast, phase)
    pk = make_appeal(cast, cast.member).pk
    scope = cast.scope(getattr(cast, who))
    row = appeal_for(scope, pk)
    opened = phase in (PhaseKind.VERIFY, PhaseKind.DELIBERATE)
    assert row is not None
    assert may(scope, "appeal_view", row)
    assert may(scope, "appeal_file", line_of(cast.member).sheet) == (opened and who in ("chi", "lan"))
    assert may(scope, "appeal_withdraw", row) == (opened and who in ("chi", "lan"))
    assert may(scope, "appeal_reply", row) == (opened and who != "observer")
    assert may(scope, "appeal_decide", row) == (opened and who == "binh")  # the chair gave the figure


def test_another_member_sees_nothing_of_it(cast: Any) -> None:
    released(cast)
    row = make_appeal(cast, cast.chair)
    scope = cast.scope(cast.chi)
    assert appeal_for(scope, row.pk) is None
    with pytest.raises(Appeal.DoesNotExist):
        appeals.withdraw(scope, row.pk)
    with pytest.raises(Refused):
        appeals.file_appeal(scope, line_of(cast.chair, "II.2").pk, Filing("Sai"))


# -- the window ------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("moment", "opens"),
    [
        (datetime(2020, 12, 28, 16, 59, 59, tzinfo=UTC), True),  # 23:59:59 of 28/12 in Viet Nam
        (datetime(2020, 12, 28, 17, 0, 0, tzinfo=UTC), False),  # 24:00
    ],
)
def test_the_last_day_counts_to_midnight_in_viet_nam(cast: Any, moment: datetime, *, opens: bool) -> None:
    released(cast)
    YearScoring.objects.update(appeals_until=date(2020, 12, 28))
    with time_machine.travel(moment, tick=False):
        scope = cast.scope(cast.chi)
        if opens:
            row = appeals.file_appeal(scope, line_of(cast.member).pk, Filing("Sai điểm", Decimal(17)))
            assert row.wanted == 17
        else:
            with pytest.raises(Refused, match="hết lúc 24:00 ngày 28/12/2020"):
                appeals.file_appeal(scope, line_of(cast.member).pk, Filing("Sai điểm"))


@pytest.mark.parametrize(
    ("columns", "says"),
    [
        ({"released_at": None}, "chưa công bố"),
        ({"appeals_until": None}, "không nhận kiến nghị"),
        ({"final_at": datetime(2020, 12, 30, tzinfo=UTC)}, "đã chốt"),
    ],
)
def test_a_closed_window_says_why(cast: Any, columns: dict[str, Any], says: str) -> None:
    released(cast)
    YearScoring.objects.update(**columns)
    with pytest.raises(Refused, match=says):
        appeals.file_appeal(cast.scope(cast.chi), line_of(cast.member).pk, Filing("Sai điểm"))
    assert not Appeal.objects.exists()


def test_one_for_each_line_within_its_maximum_and_step(cast: Any) -> None:
    released(cast)
    scope, line = cast.scope(cast.chi), line_of(cast.member)
    for wrong in (Filing(""), Filing("x" * 2001), Filing("Sai", Decimal(21)), Filing("Sai", Decimal("16.3"))):
        with pytest.raises(DomainError):
            appeals.file_appeal(scope, line.pk, wrong)
    row = appeals.file_appeal(scope, line.pk, Filing("Sai", Decimal("17.5")))
    appeals.withdraw(scope, row.pk, version=1)
    with pytest.raises(DomainError, match="chỉ kiến nghị một lần"):
        appeals.file_appeal(scope, line.pk, Filing("Lại sai"))
    with pytest.raises(ScoreLine.DoesNotExist):
        appeals.file_appeal(scope, 10**9, Filing("Sai"))


def test_a_step_waits_for_appeals_and_their_window(cast: Any) -> None:
    released(cast)
    row = make_appeal(cast, cast.member)
    for phase in (PhaseKind.VERIFY, PhaseKind.DELIBERATE):
        said = " ".join(problem.sentence for problem in missing(cast.year, phase))
        assert "1 kiến nghị về điểm chưa giải quyết" in said
        assert "Thời hạn kiến nghị về điểm chưa hết" in said
    appeals.withdraw(cast.scope(cast.chi), row.pk)
    YearScoring.objects.update(appeals_until=date(2020, 12, 28))
    assert not [one for one in missing(cast.year, PhaseKind.VERIFY) if "kiến nghị" in one.sentence]


# -- the decision ----------------------------------------------------------------------------------
def test_one_decision_writes_figure_effect_paper_notices_and_audit(cast: Any) -> None:
    released(cast)
    row = make_appeal(cast, cast.member)
    before, foretold = standing(cast), standing(cast, Facts(points=Decimal(17)))
    done = appeal_decide.decide(cast.scope(cast.binh), row.pk, ACCEPT, appeal_docx, version=1)
    now = standing(cast)
    assert (before.total, before.rank, now.total, now.rank) == (Decimal(91), 3, Decimal(92), 1)
    assert now == foretold
    done.refresh_from_db()
    assert done.effect == {"total_before": "91", "total_after": "92", "rank_before": 3, "rank_after": 1}
    assert (done.state, done.number, done.points_before, done.points_after) == ("accepted", 1, 16, 17)
    assert (done.decider, done.decided_by) == (cast.deputy, cast.binh)
    current = ScoreEntry.objects.get(line=row.line, level="verify", is_current=True)
    assert (current.source, current.points, current.scorer) == ("appeal", 17, cast.deputy)
    told = ScoreNotice.objects.get()
    assert told.agency == cast.member
    assert "Điểm 16 → 17, tổng điểm 91 → 92" in told.words
    assert "hạng" not in told.words.lower()
    words = _words_of(done)
    assert all(part in words for part in ("Số: 01/TB-KN", "91 → 92", "Minh chứng bổ sung đầy đủ."))
    assert "hạng" not in words.lower()
    assert list(audit.verify(audit.cluster_chain(cast.cluster.pk))) == []


def standing(cast: Any, facts: Facts | None = None) -> Standing:
    """Of the member with its line II.1."""
    found = scene(cast.year)
    assert found is not None
    return found.standing(cast.member.pk, "II.1", facts)


def _words_of(row: Appeal) -> str:
    assert row.paper is not None
    with files.open_stored(row.paper) as content:
        document = Document(io.BytesIO(content.read()))
    cells = [cell.text for table in document.tables for line in table.rows for cell in line.cells]
    return "\n".join([*(one.text for one in document.paragraphs), *cells])


def test_several_scorers_of_the_last_level_give_way_to_the_decision(cast: Any) -> None:
    released(cast)
    line = line_of(cast.member)
    give(line.sheet, {"II.1": {"points": "10"}}, level="verify", scorer=cast.other)
    row = make_appeal(cast, cast.member)
    done = appeal_decide.decide(
        cast.scope(cast.binh), row.pk, Decision("partly", "Một phần.", Decimal("16.5")), appeal_docx
    )
    assert board(cast.year).results(cast.member.pk)["II.1"].points == Decimal("16.5") == done.points_after
    assert line.entries.filter(level="verify", is_current=True).count() == 1
    assert line.entries.count() == 4  # nothing is lost


def test_a_refusal_changes_no_figure_and_is_numbered_too(cast: Any) -> None:
    released(cast)
    first, second = make_appeal(cast, cast.member), make_appeal(cast, cast.member, "II.2", wanted=None)
    scope = cast.scope(cast.binh)
    refusal = Decision("refused", "Minh chứng không thuộc năm 2020.")
    appeal_decide.decide(scope, first.pk, refusal, appeal_docx)
    appeal_decide.decide(scope, second.pk, refusal, appeal_docx)
    first.refresh_from_db(), second.refresh_from_db()
    assert (first.number, second.number) == (1, 2)
    assert first.points_before == first.points_after == 16
    assert not ScoreEntry.objects.filter(source="appeal").exists()
    assert "giữ nguyên: 16" in _words_of(first)


@pytest.mark.parametrize(
    ("decision", "field"),
    [
        (Decision("accepted", ""), "words"),
        (Decision("maybe", "Vì thế"), "outcome"),
        (Decision("partly", "Vì thế"), "points"),
        (Decision("partly", "Vì thế", Decimal(17)), "points"),  # what was asked: that is accepting
        (Decision("partly", "Vì thế", Decimal(16)), "points"),  # what stands
        (Decision("partly", "Vì thế", Decimal(21)), "points"),
        (Decision("partly", "Vì thế", Decimal("16.2")), "points"),  # no step of the line
    ],
)
def test_a_wrong_decision_writes_nothing(cast: Any, decision: Decision, field: str) -> None:
    released(cast)
    row = make_appeal(cast, cast.member)
    with pytest.raises(DomainError) as caught:
        appeal_decide.decide(cast.scope(cast.binh), row.pk, decision, appeal_docx)
    assert [problem.field for problem in caught.value.problems] == [field]
    assert _nothing_written(row)


def _nothing_written(row: Appeal) -> bool:
    row.refresh_from_db()
    untouched = row.state == "filed" and row.number is None and row.paper is None and row.version == 1
    return (
        untouched
        and not ScoreNotice.objects.exists()
        and not ScoreEntry.objects.filter(source="appeal").exists()
    )


def test_a_file_store_that_fails_leaves_nothing(cast: Any, settings: Any, tmp_path: Any) -> None:
    released(cast)
    row = make_appeal(cast, cast.member)
    blocked = tmp_path / "not-a-folder"
    blocked.write_text("x")
    settings.FILES_DIR = blocked
    count = ScoreEntry.objects.filter(is_current=True).count()
    with pytest.raises(OSError, match="not-a-folder"):
        appeal_decide.decide(cast.scope(cast.binh), row.pk, ACCEPT, appeal_docx)
    assert _nothing_written(row)
    assert ScoreEntry.objects.filter(is_current=True).count() == count
    assert board(cast.year).total(cast.member.pk).total == 91


def test_who_gave_the_figure_does_not_decide_and_nobody_decides_twice(cast: Any) -> None:
    released(cast)
    row = make_appeal(cast, cast.member)
    with pytest.raises(Refused, match="không phải bên đã cho điểm"):
        appeal_decide.decide(cast.scope(cast.an), row.pk, ACCEPT, appeal_docx)
    appeal_decide.decide(cast.scope(cast.binh), row.pk, ACCEPT, appeal_docx)
    with pytest.raises(Stale):
        appeal_decide.decide(cast.scope(cast.binh), row.pk, ACCEPT, appeal_docx, version=1)


def test_the_chairs_own_appeal_goes_to_the_council(cast: Any) -> None:
    released(cast)
    row = make_appeal(cast, cast.chair, wanted="18")
    for who in (cast.an, cast.binh, cast.observer):
        with pytest.raises(Refused):
            appeal_decide.decide(cast.scope(who), row.pk, ACCEPT, appeal_docx)
    done = appeal_decide.decide(cast.scope(cast.officer), row.pk, ACCEPT, appeal_docx)
    assert done.decider.code == "thuong-truc"


def test_an_officer_who_belongs_to_the_filer_decides_nothing(cast: Any) -> None:
    released(cast)
    row = make_appeal(cast, cast.chair)
    Person.objects.filter(user=cast.officer).update(agency=cast.chair)
    scope = cast.scope(cast.officer)
    with pytest.raises(Refused):
        appeal_decide.decide(scope, row.pk, ACCEPT, appeal_docx)


@pytest.mark.django_db(transaction=True)
def test_two_deciders_at_once_make_one_decision(cast: Any) -> None:
    released(cast)
    row = make_appeal(cast, cast.member)
    scope = cast.scope(cast.binh)

    def decide(outcome: str) -> Any:
        return lambda: appeal_decide.decide(scope, row.pk, Decision(outcome, "Vì thế."), appeal_docx)

    done = race(decide("accepted"), decide("refused"))
    assert len(values(done)) == 1
    assert [type(one) for one in errors(done)] == [Stale]
    assert Appeal.objects.filter(number=1).count() == ScoreNotice.objects.count() == 1


def test_after_a_new_version_of_the_table_the_line_of_the_same_criterion_is_decided(cast: Any) -> None:
    old = released(cast)
    row, gone = make_appeal(cast, cast.member), make_appeal(cast, cast.member, "II.2", wanted="19")
    old.state, old.replaced_at = "replaced", timezone.now()
    old.save()
    renamed = [("II.5" if code == "II.1" else code, *rest) for code, *rest in ROWS if code != "II.2"]
    new = make_table(cast.year, renamed, version=2)
    new.criteria.filter(code="II.5").update(former_code="II.1")
    sheet = row.line.sheet
    sheet.table = new
    sheet.save()
    lines = [
        ScoreLine.objects.create(sheet=sheet, criterion=one) for one in new.criteria.filter(children=None)
    ]
    give(sheet, {"I.1": {"points": "55"}, "II.5": {"points": "16"}}, level="verify", scorer=cast.chair)
    done = appeal_decide.decide(cast.scope(cast.binh), row.pk, ACCEPT, appeal_docx)
    assert (done.points_before, done.points_after) == (16, 17)
    assert ScoreEntry.objects.get(source="appeal").line in lines
    with pytest.raises(DomainError, match="không còn trong bảng"):
        appeal_decide.decide(cast.scope(cast.binh), gone.pk, ACCEPT, appeal_docx)
    refused = appeal_decide.decide(cast.scope(cast.binh), gone.pk, Decision("refused", "Hết."), appeal_docx)
    assert refused.points_after is None
