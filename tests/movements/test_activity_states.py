"""Sending, taking back, confirming, returning: who may, in which state and step; one winner; sentences of history."""

from __future__ import annotations

from typing import Any

import pytest

from core import audit, submit
from core.errors import DomainError, Refused, Stale
from core.models import AuditEvent
from movements.domain import states
from movements.domain.record import activity_for
from movements.enums import ActivityScope, ActivityState
from movements.models import Activity
from tests.factories import ActivityFactory
from tests.support.race import errors, race, values

DRAFT, SUBMITTED, CONFIRMED, RETURNED = ActivityState.values
PEOPLE = ("an", "binh", "chi", "lan", "officer", "observer")


def make(cast: Any, owner: str, state: str) -> Activity:
    trait = {} if state == DRAFT else {state: True}
    if owner == "cluster":
        return ActivityFactory(year=cast.year, agency=None, scope=ActivityScope.CLUSTER, **trait)
    return ActivityFactory(year=cast.year, agency=getattr(cast, owner), **trait)


def outcome(cast: Any, who: str, action: str, activity: Activity) -> str:
    scope = cast.scope(getattr(cast, who))
    try:
        done = states.move(scope, activity.pk, action, reason="Thiếu minh chứng.")
    except Activity.DoesNotExist:
        return "unseen"
    except Refused:
        return "refused"
    except DomainError:
        return "wrong state"
    return str(done.state)


# Owner, action, state it starts in -> those who may; everybody else is refused or does not see it.
MAY = {
    ("member", "submit", DRAFT): {"chi", "lan"},
    ("member", "submit", RETURNED): {"chi", "lan"},
    ("member", "take_back", SUBMITTED): {"chi", "lan"},
    ("member", "confirm", SUBMITTED): {"an"},
    ("member", "return", SUBMITTED): {"an"},
    ("deputy", "confirm", SUBMITTED): {"an"},
    ("deputy", "return", SUBMITTED): {"an"},
    ("chair", "submit", DRAFT): {"an"},
    ("chair", "confirm", SUBMITTED): {"binh"},
    ("chair", "return", SUBMITTED): {"binh"},
    ("cluster", "submit", DRAFT): {"an"},
    ("cluster", "take_back", SUBMITTED): {"an"},
    ("cluster", "confirm", SUBMITTED): {"binh"},
    ("cluster", "return", SUBMITTED): {"binh"},
}
TARGET = {"submit": SUBMITTED, "take_back": DRAFT, "confirm": CONFIRMED, "return": RETURNED}


@pytest.mark.django_db
@pytest.mark.parametrize("who", PEOPLE)
@pytest.mark.parametrize("owner, action, state", MAY)
def test_who_may_move_an_activity(cast: Any, owner: str, action: str, state: str, who: str) -> None:
    activity = make(cast, owner, state)
    reached = outcome(cast, who, action, activity)
    if who in MAY[owner, action, state]:
        assert reached == TARGET[action]
    else:
        assert reached in ("refused", "unseen")
        activity.refresh_from_db()
        assert activity.state == state


@pytest.mark.django_db
@pytest.mark.parametrize(
    "who, action, state",
    [("chi", "submit", SUBMITTED), ("chi", "submit", CONFIRMED), ("chi", "take_back", CONFIRMED),
     ("an", "confirm", CONFIRMED), ("an", "return", CONFIRMED), ("chi", "take_back", RETURNED)],
)  # fmt: skip
def test_a_wrong_state_gets_a_sentence(cast: Any, who: str, action: str, state: str) -> None:
    activity = make(cast, "member", state)
    with pytest.raises(DomainError, match="đang ở trạng thái"):
        states.move(cast.scope(getattr(cast, who)), activity.pk, action, reason="x")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "step, action, state, who, reached",
    [
        ("prepare", "submit", DRAFT, "chi", "refused"),
        ("self_score", "submit", DRAFT, "chi", SUBMITTED),
        ("verify", "submit", DRAFT, "chi", "refused"),
        ("verify", "submit", RETURNED, "chi", SUBMITTED),
        ("verify", "take_back", SUBMITTED, "chi", "refused"),
        ("prepare", "confirm", SUBMITTED, "an", "refused"),
        ("publish", "confirm", SUBMITTED, "an", CONFIRMED),
    ],
)
def test_steps_open_and_close_what_may_be_done(
    cast: Any, step: str, action: str, state: str, who: str, reached: str
) -> None:
    cast.go(step)
    assert outcome(cast, who, action, make(cast, "member", state)) == reached


@pytest.mark.django_db
def test_states_keep_their_moments_and_write_audit(cast: Any) -> None:
    activity = make(cast, "member", DRAFT)
    chi, an = cast.scope(cast.chi), cast.scope(cast.an)
    states.submit(chi, activity.pk)
    states.return_with_reason(an, activity.pk, "  Thiếu minh chứng.\x00 ")
    activity.refresh_from_db()
    assert (activity.state, activity.return_reason) == (RETURNED, "Thiếu minh chứng.")
    assert activity.returned_at is not None
    states.submit(chi, activity.pk)
    states.take_back(chi, activity.pk)
    activity.refresh_from_db()
    assert (activity.submitted_at, activity.return_reason, activity.version) == (None, "", 5)
    states.submit(chi, activity.pk)
    assert states.confirm(an, activity.pk, version=6).confirmed_at is not None
    events = AuditEvent.objects.order_by("seq")
    assert [event.action for event in events] == [
        "activity_submit", "activity_return", "activity_submit", "activity_take_back", "activity_submit",
        "activity_confirm",
    ]  # fmt: skip
    assert events[1].reason == "Thiếu minh chứng."
    assert events[1].role == f"chair/clerk/agency:{cast.chair.pk}"
    assert list(audit.verify(audit.cluster_chain(cast.cluster.pk))) == []


@pytest.mark.django_db
@pytest.mark.parametrize("reason", ["", "  \u200b ", "a" * 1001])
def test_returning_needs_a_reason(cast: Any, reason: str) -> None:
    activity = make(cast, "member", SUBMITTED)
    with pytest.raises(DomainError) as caught:
        states.return_with_reason(cast.scope(cast.an), activity.pk, reason)
    assert caught.value.problems[0].field == "reason"
    assert not AuditEvent.objects.exists()


@pytest.mark.django_db
def test_judging_what_was_changed_meanwhile_is_stale(cast: Any) -> None:
    activity = make(cast, "member", SUBMITTED)
    with pytest.raises(Stale):
        states.confirm(cast.scope(cast.an), activity.pk, version=activity.version + 1)


@pytest.mark.django_db
def test_nobody_sees_or_moves_an_activity_of_another_cluster(cast: Any) -> None:
    away = ActivityFactory(submitted=True)
    assert activity_for(cast.scope(cast.an), away.pk) is None
    assert outcome(cast, "an", "confirm", away) == "unseen"


# -- one winner (C11) ----------------------------------------------------------------------------
@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_confirmed_and_returned_at_once_is_one_transition(cast: Any) -> None:
    activity = make(cast, "member", SUBMITTED)
    scope = cast.scope(cast.an)
    done = race(
        lambda: states.confirm(scope, activity.pk),
        lambda: states.return_with_reason(scope, activity.pk, "Thiếu."),
    )
    assert len(values(done)) == 1
    assert isinstance(
        errors(done)[0], DomainError | Activity.DoesNotExist
    )  # a returned one is out of sight again
    activity.refresh_from_db()
    assert activity.state == values(done)[0].state
    assert AuditEvent.objects.count() == 1


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_control_without_lock_and_condition_both_believe_they_won(cast: Any) -> None:
    import threading

    activity = make(cast, "member", SUBMITTED)
    both_have_read = threading.Barrier(2)

    def unguarded(target: str) -> str:
        row = Activity.objects.get(pk=activity.pk)
        assert row.state == SUBMITTED
        both_have_read.wait(30)
        moments = {"confirmed_at": row.submitted_at} if target == CONFIRMED else {"confirmed_at": None}
        Activity.objects.filter(pk=row.pk).update(
            state=target, returned_at=row.submitted_at, return_reason="x", **moments
        )
        return target

    done = race(lambda: unguarded(CONFIRMED), lambda: unguarded(RETURNED))
    assert len(values(done)) == 2


# -- the page ------------------------------------------------------------------------------------
@pytest.mark.django_db
class TestStatePage:
    def post(self, cast: Any, who: str, activity: Activity, **data: Any) -> Any:
        address = cast.url("activity_state", pk=activity.pk)
        return cast.client(getattr(cast, who)).post(address, {"version": activity.version, **data})

    def test_a_button_moves_and_leads_back(self, cast: Any) -> None:
        activity = make(cast, "member", SUBMITTED)
        answer = self.post(cast, "an", activity, action="confirm")
        assert answer.url == cast.url("activity_detail", pk=activity.pk)
        activity.refresh_from_db()
        assert activity.state == CONFIRMED

    def test_pressed_twice_the_second_says_so(self, cast: Any) -> None:
        activity = make(cast, "member", SUBMITTED)
        for _press in range(2):
            answer = self.post(cast, "an", activity, action="confirm")
            assert answer.status_code == 302
        page = cast.client(cast.an).get(answer.url).content.decode()
        assert "đang ở trạng thái “Đã xác nhận”" in page
        assert AuditEvent.objects.count() == 1

    def test_sent_twice_with_one_key_leads_to_the_first_outcome(self, cast: Any) -> None:
        activity = make(cast, "member", SUBMITTED)
        key = submit.new_key()
        answers = [
            self.post(cast, "an", activity, action="return", reason="Thiếu.", submit_key=key)
            for _time in range(2)
        ]
        assert [answer.url for answer in answers] == [cast.url("activity_list")] * 2
        page = cast.client(cast.an).get(answers[1].url).content.decode()
        assert "Đã trả lại hoạt động" in page
        assert "đã được làm ở lần bấm trước" in page
        assert AuditEvent.objects.count() == 1

    def test_returning_without_a_reason_keeps_the_page(self, cast: Any) -> None:
        answer = self.post(cast, "an", make(cast, "member", SUBMITTED), action="return", reason=" ")
        assert answer.status_code == 422
        page = answer.content.decode()
        assert "Ghi lý do trả lại" in page
        assert 'aria-describedby="ly-do-loi"' in page

    def test_a_too_long_reason_is_not_lost(self, cast: Any) -> None:
        answer = self.post(cast, "an", make(cast, "member", SUBMITTED), action="return", reason="dài " * 400)
        assert answer.status_code == 422
        assert "dài " * 300 in answer.content.decode()

    def test_an_overtaken_page_shows_the_newest(self, cast: Any) -> None:
        activity = make(cast, "member", SUBMITTED)
        answer = self.post(cast, "an", activity, action="confirm", version=activity.version + 3)
        assert answer.status_code == 409
        assert "Trang này là bản mới nhất." in answer.content.decode()

    @pytest.mark.parametrize(
        "who, action, status",
        [("dung", "confirm", 404), ("chi", "confirm", 403), ("an", "burn", 400), ("an", "", 400)],
    )
    def test_the_wrong_person_and_the_wrong_action(
        self, cast: Any, who: str, action: str, status: int
    ) -> None:
        assert self.post(cast, who, make(cast, "member", SUBMITTED), action=action).status_code == status

    def test_a_draft_of_others_does_not_exist(self, cast: Any) -> None:
        assert self.post(cast, "an", make(cast, "member", DRAFT), action="confirm").status_code == 404

    def test_reading_does_not_move(self, cast: Any) -> None:
        activity = make(cast, "member", SUBMITTED)
        address = cast.url("activity_state", pk=activity.pk)
        assert cast.client(cast.an).get(address, {"action": "confirm"}).status_code == 405
