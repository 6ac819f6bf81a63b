"""The criteria table goes on into the coming year as a draft; what rests on it; trying it on years that are past."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from members.carry import Shift
from members.charter_uses import resting_on
from members.domain.actor import Actor
from scoring.carried import copy_table, count_table, name_table
from scoring.domain.tables_rows import tree_of
from scoring.enums import TableState
from scoring.models import CriteriaTable, Criterion, ScoreEntry
from scoring.simulate import simulate, years_to_try
from tests.factories import ClusterYearFactory
from tests.factories.scoring import make_sheet, make_table

pytestmark = pytest.mark.django_db


def actor(cast: Any) -> Actor:
    return Actor(user_id=cast.an.pk, role="chair/clerk")


def test_a_new_year_takes_the_table_over_as_a_draft_without_any_score(cast: Any) -> None:
    table = make_table(cast.year, settings={"bonus": "inside"})
    Criterion.objects.filter(table=table, code="II.2").update(due_on=date(2020, 12, 10))
    make_sheet(table, cast.member, {"II.3": {"points": "15"}}, state="verified")
    coming = ClusterYearFactory(cluster=cast.cluster, label="2021")
    shift = Shift("year")
    assert (count_table(cast.year), name_table(cast.year, shift)) == (
        5, ["Bảng tiêu chí năm 2020, bản 1, thành bản soạn"],
    )  # fmt: skip
    assert copy_table(actor(cast), cast.year, coming, shift) == 5
    made = CriteriaTable.objects.get(year=coming)
    assert (made.state, made.title, made.settings) == ("draft", "Bảng tiêu chí năm 2021", {"bonus": "inside"})
    assert [row.code for row in tree_of(made).rows] == [row.code for row in tree_of(table).rows]
    assert Criterion.objects.get(table=made, code="II.2").due_on == date(2021, 12, 10)
    assert not made.sheets.exists()
    assert copy_table(actor(cast), cast.year, coming, shift) == 0  # what is being written is not written over


def test_a_year_without_a_table_has_nothing_to_take_over(cast: Any) -> None:
    coming = ClusterYearFactory(cluster=cast.cluster, label="2021")
    assert (count_table(cast.year), name_table(cast.year, Shift())) == (0, [])
    assert copy_table(actor(cast), cast.year, coming, Shift()) == 0


def test_a_table_in_force_rests_on_the_charter(cast: Any) -> None:
    table = make_table(cast.year, state=TableState.DRAFT)
    assert resting_on(cast.year) == []
    CriteriaTable.objects.filter(pk=table.pk).delete()
    make_table(cast.year)
    assert resting_on(cast.year) == ["Đã áp dụng bảng tiêu chí (bản 1)."]


ROWS = [
    ("I", "Chấm thẳng", "direct", "10"),
    ("II", "Lượt", "count", "10", {"params": {"each": "1"}}),
    ("III", "So sánh", "relative", "10"),
]


def test_a_replay_counts_what_was_typed_and_converts_what_no_longer_fits(cast: Any) -> None:
    old = ClusterYearFactory(cluster=cast.cluster, label="2019")
    first = make_table(old, ROWS)
    given = ((cast.member, "8", "3", "110"), (cast.other, "6", "6", "120"), (cast.deputy, "1", "1", "100"))
    for agency, points, count, actual in given:
        facts = {"I": {"points": points}, "II": {"count": count}, "III": {"actual": actual, "target": "100"}}
        make_sheet(first, agency, facts, state="draft" if agency == cast.deputy else "sent")
    draft = make_table(
        cast.year,
        [("I", "Chấm thẳng", "direct", "20"), ("II", "Lượt", "yes_no", "30"), ("III", "So sánh", "relative", "10"),
         ("IV", "Mới", "direct", "5")],
        state=TableState.DRAFT,
    )  # fmt: skip
    entries = list(ScoreEntry.objects.order_by("pk").values_list("pk", "facts", "points"))
    assert years_to_try(cast.cluster.pk) == [old]
    trial = simulate(draft, old)
    assert trial is not None
    found = {row.agency_id: (row.before, row.after) for row in trial.rows}
    # I: 8/10 becomes 16/20; II: 3/10 becomes 9/30; III: 110 of 100 where 120 is the best gives 5 + 0,1/0,2 × 5 = 7,5.
    assert found == {
        cast.member.pk: (Decimal("18.5"), Decimal("32.5")), cast.other.pk: (Decimal(22), Decimal(40)),
    }  # fmt: skip
    assert [row.code for row in trial.unknown] == ["IV"]
    assert trial.converted == ["I", "II"]
    assert (trial.ties_before, trial.ties_after, trial.movers) == (0, 0, 0)
    assert entries == list(ScoreEntry.objects.order_by("pk").values_list("pk", "facts", "points"))


def test_a_year_without_sheets_gives_nothing(cast: Any) -> None:
    draft = make_table(cast.year, state=TableState.DRAFT)
    assert simulate(draft, cast.year) is None
