"""A movement sent to members: who was told, who answered what, who is late; the last answer stands, once."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
import time_machine

from core.access import Refused
from core.audit import verify
from core.audit_words import ACTIONS
from core.errors import DomainError, Stale
from core.models import AuditEvent
from members.enums import PhaseKind
from members.models import Membership
from movements.domain.notices import Answer, answer, mark_of, mark_seen, send, set_participation
from movements.models import MovementNotice, Participation
from movements.tasks import entry_tasks
from tests.factories import ActivityFactory, MovementFactory, ParticipationFactory
from tests.factories.pledges import MovementNoticeFactory
from tests.support.constraints import assert_refused
from tests.support.race import meeting_point, race, values

pytestmark = pytest.mark.django_db

NOON = "2020-05-04 12:00 +0700"
WORDS = {
    "joins": "1",
    "local_title": "Thống kê vì người nghèo",
    "plan_number": "5/KH",
    "plan_date": "2/3/2020",
}


def text(page: Any) -> str:
    return " ".join(str(page.content.decode()).split())


def sent(cast: Any, *agencies: Any, **changes: Any) -> Any:
    movement = MovementFactory(year=cast.year, title="Vì người nghèo", **changes)
    for agency in agencies:
        MovementNoticeFactory(movement=movement, agency=agency)
    return movement


# -- sending -------------------------------------------------------------------------------------
def test_the_leadership_sends_to_those_chosen_and_again_to_who_has_not_answered(cast: Any) -> None:
    movement = sent(cast)
    client, address = cast.client(cast.binh), cast.url("movement_follow", pk=movement.pk)
    with time_machine.travel(NOON):
        client = cast.client(cast.new_session(cast.binh))
        assert "Gửi tới đơn vị" in text(client.get(cast.url("movement_detail", pk=movement.pk)))
        data = {"agencies": [cast.member.pk, cast.other.pk], "answer_by": "10/5/2020"}
        page = text(client.post(address, data, follow=True))
    assert "Đã gửi tới 2 đơn vị" in page
    movement.refresh_from_db()
    assert (movement.answer_by, movement.notices.count(), movement.version) == (date(2020, 5, 10), 2, 1)
    ParticipationFactory(movement=movement, agency=cast.member)
    first = MovementNotice.objects.get(agency=cast.other).sent_at
    cast.new_session(cast.binh)
    page = cast.client(cast.binh).post(address, {"again": "1"}, follow=True)
    assert "Đã gửi lại tới 1 đơn vị" in text(page)
    assert MovementNotice.objects.get(agency=cast.other).sent_at > first
    assert page.context["counts"] == {
        "of": 4, "sent": 2, "joined": 1, "declined": 0, "seen": 0, "open": 1, "late": 1,
    }  # fmt: skip
    assert [row["row"].again for row in page.context["rows"] if row["row"].sent_at] == [False, True]
    actions = list(AuditEvent.objects.order_by("id").values_list("action", flat=True))
    assert actions == ["movement_send", "movement_remind"]
    assert set(actions) <= set(ACTIONS)


def test_sending_twice_tells_nobody_twice(cast: Any) -> None:
    movement = sent(cast)
    scope = cast.scope(cast.an)
    assert send(scope, movement.pk, [cast.member.pk], answer_by=None) == 1
    assert send(scope, movement.pk, [cast.member.pk], answer_by=None) == 0
    assert AuditEvent.objects.count() == 1


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({}, "Chọn ít nhất một đơn vị."),
        ({"agencies": ["0"]}, "Chọn đơn vị trong danh sách."),
        ({"agencies": ["member"], "answer_by": "1/5/2020"}, "Hạn trả lời đã qua."),
        ({"agencies": ["member"], "answer_by": "x"}, "ngày"),
    ],
)
def test_a_wrong_sending_is_said_and_writes_nothing(cast: Any, data: dict[str, Any], sentence: str) -> None:
    movement = sent(cast)
    data = {
        **data,
        "agencies": [cast.member.pk if one == "member" else one for one in data.get("agencies", [])],
    }
    with time_machine.travel(NOON):
        page = cast.client(cast.new_session(cast.an)).post(cast.url("movement_follow", pk=movement.pk), data)
    assert page.status_code == 422
    assert sentence in text(page)
    assert not MovementNotice.objects.exists()


def test_nobody_who_left_is_told(cast: Any) -> None:
    movement = sent(cast)
    Membership.objects.filter(agency=cast.other).update(left_on=date(2020, 3, 1))
    with time_machine.travel(NOON), pytest.raises(DomainError, match="thành viên"):
        send(cast.scope(cast.an), movement.pk, [cast.other.pk], answer_by=None)


@pytest.mark.parametrize(
    ("who", "get", "post"),
    [("an", 200, 302), ("officer", 200, 403), ("observer", 200, 403), ("chi", 403, 403), ("dung", 404, 404)],
)
def test_who_follows_and_who_sends(cast: Any, who: str, get: int, post: int) -> None:
    movement = sent(cast, cast.member)
    client, address = cast.client(getattr(cast, who)), cast.url("movement_follow", pk=movement.pk)
    assert client.get(address).status_code == get
    assert client.post(address, {"again": "1"}).status_code == post
    elsewhere = MovementFactory().pk
    if get == 200:
        assert client.get(cast.url("movement_follow", pk=elsewhere)).status_code == 404


def test_nothing_is_sent_or_answered_after_the_step(cast: Any) -> None:
    movement = sent(cast, cast.member)
    cast.go(PhaseKind.VERIFY)
    with pytest.raises(Refused):
        send(cast.scope(cast.an), movement.pk, [cast.other.pk], answer_by=None)
    for name in ("movement_answer", "movement_seen", "movement_join"):
        page = cast.client(cast.chi).post(cast.url(name, pk=movement.pk), {"agency": cast.member.pk})
        assert page.status_code == 403
    assert not [task for task in entry_tasks(cast.scope(cast.chi)) if "Trả lời" in task.title]


def test_the_nearest_deadline_is_the_first_task_and_who_left_is_not_asked(cast: Any) -> None:
    for title, by in (("Không hạn", None), ("Xa", date(2100, 1, 2)), ("Gần", date(2100, 1, 1))):
        movement = MovementFactory(year=cast.year, title=title, answer_by=by)
        MovementNoticeFactory(movement=movement, agency=cast.member)
    with time_machine.travel(NOON):
        asked = [task.title.rpartition(": ")[2] for task in entry_tasks(cast.scope(cast.chi))]
        assert asked[:3] == ["Gần", "Xa", "Không hạn"]
        MovementNoticeFactory(movement=movement, agency=cast.other)
        type(movement).objects.filter(pk=movement.pk).update(answer_by=date(2020, 5, 1))
        told = [task.title for task in entry_tasks(cast.scope(cast.an)) if "chưa trả lời" in task.title]
        assert told == ["2 đơn vị chưa trả lời phong trào: Gần"]
        Membership.objects.filter(agency=cast.other).update(left_on=date(2020, 3, 1))
        told = [task.title for task in entry_tasks(cast.scope(cast.an)) if "chưa trả lời" in task.title]
        assert told == ["1 đơn vị chưa trả lời phong trào: Gần"]


# -- answering -----------------------------------------------------------------------------------
def test_it_is_a_task_until_it_is_answered_and_reading_writes_nothing(cast: Any) -> None:
    movement = sent(cast, cast.member, answer_by=date(2100, 1, 1))
    home, page = cast.url("year_home"), cast.url("movement_detail", pk=movement.pk)
    assert "Trả lời phong trào: Vì người nghèo" in text(cast.client(cast.chi).get(home))
    assert "Trả lời đến hết ngày 01/01/2100" in text(cast.client(cast.chi).get(page))
    assert "Chờ đơn vị bạn trả lời" in text(cast.client(cast.chi).get(cast.url("movement_list")))
    assert "Vì người nghèo" not in text(cast.client(cast.an).get(home))
    address = cast.url("movement_answer", pk=movement.pk)
    form = cast.client(cast.chi).get(address)
    assert MovementNotice.objects.get().seen_at is None
    data = {**WORDS, "agency": cast.member.pk, "mark": form.context["form"]["mark"].value()}
    assert "Đã ghi câu trả lời" in text(cast.client(cast.chi).post(address, data, follow=True))
    row = Participation.objects.get()
    assert (row.local_title, row.plan_number, row.plan_date) == (
        "Thống kê vì người nghèo",
        "5/KH",
        date(2020, 3, 2),
    )
    assert MovementNotice.objects.get().seen_at is not None
    assert "Trả lời phong trào" not in text(cast.client(cast.chi).get(home))
    detail = cast.client(cast.an).get(page)
    assert "Kế hoạch 5/KH ngày 02/03/2020" in text(detail)
    assert [row["title"] for row in detail.context["wordings"]] == ["Thống kê vì người nghèo"]


def test_it_declines_with_a_reason_that_only_the_leadership_reads(cast: Any) -> None:
    movement = sent(cast, cast.member)
    address = cast.url("movement_answer", pk=movement.pk)
    data = {"agency": cast.member.pk, "joins": "0", "mark": ""}
    page = cast.client(cast.chi).post(address, data)
    assert page.status_code == 422
    assert "Không tham gia thì ghi lý do." in text(page)
    cast.client(cast.chi).post(address, {**data, "reason": "Đang sắp xếp lại"})
    notice = MovementNotice.objects.get()
    assert notice.decline_reason == "Đang sắp xếp lại"
    assert notice.declined_at is not None
    follow = cast.url("movement_follow", pk=movement.pk)
    assert "Đang sắp xếp lại" in text(cast.client(cast.an).get(follow))
    assert "Đang sắp xếp lại" not in text(
        cast.client(cast.officer).get(cast.url("movement_detail", pk=movement.pk))
    )
    cast.client(cast.chi).post(cast.url("movement_join", pk=movement.pk), {"agency": cast.member.pk})
    notice.refresh_from_db()
    assert (notice.declined_at, notice.decline_reason, Participation.objects.count()) == (None, "", 1)
    actions = AuditEvent.objects.order_by("id").values_list("action", flat=True)
    assert list(actions) == ["movement_decline", "movement_join"]
    assert not list(verify(AuditEvent.objects.latest("id").chain))


def test_an_answer_is_changed_and_taken_back(cast: Any) -> None:
    movement = sent(cast, cast.member)
    scope = cast.scope(cast.chi)
    first = Answer(True, "Tên riêng")
    assert answer(scope, movement.pk, cast.member.pk, first, mark="")
    assert not answer(scope, movement.pk, cast.member.pk, first)
    assert answer(scope, movement.pk, cast.member.pk, Answer(False, reason="Thôi"), mark=mark_of(first))
    assert not Participation.objects.exists()
    assert set_participation(scope, movement.pk, cast.member.pk, joins=False)
    assert MovementNotice.objects.get().declined_at is None
    assert not set_participation(scope, movement.pk, cast.member.pk, joins=False)
    actions = AuditEvent.objects.order_by("id").values_list("action", flat=True)
    assert list(actions) == ["movement_join", "movement_decline", "movement_leave"]


def test_seen_is_said_once(cast: Any) -> None:
    movement = sent(cast, cast.member)
    address, data = cast.url("movement_seen", pk=movement.pk), {"agency": cast.member.pk}
    assert cast.client(cast.chi).get(address).status_code == 405
    assert "Đã ghi là đơn vị đã xem" in text(cast.client(cast.chi).post(address, data, follow=True))
    assert not mark_seen(cast.scope(cast.chi), movement.pk, cast.member.pk)
    assert AuditEvent.objects.filter(action="movement_seen").count() == 1
    assert cast.client(cast.chi).post(address, {"agency": cast.other.pk}).status_code == 404


def test_whoever_was_not_told_joins_but_has_nothing_to_decline(cast: Any) -> None:
    movement = sent(cast)
    page = cast.client(cast.chi).get(cast.url("movement_answer", pk=movement.pk))
    assert "Nếu không tham gia" not in text(page)
    with pytest.raises(DomainError, match="chưa được gửi"):
        answer(cast.scope(cast.chi), movement.pk, cast.member.pk, Answer(False, reason="Bận"))
    with pytest.raises(DomainError, match="500"):
        answer(cast.scope(cast.chi), movement.pk, cast.member.pk, Answer(True, note="x" * 501))
    with pytest.raises(DomainError, match="đơn vị mình"):
        answer(cast.scope(cast.chi), movement.pk, cast.other.pk, Answer(True))
    assert answer(cast.scope(cast.chi), movement.pk, cast.member.pk, Answer(True))


def test_of_two_colleagues_the_second_sees_both_answers(cast: Any) -> None:
    movement = sent(cast, cast.member)
    address = cast.url("movement_answer", pk=movement.pk)
    data = {"agency": cast.member.pk, "mark": ""}
    cast.client(cast.chi).post(address, {**data, "joins": "1", "local_title": "Của Chi"})
    page = cast.client(cast.lan).post(address, {**data, "joins": "0", "reason": "Của Lan"})
    assert page.status_code == 409
    assert {row["field"]: (row["mine"], row["theirs"]) for row in page.context["differences"]} == {
        "Trả lời": ("Không tham gia", "Hưởng ứng"),
        "Tên gọi tại đơn vị": ("", "Của Chi"),
        "Lý do không tham gia": ("Của Lan", ""),
    }
    assert Participation.objects.get().local_title == "Của Chi"
    mark = page.context["form"]["mark"].value()
    again = cast.client(cast.lan).post(address, {**data, "joins": "0", "reason": "Của Lan", "mark": mark})
    assert again.status_code == 302
    assert not Participation.objects.exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.race
def test_two_answers_at_once_are_one_row(cast: Any, monkeypatch: Any) -> None:
    movement = sent(cast, cast.member)
    given = [Answer(True, "Một"), Answer(True, "Hai")]
    scopes = [cast.scope(user) for user in (cast.chi, cast.lan)]
    outcomes = race(*[
        lambda scope=scope, words=words: answer(scope, movement.pk, cast.member.pk, words, mark="")
        for scope, words in zip(scopes, given, strict=True)
    ])  # fmt: skip
    assert values(outcomes) == [True]
    assert [type(one.error) for one in outcomes if one.error] == [Stale]
    assert Participation.objects.count() == 1

    # The twin without the lock: both look before either writes, and the second answer overruns the first unseen.
    Participation.objects.all().delete()
    meet = meeting_point(2)

    def unguarded(words: Answer) -> None:
        standing = Participation.objects.filter(movement=movement, agency=cast.member).first()
        meet()
        assert standing is None
        Participation.objects.update_or_create(
            movement=movement, agency=cast.member, defaults={"local_title": words.local_title}
        )

    outcomes = race(*[lambda words=words: unguarded(words) for words in given])
    assert not [one.error for one in outcomes if one.error]


def test_the_database_keeps_one_notice_and_no_refusal_without_a_reason(cast: Any) -> None:
    movement = sent(cast, cast.member)
    again = MovementNoticeFactory.build(movement=movement, agency=cast.member)
    assert_refused(again, "movementnotice_once")
    bare = MovementNoticeFactory.build(movement=movement, agency=cast.other, declined_at=again.sent_at)
    assert_refused(bare, "movementnotice_reason", "Không tham gia thì ghi lý do.")


# -- late ----------------------------------------------------------------------------------------
def test_the_leadership_hears_of_who_is_late(cast: Any) -> None:
    movement = sent(cast, cast.member, cast.other, answer_by=date(2020, 5, 3))
    ParticipationFactory(movement=movement, agency=cast.other)
    with time_machine.travel(NOON):
        titles = [task.title for task in entry_tasks(cast.scope(cast.an))]
        own = [(task.title, task.urgency) for task in entry_tasks(cast.scope(cast.chi))]
        page = cast.client(cast.new_session(cast.an)).get(cast.url("movement_follow", pk=movement.pk))
    cast.new_session(cast.an)
    assert titles == ["1 đơn vị chưa trả lời phong trào: Vì người nghèo"]
    assert own == [("Trả lời phong trào: Vì người nghèo", "err")]
    assert "Quá hạn 1 ngày" in text(page)


@pytest.mark.parametrize("number", [1, 3])
@pytest.mark.parametrize(("name", "queries"), [("movement_follow", 10), ("movement_answer", 8)])
def test_pages_cost_the_same_for_one_and_three(
    cast: Any, number: int, name: str, queries: int, django_assert_num_queries: Any
) -> None:
    movement = sent(cast)
    for agency in (cast.chair, cast.member, cast.other)[:number]:
        MovementNoticeFactory(movement=movement, agency=agency)
        ParticipationFactory(movement=movement, agency=agency)
        ActivityFactory(year=cast.year, agency=agency, movement=movement, confirmed=True)
    address = cast.url(name, pk=movement.pk)
    cast.client(cast.an).get(address)
    with django_assert_num_queries(queries):
        assert cast.client(cast.an).get(address).status_code == 200
