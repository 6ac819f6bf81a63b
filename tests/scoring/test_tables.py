"""Verbs of the criteria table: drafts, rows, places, applying, the next version."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from core.errors import DomainError, Refused, Stale
from members.enums import PhaseKind
from movements.models import Tag
from scoring.domain.tables import (
    HeadDraft,
    drop_draft,
    head_picture,
    mark_of,
    save_head,
    save_settings,
    start_draft,
)
from scoring.domain.tables_apply import apply_table, findings
from scoring.domain.tables_compare import compare
from scoring.domain.tables_rows import (
    CriterionDraft,
    add_criterion,
    as_draft,
    change_criterion,
    copy_branch,
    move_criterion,
    remove_branch,
    seen,
    tree_of,
)
from scoring.domain.tables_sums import differences
from scoring.domain.tables_tree import following
from scoring.enums import TableState
from scoring.models import CriteriaTable, Criterion, ScoreEntry, ScoreLine, ScoreNotice, ScoreSheet
from scoring.table_rules import TableRules
from scoring.totals import board
from tests.factories.scoring import give, make_sheet, make_table
from tests.support.race import errors, race, values

pytestmark = pytest.mark.django_db

FULL = {
    "I.1": {"actual": "90", "target": "100"}, "I.2": {"level": "tot"}, "II.1": {"count": "4"}, "II.2": {"count": "1"},
    "II.3": {"points": "15"},
}  # fmt: skip


def codes(table: CriteriaTable) -> list[str]:
    tree = tree_of(table)
    return ["  " * tree.depth(row) + row.code for row in tree.rows]


def row(table: CriteriaTable, code: str) -> Criterion:
    return Criterion.objects.get(table=table, code=code)


def draft(cast: Any, **columns: Any) -> CriteriaTable:
    return make_table(cast.year, state=TableState.DRAFT, **columns)


# -- drafts --------------------------------------------------------------------------------------
def test_a_draft_is_begun_once_named_and_thrown_away(cast: Any) -> None:
    scope = cast.scope(cast.binh)
    table = start_draft(scope, title="Bảng tiêu chí năm 2020")
    assert (table.version, table.state, table.reason) == (1, "draft", "")
    with pytest.raises(DomainError, match="đã có một bản đang soạn"):
        start_draft(scope, title="Bản khác")
    save_head(scope, HeadDraft("Bảng 100 điểm", "12/HD-CTĐ"), mark=mark_of(head_picture(table)))
    with pytest.raises(Stale):
        save_head(scope, HeadDraft("Của tôi"), mark=mark_of(head_picture(table)))
    table.refresh_from_db()
    assert (table.title, table.decision_number, table.edition) == ("Bảng 100 điểm", "12/HD-CTĐ", 2)
    with pytest.raises(Stale):
        drop_draft(scope, edition=1)
    drop_draft(scope, edition=2)
    assert not CriteriaTable.objects.exists()


def test_who_may_and_when(cast: Any) -> None:
    for user in (cast.chi, cast.officer, cast.observer):
        with pytest.raises(Refused):
            start_draft(cast.scope(user), title="Bảng")
    table = draft(cast)
    with pytest.raises(Refused, match="Cụm trưởng"):
        apply_table(cast.scope(cast.binh), edition=table.edition)
    cast.go(PhaseKind.DELIBERATE)
    with pytest.raises(Refused, match="Việc này mở ở bước"):
        add_criterion(cast.scope(cast.an), CriterionDraft("III", "Khác", rule="section"))
    with pytest.raises(Refused):
        apply_table(cast.scope(cast.an), edition=table.edition)


def test_what_is_in_force_is_no_longer_edited(cast: Any) -> None:
    table = make_table(cast.year)
    with pytest.raises(CriteriaTable.DoesNotExist):
        add_criterion(cast.scope(cast.an), CriterionDraft("III", "Khác", rule="section"))
    with pytest.raises(DomainError, match="lý do"):
        start_draft(cast.scope(cast.an), title="Sửa", base=table)


# -- rows ----------------------------------------------------------------------------------------
def test_rows_are_added_nested_moved_and_copied(cast: Any) -> None:
    scope, table = cast.scope(cast.an), draft(cast)
    add_criterion(scope, CriterionDraft("II.4", "Mới", maximum=Decimal(5)), after=row(table, "II.1").pk)
    assert codes(table) == ["I", "  I.1", "  I.2", "II", "  II.1", "  II.4", "  II.2", "  II.3"]
    move_criterion(scope, row(table, "II.4").pk, "up")
    move_criterion(scope, row(table, "II.4").pk, "up")  # at the top of its likes: nothing happens
    assert codes(table)[4:6] == ["  II.4", "  II.1"]
    move_criterion(scope, row(table, "II").pk, "in")
    assert codes(table)[3:5] == ["  II", "    II.4"]
    move_criterion(scope, row(table, "II").pk, "out")
    with pytest.raises(DomainError, match="không chứa được"):
        move_criterion(scope, row(table, "II.1").pk, "in")
    copy = copy_branch(scope, row(table, "II").pk)
    assert copy.code == "III"
    assert codes(table)[-5:] == ["III", "  III.4", "  III.1", "  III.2", "  III.3"]
    assert row(table, "III.1").params == {"each": "0.5"}
    gone = remove_branch(scope, copy.pk, edition=CriteriaTable.objects.get().edition)
    assert gone == ["III", "III.4", "III.1", "III.2", "III.3"]
    with pytest.raises(Stale):
        remove_branch(scope, row(table, "II").pk, edition=1)


def test_no_branch_is_laid_into_itself_and_depth_has_no_end(cast: Any) -> None:
    scope, table = cast.scope(cast.an), draft(cast)
    first = row(table, "I")
    inner = add_criterion(scope, CriterionDraft("I.3", "Trong", rule="section"), parent=first.pk)
    with pytest.raises(DomainError, match="nằm trong chính nó"):
        change_criterion(scope, first.pk, as_draft(first), mark=seen(first), parent=inner.pk)
    for number in range(12):
        inner = add_criterion(scope, CriterionDraft(f"s{number}", "Sâu hơn", rule="section"), parent=inner.pk)
    assert tree_of(table).depth(tree_of(table).by_pk[inner.pk]) == 13


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"code": ""}, "Ghi số mục"),
        ({"code": "i.1"}, "cùng số mục"),
        ({"title": ""}, "Ghi nội dung"),
        ({"maximum": Decimal(-1)}, "Điểm tối đa"),
        ({"maximum": Decimal(100_001)}, "Điểm tối đa"),
        ({"rule": "dice"}, "Chọn lại"),
        ({"params": {"each": "-1"}}, "từ 0"),
        ({"scored_by": "outside"}, "Chọn cơ quan"),
        ({"code": "x" * 21}, "Dài nhất"),
    ],
)
def test_bad_rows_are_refused_with_a_sentence(cast: Any, change: dict[str, Any], sentence: str) -> None:
    table = draft(cast)
    wanted = {"code": "II.9", "title": "Mới", "rule": "count"} | change
    with pytest.raises(DomainError, match=sentence):
        add_criterion(cast.scope(cast.an), CriterionDraft(**wanted))
    assert Criterion.objects.filter(table=table).count() == 7


def test_two_people_on_one_criterion(cast: Any) -> None:
    table = draft(cast)
    one = row(table, "II.3")
    mark = seen(one)
    values_ = {
        **{name: getattr(as_draft(one), name) for name in ("code", "title", "rule")},
        "maximum": Decimal(25),
    }
    change_criterion(cast.scope(cast.an), one.pk, CriterionDraft(**values_), mark=mark)
    with pytest.raises(Stale):
        change_criterion(cast.scope(cast.binh), one.pk, CriterionDraft(**values_), mark=mark)


def test_a_section_that_holds_something_stays_one(cast: Any) -> None:
    one = row(draft(cast), "II")
    with pytest.raises(DomainError, match="còn chứa"):
        change_criterion(
            cast.scope(cast.an), one.pk, CriterionDraft("II", "Mục", rule="direct"), mark=seen(one)
        )


@pytest.mark.parametrize(
    ("code", "then"),
    [("I", "II"), ("III", "IV"), ("VIII", "IX"), ("II.3", "II.4"), ("II.9", "II.10"), ("1.a", "1.b"), ("A", "B"),
     ("TC07", "TC8"), ("XIV", "XV"), ("Phụ", "Phụ-2")],
)  # fmt: skip
def test_codes_count_on(code: str, then: str) -> None:
    assert following(code) == then


# -- sums ----------------------------------------------------------------------------------------
def test_sums_that_differ_are_said_with_both_figures_and_saved(cast: Any) -> None:
    rows = [
        ("I", "Chuyên môn", "section", "10", {}), ("I.1", "Một", "direct", "6"), ("I.2", "Hai", "direct", "5.5"),
        ("II", "Thưởng", "section", "10", {"part": "bonus"}),
        ("II.1", "Sáng kiến", "bonus", "8", {"part": "bonus", "params": {"each": "2"}}),
        ("II.2", "Cờ", "bonus", "5", {"part": "bonus", "params": {"each": "5"}}),
        ("III", "Trừ", "section", "20", {"part": "penalty"}),
        ("III.1", "Vi phạm", "deduction", "5", {"part": "penalty", "params": {"each": "1"}}),
    ]  # fmt: skip
    table = make_table(cast.year, rows, state=TableState.DRAFT)
    said = [one.sentence for one in differences(tree_of(table), TableRules(bonus_cap=Decimal(8)))]
    assert said == [
        "Mục I ghi 10 điểm, các tiêu chí con cộng lại 11,5: thừa 1,5.",
        "Nhóm II có trần 10 điểm, các dòng cộng lại 13: quá trần 3.",
        "Điểm thưởng có trần chung 8, các nhóm cộng lại 10.",
    ]
    scope = cast.scope(cast.an)
    with pytest.raises(DomainError, match="ghi quyết định"):
        apply_table(scope, edition=table.edition)
    done = apply_table(scope, edition=table.edition, sum_decision="Giữ theo dự thảo của tỉnh")
    assert done.table.sum_decision == "Giữ theo dự thảo của tỉnh"


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ([], "chưa có tiêu chí chấm điểm nào"),
        ([("I", "Mục", "section", "5", {}), ("II", "Hai", "direct", "5")], "Mục I chưa có tiêu chí nào"),
        ([("I", "Một", "direct", "0")], "chưa có điểm tối đa"),
        ([("I", "Một", "levels", "5")], "chưa có mức nào"),
        ([("I", "Một", "bands", "5")], "chưa có bậc nào"),
        ([("I", "Một", "count", "5")], "chưa ghi điểm cho mỗi lượt"),
        ([("a", "Một", "direct", "5"), ("A", "Hai", "direct", "5")], "được ghi hai lần"),
    ],
)
def test_what_stops_applying_is_listed(cast: Any, rows: list[Any], sentence: str) -> None:
    table = make_table(cast.year, rows, state=TableState.DRAFT)
    assert any(sentence in one.sentence for one in findings(table, tree_of(table)).problems)
    with pytest.raises(DomainError):
        apply_table(cast.scope(cast.an), edition=table.edition)
    assert CriteriaTable.objects.get().state == TableState.DRAFT


# -- applying and the next version -----------------------------------------------------------------
def test_applying_locks_and_makes_labels_for_activities(cast: Any) -> None:
    table = draft(cast)
    done = apply_table(cast.scope(cast.an), edition=table.edition)
    assert (done.table.state, done.tags) == ("applied", 5)
    tags = Tag.objects.filter(year=cast.year).order_by("order")
    assert [tag.code for tag in tags] == ["I.1", "I.2", "II.1", "II.2", "II.3"]
    with pytest.raises(CriteriaTable.DoesNotExist):
        apply_table(cast.scope(cast.an), edition=table.edition)


def next_version(cast: Any) -> CriteriaTable:
    base = CriteriaTable.objects.get(state=TableState.APPLIED)
    return start_draft(cast.scope(cast.an), title="Bản sửa", reason="Theo góp ý hội nghị", base=base)


def alter(cast: Any, table: CriteriaTable, known: str, **change: Any) -> None:
    one = row(table, known)
    values_ = {name: getattr(as_draft(one), name) for name in CriterionDraft.__dataclass_fields__} | change
    change_criterion(cast.scope(cast.an), one.pk, CriterionDraft(**values_), mark=seen(one))


def test_scores_are_carried_over_by_code_and_the_rest_is_said(cast: Any) -> None:
    first = make_table(cast.year)
    sent = make_sheet(first, cast.member, FULL, state="sent")
    give(sent, {"II.3": {"points": "14"}}, level="verify", scorer=cast.chair, reason="Thiếu văn bản")
    verified = make_sheet(first, cast.deputy, FULL, state="verified")
    draft_sheet = make_sheet(first, cast.other, {"II.1": {"count": "3"}})
    ScoreLine.objects.filter(sheet=sent, criterion__code="II.1").update(
        explanation="Bốn đợt", citation="12/BC"
    )
    second = next_version(cast)
    alter(cast, second, "II.3", code="II.5")  # renamed: known by the code it had
    alter(cast, second, "II.1", maximum=Decimal(12))  # counts otherwise: to be scored anew
    assert row(second, "II.5").former_code == "II.3"
    table = CriteriaTable.objects.get(pk=second.pk)
    done = apply_table(cast.scope(cast.an), edition=table.edition, sum_decision="Đồng ý")
    assert (done.carried.sheets, done.carried.figures, done.carried.left, done.carried.returned) == (
        3,
        9,
        3,
        2,
    )
    first.refresh_from_db()
    assert (first.state, first.replaced_at is not None) == ("replaced", True)
    for sheet in (sent, verified, draft_sheet):
        sheet.refresh_from_db()
        assert sheet.table_id == second.pk
    assert (sent.state, verified.state, draft_sheet.state) == ("returned", "returned", "draft")
    assert "Cần chấm: II.1" in sent.return_reason
    lines = {line.criterion.code: line for line in sent.lines.filter(criterion__table=second)}
    assert (lines["II.1"].explanation, lines["II.1"].returned_at is not None) == ("Bốn đợt", True)
    assert lines["II.2"].returned_at is None
    entries = {
        (one.line.criterion.code, one.level): (str(one.points), one.source, one.reason)
        for one in ScoreEntry.objects.filter(line__in=lines.values()).select_related("line__criterion")
    }
    assert entries[("II.5", "self")] == ("15", "carried", "")
    assert entries[("II.5", "verify")] == ("14", "carried", "Thiếu văn bản")
    assert ("II.1", "self") not in entries
    assert ScoreEntry.objects.filter(line__criterion__table=first, is_current=True).count() == 12
    words = ScoreNotice.objects.get(agency=cast.member).words
    assert "Cần chấm: II.1" in words
    assert Tag.objects.get(year=cast.year, code="II.5").label == "Nhân điển hình tiên tiến"


def test_totals_after_carrying_over_count_each_figure_once(cast: Any) -> None:
    first = make_table(cast.year)
    make_sheet(first, cast.member, FULL, state="sent")
    before = board(cast.year)
    assert before is not None
    was = before.total(cast.member.pk).total
    second = next_version(cast)
    alter(cast, second, "II.2", maximum=Decimal(9))
    table = CriteriaTable.objects.get(pk=second.pk)
    apply_table(cast.scope(cast.an), edition=table.edition, sum_decision="Đồng ý")
    after = board(cast.year)
    assert after is not None
    assert after.final_figures(cast.member.pk, "II.2") == (None, [])  # left behind, not counted silently
    assert after.total(cast.member.pk).total == was - 9


def test_labels_follow_their_criteria_and_are_retired_where_these_are_gone(cast: Any) -> None:
    table = draft(cast)
    apply_table(cast.scope(cast.an), edition=table.edition)
    keys = dict(Tag.objects.values_list("code", "key"))
    second = next_version(cast)
    one, two = row(second, "II.1"), row(second, "II.2")
    change_criterion(cast.scope(cast.an), one.pk, _coded(one, "tam"), mark=seen(one))
    change_criterion(cast.scope(cast.an), two.pk, _coded(two, "II.1"), mark=seen(two))
    one.refresh_from_db()
    change_criterion(cast.scope(cast.an), one.pk, _coded(one, "II.2"), mark=seen(one))
    remove_branch(cast.scope(cast.an), row(second, "II.3").pk, edition=_edition(second))
    apply_table(cast.scope(cast.an), edition=_edition(second), sum_decision="Đồng ý")
    now = dict(Tag.objects.values_list("code", "key"))
    assert (now["II.2"], now["II.1"]) == (keys["II.1"], keys["II.2"])
    assert Tag.objects.get(code="II.3").retired_at is not None


def _coded(one: Criterion, code: str) -> CriterionDraft:
    held = as_draft(one)
    return CriterionDraft(
        **{name: getattr(held, name) for name in CriterionDraft.__dataclass_fields__} | {"code": code}
    )


def _edition(table: CriteriaTable) -> int:
    return int(CriteriaTable.objects.values_list("edition", flat=True).get(pk=table.pk))


# -- comparing -------------------------------------------------------------------------------------
def test_versions_are_compared_field_by_field(cast: Any) -> None:
    first = make_table(cast.year)
    second = next_version(cast)
    alter(cast, second, "II.3", code="II.5", maximum=Decimal(25))
    scope = cast.scope(cast.an)
    add_criterion(scope, CriterionDraft("III", "Khác", rule="section"))
    move_criterion(scope, row(second, "I.1").pk, "down")
    remove_branch(scope, row(second, "II.2").pk, edition=_edition(second))
    change_criterion(
        scope, (one := row(second, "II.1")).pk, as_draft(one), mark=seen(one), parent=row(second, "I").pk
    )
    found = compare(tree_of(first), tree_of(second))
    assert [one.code for one in found.added] == ["III"]
    assert [one.code for one in found.removed] == ["II.2"]
    changed = {one.new.code: one for one in found.changed}
    assert changed["II.5"].fields == {"code": ("II.3", "II.5"), "maximum": (Decimal(20), Decimal(25))}
    assert changed["II.1"].moved == ("II", "I")
    assert sum(one.reordered for one in found.changed) == 1


# -- races -----------------------------------------------------------------------------------------
@pytest.mark.django_db(transaction=True)
def test_two_branches_cannot_be_laid_into_each_other_at_once(cast: Any) -> None:
    table = draft(cast)
    one, two = row(table, "I"), row(table, "II")
    scopes = cast.scope(cast.an), cast.scope(cast.binh)
    outcomes = race(
        lambda: change_criterion(scopes[0], one.pk, as_draft(one), mark=seen(one), parent=two.pk),
        lambda: change_criterion(scopes[1], two.pk, as_draft(two), mark=seen(two), parent=one.pk),
    )
    assert (len(values(outcomes)), len(errors(outcomes))) == (1, 1)
    assert len(tree_of(table).rows) == 7  # all can still be reached from the top


@pytest.mark.django_db(transaction=True)
def test_moves_at_once_leave_one_order(cast: Any) -> None:
    table = draft(cast)
    scopes = cast.scope(cast.an), cast.scope(cast.binh)
    race(
        lambda: move_criterion(scopes[0], row(table, "II.3").pk, "up"),
        lambda: move_criterion(scopes[1], row(table, "II.1").pk, "down"),
    )
    likes = tree_of(table).below(row(table, "II").pk)
    assert sorted(one.code for one in likes) == ["II.1", "II.2", "II.3"]
    assert len({one.order for one in likes}) == 3


@pytest.mark.django_db(transaction=True)
def test_applying_twice_at_once_applies_once(cast: Any) -> None:
    table = draft(cast)
    scopes = cast.scope(cast.an), cast.scope(cast.an)
    outcomes = race(*[lambda scope=scope: apply_table(scope, edition=table.edition) for scope in scopes])
    assert len(values(outcomes)) == 1
    assert CriteriaTable.objects.get().state == TableState.APPLIED


def test_settings_are_saved_with_a_mark(cast: Any) -> None:
    table = draft(cast)
    save_settings(
        cast.scope(cast.an), TableRules(bonus="inside", bonus_cap=Decimal(10)), mark=mark_of(table.settings)
    )
    with pytest.raises(Stale):
        save_settings(cast.scope(cast.an), TableRules(), mark=mark_of(table.settings))
    table.refresh_from_db()
    assert (table.settings["bonus"], table.settings["bonus_cap"]) == ("inside", "10")
    assert not ScoreSheet.objects.exists()
