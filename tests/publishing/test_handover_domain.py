"""The verbs of the hand-over: marks, notes, signatures in either order, freezing, what asks again."""

from __future__ import annotations

import json
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone, translation

from core import audit
from core.errors import DomainError, Refused, Stale
from core.models import AuditEvent
from members.enums import Function, PhaseKind
from members.models import CarryOver, Phase
from movements.enums import ActivityScope, QualifierChoice
from movements.models import Activity
from publishing.domain import handover as verbs
from publishing.domain.handover import MAX_NOTE
from publishing.domain.handover_scoring import scoring_group
from publishing.enums import Side
from publishing.models import Handover, HandoverTick
from publishing.render.handover_docx import handover_docx
from scoring.models import Adjustment, Appeal
from tests.factories import (
    ActivityFactory,
    AgencyFactory,
    ClusterYearFactory,
    ConferenceFactory,
    ContributionFactory,
    ElectionResultFactory,
    GoodsFactory,
    MembershipFactory,
    PersonFactory,
)
from tests.factories.scoring import make_sheet, make_table
from tests.publishing.handing import both_sign, hand_over, mark_all, seat, sign, standing, user_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def change(cast: Any) -> Any:
    return hand_over(cast)


def rows_of(cast: Any, key: str) -> list[tuple[str, ...]]:
    part = next(part for part in standing(cast).parts if part.key == key)
    return [line.cells for line in part.rows]


def note_of(cast: Any, key: str) -> str:
    return next(part.note for part in standing(cast).parts if part.key == key)


# -- what passes on ------------------------------------------------------------------------------
def test_open_records_are_those_that_wait_for_the_chair(cast: Any, change: Any) -> None:
    ActivityFactory(year=cast.year, agency=cast.member, submitted=True, title="Đã gửi")
    ActivityFactory(year=cast.year, agency=cast.member, title="Nháp của đơn vị")
    ActivityFactory(year=cast.year, agency=cast.member, confirmed=True, title="Đã xác nhận")
    ActivityFactory(year=cast.year, agency=cast.other, returned=True, title="Bị trả lại")
    ActivityFactory(year=cast.year, agency=None, scope=ActivityScope.CLUSTER, title="Chung, còn nháp")
    ActivityFactory(year=ClusterYearFactory(cluster=cast.cluster, label="2019"), submitted=True)
    found = {cells[0]: cells[1:3] for cells in rows_of(cast, "records")}
    assert found == {
        "Đã gửi": ("Cục Thống kê", "Đã gửi"),
        "Chung, còn nháp": ("Chung của Cụm", "Nháp"),
    }
    assert note_of(cast, "records") == "Ngoài ra có 1 hoạt động đã trả lại cho đơn vị, chưa được gửi lại."


def test_papers_say_what_is_there_and_what_is_missing(cast: Any, change: Any) -> None:
    found = dict(rows_of(cast, "papers"))
    assert found["Căn cứ của nhiệm kỳ mới: 02/BB-CTĐ ngày 05/01/2021."] == "Đã có"
    assert found["Chưa ghi kết quả xếp hạng."] == "Chưa có"
    assert found["Bản tổng kết của năm chưa công bố."] == "Chưa có"
    assert found["Đã có Cụm trưởng của năm sau."] == "Đã có"


def test_deadlines_are_those_of_ninety_days_from_the_change(cast: Any, change: Any) -> None:
    following = ClusterYearFactory(cluster=cast.cluster, label="2021")
    days = {"prepare": date(2021, 1, 31), "launch": date(2021, 4, 4), "carry_out": date(2021, 4, 5)}
    for kind, day in days.items():
        Phase.objects.filter(year=following, kind=kind).update(planned_to=day)
    Phase.objects.filter(year=cast.year, kind=PhaseKind.PUBLISH).update(planned_to=date(2021, 1, 4))
    assert rows_of(cast, "deadlines") == [
        ("31/01/2021", "Hạn bước “Chuẩn bị”", "2021"),
        ("04/04/2021", "Hạn bước “Phát động”", "2021"),
    ]


def test_money_of_joint_activities_with_its_qualifiers(cast: Any, change: Any) -> None:
    joint = ActivityFactory(
        year=cast.year, agency=None, scope=ActivityScope.CLUSTER, confirmed=True, title="Về nguồn"
    )
    ContributionFactory(
        activity=joint,
        order=1,
        description="Tiền quà",
        value=50_000_000,
        value_qualifier=QualifierChoice.OVER,
    )
    GoodsFactory(activity=joint, description="Suất quà", unit="suất", quantity=100, order=2)
    ContributionFactory(activity=ActivityFactory(year=cast.year, agency=cast.member), value=7)
    part = next(part for part in standing(cast).parts if part.key == "money")
    assert [line.cells[:4] for line in part.rows] == [
        ("Về nguồn", "Tiền quà", "trên 50.000.000\xa0₫", ""),
        ("Về nguồn", "Suất quà", "", "100 suất"),
    ]
    assert part.foot == ("Cộng", "", "trên 50.000.000\xa0₫", "100 suất", "")


def test_contacts_name_people_on_the_page_only(cast: Any, change: Any) -> None:
    person = PersonFactory(
        agency=cast.other,
        function=Function.LEADER,
        post="Giám đốc",
        user__last_name="Hoàng",
        user__first_name="Thị Lan",
        user__email="lan@example.vn",
    )
    assert ("Bảo hiểm xã hội", "Lãnh đạo đơn vị", "Giám đốc", "Hoàng Thị Lan", "lan@example.vn") in rows_of(
        cast, "contacts"
    )
    done = both_sign(cast)
    content = done.row.content  # type: ignore[union-attr]
    for word in ("Lan", "lan@example.vn", person.user.username, "chi", "binh"):
        assert f'"{word}' not in content
        assert word not in content or word in ("chi", "binh")
    assert "Hoàng Thị Lan" not in content


def test_rights_are_said_before_and_after(cast: Any, change: Any) -> None:
    assert rows_of(cast, "rights") == [
        ("Cục Quản lý thị trường", "Cụm phó", "Cụm trưởng", "1"),
        ("Cục Thống kê", "Thành viên", "Cụm phó", "2"),
        ("Ngân hàng Nhà nước", "Cụm trưởng", "Thành viên", "1"),
    ]


def test_a_mark_does_not_depend_on_the_language(cast: Any, change: Any) -> None:
    ActivityFactory(year=cast.year, agency=cast.member, submitted=True)
    vietnamese = [part.mark for part in standing(cast).parts]
    with translation.override("en"):
        assert [part.mark for part in standing(cast).parts] == vietnamese


def test_more_than_two_hundred_lines_are_counted(
    cast: Any, change: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("publishing.domain.handover_shape.MOST_ROWS", 2)
    for _number in range(3):
        ActivityFactory(year=cast.year, agency=cast.member, submitted=True)
    part = standing(cast).parts[0]
    assert len(part.rows) == 2
    assert len(part.facts) == 4
    assert part.note == "Còn 1 dòng nữa."


@pytest.mark.parametrize("number", [1, 3])
def test_collecting_costs_the_same_for_one_row_and_three(
    cast: Any, number: int, django_assert_num_queries: Any
) -> None:
    hand_over(cast)
    for place in range(number):
        ActivityFactory(year=cast.year, agency=cast.member, submitted=True)
        ContributionFactory(
            activity=ActivityFactory(year=cast.year, agency=None, scope=ActivityScope.CLUSTER, confirmed=True)
        )
        PersonFactory(agency=cast.other)
        MembershipFactory(year=cast.year, agency=PersonFactory().agency, order=50 + place)
    history = verbs.history_of(cast.cluster.pk)
    now = standing(cast)
    with django_assert_num_queries(28):
        verbs.standing_of(cast.year, history, now.change, date(2021, 1, 5))


# -- marks and notes -----------------------------------------------------------------------------
def test_a_side_marks_for_itself(cast: Any, change: Any) -> None:
    now = mark_all(cast, Side.GIVER, "Kèm cờ luân lưu.")
    assert now.left(Side.GIVER) == []
    assert len(now.left(Side.RECEIVER)) == len(now.parts)
    assert now.note(Side.GIVER) == "Kèm cờ luân lưu."
    event = AuditEvent.objects.get(action="handover_mark")
    assert json.loads(event.after)["items"] == sorted(part.key for part in now.parts)
    assert event.chain == audit.cluster_chain(cast.cluster.pk)


def test_what_is_sent_twice_is_written_once(cast: Any, change: Any) -> None:
    mark_all(cast, Side.GIVER)
    before = Handover.objects.get().updated_at
    mark_all(cast, Side.GIVER)
    assert AuditEvent.objects.filter(action="handover_mark").count() == 1
    assert Handover.objects.get().updated_at == before


def test_nothing_marked_makes_no_row(cast: Any, change: Any) -> None:
    verbs.save_marks(cast.scope(cast.an), seat(cast, Side.GIVER), {}, "", "", ["money"])
    assert not Handover.objects.exists()


def test_a_mark_can_be_taken_away(cast: Any, change: Any) -> None:
    now = mark_all(cast, Side.GIVER)
    left = {part.key: part.mark for part in now.parts if part.key != "money"}
    shown = [part.key for part in now.parts]
    after = verbs.save_marks(cast.scope(cast.an), seat(cast, Side.GIVER), left, "", "", shown)
    assert [part.key for part in after.left(Side.GIVER)] == ["money"]


def test_facts_that_change_ask_again(cast: Any, change: Any) -> None:
    mark_all(cast, Side.GIVER)
    ActivityFactory(year=cast.year, agency=cast.member, submitted=True)
    now = standing(cast)
    (part,) = now.left(Side.GIVER)
    assert part.key == "records"
    assert now.tick(Side.GIVER, part) is not None
    with pytest.raises(DomainError, match="Chưa đánh dấu “Hồ sơ còn mở”"):
        sign(cast, Side.GIVER)


def test_facts_that_changed_since_they_were_shown_are_not_marked(cast: Any, change: Any) -> None:
    shown = {part.key: part.mark for part in standing(cast).parts}
    ActivityFactory(year=cast.year, agency=cast.member, submitted=True)
    with pytest.raises(DomainError, match="vừa đổi khi bạn đang xem") as refused:
        verbs.save_marks(cast.scope(cast.an), seat(cast, Side.GIVER), shown, "", "", list(shown))
    assert [problem.field for problem in refused.value.problems] == ["records"]
    assert not HandoverTick.objects.exists()


def test_an_unknown_group_is_refused(cast: Any, change: Any) -> None:
    with pytest.raises(DomainError, match="Không có nhóm việc"):
        verbs.save_marks(cast.scope(cast.an), seat(cast, Side.GIVER), {"gold": "a" * 32}, "", "", [])


def test_a_note_somebody_else_changed_meanwhile_is_not_overwritten(cast: Any, change: Any) -> None:
    mark_all(cast, Side.GIVER, "Bản của đồng nghiệp")
    with pytest.raises(Stale) as stale:
        verbs.save_marks(cast.scope(cast.an), seat(cast, Side.GIVER), {}, "Bản của tôi", "", [])
    assert stale.value.current == "Bản của đồng nghiệp"
    assert standing(cast).note(Side.GIVER) == "Bản của đồng nghiệp"


def test_a_note_has_its_length_and_is_cleaned(cast: Any, change: Any) -> None:
    with pytest.raises(DomainError, match="Ghi chú dài quá"):
        mark_all(cast, Side.GIVER, "x" * (MAX_NOTE + 1))
    assert mark_all(cast, Side.GIVER, "a\x00b\x0bc \n").note(Side.GIVER) == "ab\nc"


# -- who -----------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", ["binh", "chi", "officer", "observer"])
def test_nobody_acts_for_the_other_side(cast: Any, change: Any, name: str) -> None:
    scope, giver = cast.scope(getattr(cast, name)), seat(cast, Side.GIVER)
    for verb in (
        lambda: verbs.save_marks(scope, giver, {}, "x", "", []),
        lambda: verbs.sign(scope, giver, "", handover_docx),
        lambda: verbs.take_back(scope, giver),
    ):
        with pytest.raises(Refused, match="cho bên đó"):
            verb()
    assert not Handover.objects.exists()


def test_who_took_the_old_chair_over_signs_for_it(cast: Any, change: Any) -> None:
    CarryOver.objects.create(
        year=cast.year, predecessor=cast.chair, successor=cast.other, decision_number="12/QĐ-UBND"
    )
    heir = PersonFactory(agency=cast.other, post="Giám đốc").user
    mark_all(cast, Side.GIVER, user=heir)
    assert sign(cast, Side.GIVER, user=heir).row.giver_post == "Giám đốc"  # type: ignore[union-attr]


def test_a_person_of_both_agencies_signs_for_one_only(cast: Any, change: Any) -> None:
    both = PersonFactory(agency=cast.chair, post="Chuyên viên").user
    PersonFactory(user=both, agency=cast.deputy)
    for side in Side:
        mark_all(cast, side, user=both)
    sign(cast, Side.GIVER, user=both)
    with pytest.raises(DomainError, match="Bạn đã ký cho bên giao: một người không ký cho cả hai bên"):
        sign(cast, Side.RECEIVER, user=both)
    assert not standing(cast).frozen
    assert sign(cast, Side.RECEIVER).frozen


# -- signatures ----------------------------------------------------------------------------------
@pytest.mark.parametrize("order", [(Side.GIVER, Side.RECEIVER), (Side.RECEIVER, Side.GIVER)])
def test_the_second_signature_freezes_in_either_order(cast: Any, change: Any, order: Any) -> None:
    for side in order:
        mark_all(cast, side)
    first = sign(cast, order[0])
    assert not first.frozen
    assert first.holds(order[0])
    done = sign(cast, order[1])
    row = done.row
    assert done.frozen
    assert row is not None
    assert len(row.sha256) == 64
    assert row.paper is not None
    assert row.giver_mark == row.receiver_mark
    content = json.loads(row.content)
    assert content["giver"]["name"] == "Ngân hàng Nhà nước Chi nhánh tỉnh"
    assert content["receiver"]["post"] == "Cán bộ nhập liệu"
    assert content["signed_on"]
    assert [event.action for event in AuditEvent.objects.order_by("id")][-3:] == [
        "handover_sign",
        "handover_sign",
        "handover_freeze",
    ]


def test_the_record_names_its_basis(cast: Any, change: Any) -> None:
    meeting = ConferenceFactory(year=cast.year, title="Hội nghị tổng kết", held_on=date(2021, 1, 5))
    ElectionResultFactory(conference=meeting, agency=cast.deputy)
    assert verbs.draft(standing(cast))["basis"] == [
        "Căn cứ kết quả bầu Cụm trưởng tại Hội nghị tổng kết, ngày 05/01/2021",
        "Căn cứ biên bản, quyết định số 02/BB-CTĐ ngày 05/01/2021",
    ]
    cast.cluster.terms.filter(starts_on=date(2021, 1, 5)).update(basis="appointed", decision_date=None)
    meeting.elected.all().delete()
    assert verbs.draft(standing(cast))["basis"] == ["Căn cứ quyết định số 02/BB-CTĐ"]


def test_signing_needs_every_mark_of_the_side(cast: Any, change: Any) -> None:
    with pytest.raises(DomainError) as refused:
        sign(cast, Side.GIVER)
    assert len(refused.value.problems) == len(standing(cast).parts)


def test_what_was_not_seen_is_not_signed(cast: Any, change: Any) -> None:
    mark_all(cast, Side.GIVER)
    seen = standing(cast).mark
    mark_all(cast, Side.RECEIVER, "Thiếu con dấu.")
    with pytest.raises(DomainError, match="vừa đổi khi bạn đang xem"):
        sign(cast, Side.GIVER, expected=seen)


def test_signing_twice_writes_once(cast: Any, change: Any) -> None:
    mark_all(cast, Side.GIVER)
    sign(cast, Side.GIVER)
    sign(cast, Side.GIVER)
    assert AuditEvent.objects.filter(action="handover_sign").count() == 1


def test_a_signature_is_taken_back_until_the_other_side_signs(cast: Any, change: Any) -> None:
    for side in Side:
        mark_all(cast, side)
    sign(cast, Side.GIVER)
    verbs.take_back(cast.scope(cast.an), seat(cast, Side.GIVER))
    verbs.take_back(cast.scope(cast.an), seat(cast, Side.GIVER))  # nothing to take back any more
    row = Handover.objects.get()
    assert (row.giver_signed_at, row.giver_post, row.giver_mark, row.giver_signed_by) == (None, "", "", None)
    assert AuditEvent.objects.filter(action="handover_take_back").count() == 1
    assert not sign(cast, Side.RECEIVER).frozen
    assert sign(cast, Side.GIVER).frozen
    with pytest.raises(DomainError, match="không sửa được nữa"):
        verbs.take_back(cast.scope(cast.an), seat(cast, Side.GIVER))


def test_who_has_signed_changes_nothing_before_taking_it_back(cast: Any, change: Any) -> None:
    mark_all(cast, Side.GIVER)
    sign(cast, Side.GIVER)
    with pytest.raises(DomainError, match="rút chữ ký rồi mới sửa"):
        mark_all(cast, Side.GIVER, "Thêm")


def test_a_signature_does_not_hold_when_the_content_changes(cast: Any, change: Any) -> None:
    for side in Side:
        mark_all(cast, side)
    sign(cast, Side.GIVER)
    mark_all(cast, Side.RECEIVER, "Đã nhận cờ.")
    assert not standing(cast).holds(Side.GIVER)
    assert not sign(cast, Side.RECEIVER).frozen
    assert sign(cast, Side.GIVER).frozen


def test_after_freezing_nothing_moves(cast: Any, change: Any) -> None:
    done = both_sign(cast)
    content = done.row.content  # type: ignore[union-attr]
    for side in Side:
        assert sign(cast, side).frozen
        with pytest.raises(DomainError, match="không sửa được nữa"):
            verbs.save_marks(cast.scope(user_of(cast, side)), seat(cast, side), {}, "Muộn", "", [])
    Activity.objects.update(title="x")
    ActivityFactory(year=cast.year, agency=cast.member, submitted=True)
    assert standing(cast).frozen
    assert Handover.objects.get().content == content


def test_frozen_in_vietnamese_whatever_the_page_speaks(cast: Any, change: Any) -> None:
    with translation.override("en"):
        done = both_sign(cast)
    parts = json.loads(done.row.content)["parts"]  # type: ignore[union-attr]
    assert parts[0]["title"] == "Hồ sơ còn mở"


def test_a_term_mended_meanwhile_is_said(cast: Any, change: Any) -> None:
    old = seat(cast, Side.GIVER)
    hand = cast.cluster.terms.filter(starts_on=old.change.effective_on)
    cast.cluster.terms.filter(ends_on=old.change.effective_on).update(ends_on=date(2021, 1, 6))
    hand.update(starts_on=date(2021, 1, 6))
    with pytest.raises(DomainError, match="Nhiệm kỳ Cụm trưởng vừa được sửa"):
        verbs.save_marks(cast.scope(cast.an), old, {}, "x", "", [])


def test_a_sealed_year_is_handed_over_too(cast: Any, change: Any) -> None:
    cast.year.sealed_at = "2021-01-04T00:00:00Z"
    cast.year.save()
    assert both_sign(cast).frozen


def test_an_agency_younger_than_the_change_stands_under_its_name_not_its_code(cast: Any, change: Any) -> None:
    young = AgencyFactory(name="Kho bạc - Thuế khu vực VI", short_name="Kho bạc - Thuế")
    young.names.update(valid_from=date(2021, 6, 1))
    MembershipFactory(year=cast.year, agency=young)
    PersonFactory(agency=young)
    contacts = {row[0] for row in rows_of(cast, "contacts")}
    assert "Kho bạc - Thuế" in contacts
    assert young.code not in contacts


def test_what_is_open_in_scoring_is_handed_over(cast: Any) -> None:
    table = make_table(cast.year)
    sheet = make_sheet(table, cast.member, state="sent")
    make_sheet(table, cast.other, state="verified")
    Appeal.objects.create(
        year=cast.year, line=sheet.lines.first(), filer=cast.member, filed_at=timezone.now(), words="Xem lại"
    )
    Adjustment.objects.create(
        year=cast.year, agency=cast.other, kind="bonus", points=1, ground="Cờ", proposer=cast.chair,
        proposed_at=timezone.now(),
    )  # fmt: skip
    found = scoring_group(SimpleNamespace(year=cast.year))
    assert [row.cells[0] for row in found.rows] == [
        "Bảng chấm điểm",
        "Kiến nghị về tiêu chí I.1",
        "Cộng điểm",
    ]
    assert [row.cells[2] for row in found.rows] == ["Đã gửi", "Chờ giải quyết", "Chờ quyết định"]
