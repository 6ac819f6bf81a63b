"""Many activities at once: told beforehand row by row, done together by the rules of the single verbs, done once."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from core.errors import DomainError
from core.models import AuditEvent
from core.submit import new_key
from members.enums import PhaseKind
from movements.domain import batch
from movements.domain.batch import Work, carry_out, foresee
from movements.enums import ActivityScope, ActivityState
from movements.models import Activity, Tag
from tests.factories import ActivityFactory, MovementFactory

pytestmark = pytest.mark.django_db


def made(cast: Any, number: int, **more: Any) -> list[Activity]:
    return [ActivityFactory(**{"year": cast.year, "agency": cast.member, **more}) for _n in range(number)]


def seen(rows: list[Activity]) -> dict[int, int]:
    return {row.pk: row.version for row in rows}


def states(rows: list[Activity]) -> list[str]:
    return [Activity.objects.get(pk=row.pk).state for row in rows]


def events(action: str) -> int:
    return AuditEvent.objects.filter(action=action).count()


# -- the verb ------------------------------------------------------------------------------------
def test_each_row_by_the_rule_of_the_single_verb(cast: Any) -> None:
    mine, sent, others = (
        made(cast, 2),
        made(cast, 1, submitted=True),
        made(cast, 1, agency=cast.deputy, submitted=True),
    )
    scope = cast.scope(cast.chi)
    rows = [*mine, *sent, *others]
    foreseen = foresee(scope, Work("submit"), [row.pk for row in rows])
    assert [bool(line.why_not) for line in foreseen] == [False, False, True, True]
    assert foreseen[2].why_not == "đang ở trạng thái “Đã gửi”"
    done, held = batch.counted(carry_out(scope, Work("submit"), seen(rows)))
    assert (done, [len(titles) for titles in held.values()]) == (2, [2])
    assert states(rows) == ["submitted"] * 4
    assert events("activity_submit") == 2


def test_rows_of_others_are_left_with_the_reason(cast: Any) -> None:
    mine, others = made(cast, 1, submitted=True), made(cast, 2, agency=cast.deputy, submitted=True)
    lines = carry_out(cast.scope(cast.chi), Work("take_back"), seen([*mine, *others]))
    assert [line.why_not[:40] for line in lines] == ["", *["Chỉ cán bộ của đơn vị có hoạt động thu h"] * 2]
    assert states([*mine, *others]) == ["draft", "submitted", "submitted"]


def test_what_nobody_sees_is_as_missing(cast: Any) -> None:
    hidden = made(cast, 1, agency=cast.deputy)  # a draft of another agency
    stranger = ActivityFactory(submitted=True)
    assert foresee(cast.scope(cast.chi), Work("submit"), [hidden[0].pk, stranger.pk, 10**12]) == []
    lines = carry_out(cast.scope(cast.chi), Work("submit"), {hidden[0].pk: 1, stranger.pk: 1})
    assert [line.title for line in lines] == ["", ""]
    assert all(line.why_not for line in lines)


@pytest.mark.parametrize(
    "action, target, reason", [("confirm", "confirmed", ""), ("return", "returned", "Thiếu minh chứng.")]
)
def test_the_chair_judges_many(cast: Any, action: str, target: str, reason: str) -> None:
    cast.go(PhaseKind.VERIFY)
    rows, own = made(cast, 3, submitted=True), made(cast, 1, agency=cast.chair, submitted=True)
    lines = carry_out(cast.scope(cast.an), Work(action, reason=reason), seen([*rows, *own]))
    assert [bool(line.why_not) for line in lines] == [
        False,
        False,
        False,
        True,
    ]  # four eyes: not the chair's own
    assert states(rows) == [target] * 3
    assert states(own) == ["submitted"]
    assert {Activity.objects.get(pk=row.pk).return_reason for row in rows} == {reason}
    assert events(f"activity_{action}") == 3


def test_one_reason_for_all_is_asked_for(cast: Any) -> None:
    cast.go(PhaseKind.VERIFY)
    rows = made(cast, 2, submitted=True)
    with pytest.raises(DomainError, match="Ghi lý do trả lại"):
        carry_out(cast.scope(cast.an), Work("return", reason=" "), seen(rows))
    assert states(rows) == ["submitted"] * 2


def test_without_the_right_nothing_is_done(cast: Any) -> None:
    rows = made(cast, 1, submitted=True)
    for work in (Work("confirm"), Work("publish")):
        with pytest.raises(PermissionDenied):
            carry_out(cast.scope(cast.chi), work, seen(rows))
    assert batch.offered(cast.scope(cast.observer)) == {}


def test_a_row_saved_since_is_left_and_told(cast: Any) -> None:
    rows = made(cast, 2)
    Activity.objects.filter(pk=rows[0].pk).update(version=2)
    lines = carry_out(cast.scope(cast.chi), Work("submit"), seen(rows))
    assert [line.why_not for line in lines] == ["người khác vừa sửa, hãy xem lại", ""]
    assert states(rows) == ["draft", "submitted"]


def test_a_movement_for_many_and_out_again(cast: Any) -> None:
    movement = MovementFactory(year=cast.year, title="Chung sức xây dựng nông thôn mới")
    rows = made(cast, 3)
    Activity.objects.filter(pk=rows[0].pk).update(movement=movement)
    scope = cast.scope(cast.chi)
    lines = carry_out(scope, Work("movement", movement_id=movement.pk), seen(rows))
    assert [line.why_not for line in lines] == ["đã ở phong trào này rồi", "", ""]
    changed = Activity.objects.get(pk=rows[1].pk)
    assert (changed.movement_id, changed.version, changed.edited_by) == (movement.pk, 2, cast.chi)
    assert "nong thon moi" in changed.search
    assert events("activity_edit") == 2
    now = list(Activity.objects.order_by("pk"))
    assert batch.counted(carry_out(scope, Work("movement"), seen(now)))[0] == 3
    stranger = MovementFactory()
    for pk in (stranger.pk, 10**12):
        with pytest.raises(DomainError, match="Chọn một phong trào"):
            carry_out(scope, Work("movement", movement_id=pk), seen(now))


def test_labels_for_many_and_away_again(cast: Any) -> None:
    tag = Tag.objects.create(year=cast.year, label="Vì người nghèo")
    rows = made(cast, 2)
    rows[0].tags.add(tag)
    scope = cast.scope(cast.chi)
    lines = carry_out(scope, Work("tag_add", tag_id=tag.pk), seen(rows))
    assert [line.why_not for line in lines] == ["đã có nhãn này rồi", ""]
    assert tag.activities.count() == 2
    now = list(Activity.objects.order_by("pk"))
    assert batch.counted(carry_out(scope, Work("tag_remove", tag_id=tag.pk), seen(now)))[0] == 2
    assert tag.activities.count() == 0
    with pytest.raises(DomainError, match="Chọn một tiêu chí"):
        carry_out(scope, Work("tag_add", tag_id=None), seen(now))


def test_public_and_internal(cast: Any) -> None:
    cast.go(PhaseKind.VERIFY)
    rows = [*made(cast, 2, confirmed=True), *made(cast, 1, submitted=True)]
    scope = cast.scope(cast.an)
    lines = carry_out(scope, Work("publish"), seen(rows))
    assert [bool(line.why_not) for line in lines] == [False, False, True]
    now = list(Activity.objects.order_by("pk"))
    assert batch.counted(carry_out(scope, Work("hide"), seen(now)))[0] == 2
    assert (events("activity_publish"), events("activity_hide")) == (2, 2)


def test_a_failure_half_way_writes_nothing(cast: Any, monkeypatch: Any) -> None:
    rows = made(cast, 3)
    monkeypatch.setattr(batch.states, "apply", _fails_at(rows[2].pk, batch.states.apply))
    with pytest.raises(RuntimeError):
        carry_out(cast.scope(cast.chi), Work("submit"), seen(rows))
    assert states(rows) == ["draft"] * 3
    assert not AuditEvent.objects.exists()


def _fails_at(pk: int, plain: Any) -> Any:
    def apply(scope: Any, row: Any, *args: Any, **more: Any) -> Any:
        if row.pk == pk:
            raise RuntimeError
        return plain(scope, row, *args, **more)

    return apply


def test_no_more_than_its_limit(cast: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(batch, "MOST", 2)
    rows = made(cast, 3)
    assert len(foresee(cast.scope(cast.chi), Work("submit"), [row.pk for row in rows])) == 2
    with pytest.raises(DomainError, match="nhiều nhất 2"):
        carry_out(cast.scope(cast.chi), Work("submit"), seen(rows))


# -- the page ------------------------------------------------------------------------------------
def preview(cast: Any, user: Any, **data: Any) -> Any:
    return cast.client(user).get(cast.url("activity_batch"), data)


def test_the_page_counts_and_then_does_it_once(cast: Any) -> None:
    rows = [*made(cast, 2, title="Của tôi"), *made(cast, 1, submitted=True)]
    answer = preview(cast, cast.chi, viec="submit", chon=[f"{row.pk}:1" for row in rows], loc="sap=ten")
    page = answer.content.decode()
    assert "2 hoạt động sẽ đổi" in page
    assert "1 hoạt động: đang ở trạng thái “Đã gửi”" in page
    assert states(rows)[:2] == ["draft"] * 2
    data = {
        "viec": "submit", "dong": answer.context["rows"], "loc": "sap=ten", "submit_key": new_key(),
    }  # fmt: skip
    for _press in range(2):
        done = cast.client(cast.chi).post(cast.url("activity_batch"), data)
        assert (done.status_code, done["Location"]) == (302, cast.url("activity_list") + "?sap=ten")
    assert states(rows) == ["submitted"] * 3
    assert events("activity_submit") == 2
    after = cast.client(cast.chi).get(cast.url("activity_list")).content.decode()
    assert "Gửi: đã làm xong 2 hoạt động." in after
    assert "Việc này đã được làm ở lần bấm trước." in after


def test_the_whole_filtered_list_may_be_chosen(cast: Any, monkeypatch: Any) -> None:
    made(cast, 2, title="Tặng quà")
    made(cast, 1, title="Hội nghị")
    answer = preview(cast, cast.chi, viec="submit", ca_danh_sach="1", loc="q=tang+qua")
    assert answer.context["count"] == 2
    monkeypatch.setattr(batch, "MOST", 1)
    answer = preview(cast, cast.chi, viec="submit", ca_danh_sach="1", loc="q=tang+qua")
    assert answer.context["count"] == 1
    assert "làm tiếp phần sau" in answer.content.decode()


def test_a_movement_is_asked_for_before_it_is_counted(cast: Any) -> None:
    movement = MovementFactory(year=cast.year)
    row = made(cast, 1)[0]
    first = preview(cast, cast.chi, viec="movement", chon=f"{row.pk}:1")
    assert "Xem sẽ đổi gì" in first.content.decode()
    assert "sẽ đổi</h2>" not in first.content.decode()
    then = preview(cast, cast.chi, viec="movement", chon=f"{row.pk}:1", movement=str(movement.pk))
    assert "1 hoạt động sẽ đổi" in then.content.decode()
    data = {
        "viec": "movement",
        "dong": then.context["rows"],
        "movement": str(movement.pk),
        "submit_key": new_key(),
    }
    assert cast.client(cast.chi).post(cast.url("activity_batch"), data).status_code == 302
    row.refresh_from_db()
    assert row.movement_id == movement.pk


def test_a_missing_reason_keeps_the_choice(cast: Any) -> None:
    cast.go(PhaseKind.VERIFY)
    row = made(cast, 1, submitted=True)[0]
    data = {"viec": "return", "dong": f"{row.pk}:1", "reason": "", "submit_key": new_key()}
    answer = cast.client(cast.an).post(cast.url("activity_batch"), data)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Ghi lý do trả lại" in page
    assert f'value="{row.pk}:1"' in page


def test_who_may_open_it(cast: Any) -> None:
    url = cast.url("activity_batch")
    row = made(cast, 1, submitted=True)[0]
    assert cast.client(cast.dung).get(url).status_code == 404
    assert cast.client().get(url).status_code == 302
    assert cast.client(cast.chi).get(url).status_code == 200
    assert preview(cast, cast.chi, viec="drop").status_code == 400
    assert preview(cast, cast.chi, viec="confirm", chon=f"{row.pk}:1").status_code == 403
    odd = preview(cast, cast.chi, viec="submit", chon=["x", "1:", ":1", "9" * 30 + ":1", f"{row.pk}:x"])
    assert odd.status_code == 200
    assert odd.context["chosen"] == 0
    stale = preview(cast, cast.chi, viec="take_back", chon=f"{row.pk}:7")
    assert "người khác vừa sửa" in stale.content.decode()


def test_the_list_offers_boxes_only_to_those_who_may(cast: Any) -> None:
    made(cast, 1, submitted=True)
    ActivityFactory(year=cast.year, agency=None, scope=ActivityScope.CLUSTER, confirmed=True)
    for user, ticks in ((cast.chi, True), (cast.observer, False)):
        page = cast.client(user).get(cast.url("activity_list")).content.decode()
        assert ('name="chon"' in page) is ticks


@pytest.mark.parametrize("number", [1, 3])
def test_the_page_costs_eight_queries(cast: Any, number: int, django_assert_num_queries: Any) -> None:
    rows = made(cast, number)
    cast.client(cast.chi)
    with django_assert_num_queries(8):  # session, user, year, functions, names, rows, labels, years
        preview(cast, cast.chi, viec="submit", chon=[f"{row.pk}:1" for row in rows])
    assert ActivityState.DRAFT in states(rows)
