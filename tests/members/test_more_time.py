"""An extension works everywhere: entry, sending, taking back, lists, tasks, refusals; for that agency alone, and to
24:00 of its last day in Viet Nam (T1, T4, T5)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
import time_machine

from members.domain.extensions import take_back
from members.enums import PhaseKind
from members.models import CarryOver, ClusterYear, PhaseExtension
from movements.enums import ActivityScope, ActivityState
from movements.models import Activity, Participation
from tests.factories import ActivityFactory, MovementFactory, PersonFactory, UserFactory
from tests.factories.governance import PhaseExtensionFactory
from tests.support.entry import form_of

pytestmark = pytest.mark.django_db
LAST = date(2021, 1, 25)
BEFORE, AT, AFTER = "2021-01-25T23:59:59+07:00", "2021-01-26T00:00:00+07:00", "2021-01-26T00:00:01+07:00"


@pytest.fixture(autouse=True)
def _in_january_2021() -> Iterator[None]:
    with time_machine.travel("2021-01-20T08:00:00+07:00", tick=False):
        yield


@pytest.fixture(params=[PhaseKind.CARRY_OUT, PhaseKind.SELF_SCORE])
def given(request: pytest.FixtureRequest, cast: Any) -> PhaseExtension:
    """Chi's agency has more time for a step; the year is at the verification."""
    cast.go(PhaseKind.VERIFY)
    step = cast.year.phases.get(kind=request.param)
    row: PhaseExtension = PhaseExtensionFactory(phase=step, agency=cast.member, until=LAST)
    return row


@pytest.fixture
def of_other(cast: Any) -> Any:
    """A clerk of an agency without more time."""
    return PersonFactory(agency=cast.other).user


def page(cast: Any, user: Any, name: str, **kwargs: Any) -> str:
    answer = cast.client(user).get(cast.url(name, **kwargs))
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", answer.content.decode())


def add(cast: Any, user: Any, agency: Any, **head: Any) -> Any:
    data = form_of(owner=str(agency.pk), **head)
    return cast.client(user).post(cast.url("activity_add"), data)


def move(cast: Any, user: Any, activity: Activity, action: str) -> int:
    activity.refresh_from_db()
    data = {"action": action, "version": str(activity.version)}
    answer = cast.client(user).post(cast.url("activity_state", pk=activity.pk), data)
    return int(answer.status_code)


# -- what it opens -------------------------------------------------------------------------------
def test_its_agency_records_edits_sends_and_takes_back(cast: Any, given: PhaseExtension) -> None:
    assert add(cast, cast.chi, cast.member).status_code == 302
    activity = Activity.objects.get()
    assert (activity.agency_id, activity.state) == (cast.member.pk, ActivityState.DRAFT)
    url = cast.url("activity_edit", pk=activity.pk)
    data = form_of(owner=str(cast.member.pk), title="Trao quà, đã sửa", version=str(activity.version))
    assert cast.client(cast.chi).post(url, data).status_code == 302
    for action, state in (
        ("submit", ActivityState.SUBMITTED),
        ("take_back", ActivityState.DRAFT),
        ("submit", ActivityState.SUBMITTED),
    ):
        assert move(cast, cast.chi, activity, action) == 302
        activity.refresh_from_db()
        assert (activity.title, activity.state) == ("Trao quà, đã sửa", state)
    assert move(cast, cast.an, activity, "confirm") == 302
    assert add(cast, cast.lan, cast.member, then="submit").status_code == 302


def test_its_agency_joins_movements(cast: Any, given: PhaseExtension, of_other: Any) -> None:
    movement = MovementFactory(year=cast.year)
    url = cast.url("movement_join", pk=movement.pk)
    assert cast.client(cast.chi).post(url, {"agency": cast.member.pk}).status_code == 302
    assert cast.client(of_other).post(url, {"agency": cast.other.pk}).status_code == 403
    assert [row.agency_id for row in Participation.objects.all()] == [cast.member.pk]


def test_who_works_for_two_joins_for_the_one_alone(cast: Any, given: PhaseExtension) -> None:
    user = UserFactory()
    for agency in (cast.member, cast.other):
        PersonFactory(user=user, agency=agency)
    movement = MovementFactory(year=cast.year)
    url = cast.url("movement_join", pk=movement.pk)
    shown = page(cast, user, "movement_detail", pk=movement.pk)
    assert f'name="agency" value="{cast.member.pk}"' in shown
    assert f'name="agency" value="{cast.other.pk}"' not in shown
    assert cast.client(user).post(url, {"agency": cast.other.pk}).status_code == 403
    assert cast.client(user).post(url, {"agency": cast.member.pk}).status_code == 302
    assert [row.agency_id for row in Participation.objects.all()] == [cast.member.pk]


def test_other_agencies_are_refused_and_told_when(cast: Any, given: PhaseExtension, of_other: Any) -> None:
    sent = ActivityFactory(year=cast.year, agency=cast.other, submitted=True)
    draft = ActivityFactory(year=cast.year, agency=cast.other)
    refused = add(cast, of_other, cast.other, title="Trao quà ở xã vùng cao")
    assert refused.status_code == 403
    words = refused.content.decode()
    assert "Năm 2020 đang ở: Thẩm định." in words
    assert "Trao quà ở xã vùng cao" in words
    assert "Gia hạn" not in words
    assert cast.client(of_other).get(cast.url("activity_edit", pk=draft.pk)).status_code == 403
    assert move(cast, of_other, draft, "submit") == 403
    assert move(cast, of_other, sent, "take_back") == 403
    assert Activity.objects.count() == 2


def test_lists_and_pages_offer_what_may_be_done(cast: Any, given: PhaseExtension, of_other: Any) -> None:
    for agency in (cast.member, cast.other):
        ActivityFactory(year=cast.year, agency=agency, title=f"Nháp của {agency.code}")
    mine, others = (
        Activity.objects.get(agency=cast.member),
        Activity.objects.get(agency=cast.other),
    )
    add_url = cast.url("activity_add")
    assert add_url in page(cast, cast.chi, "activity_list")
    assert add_url not in page(cast, of_other, "activity_list")
    for user, activity, offered in ((cast.chi, mine, True), (of_other, others, False)):
        shown = page(cast, user, "activity_detail", pk=activity.pk)
        assert (cast.url("activity_edit", pk=activity.pk) in shown) is offered
        assert ('value="submit"' in shown) is offered
    assert "Gửi 1 hoạt động còn là nháp" in page(cast, cast.chi, "year_home")
    assert "còn là nháp" not in page(cast, of_other, "year_home")


def test_the_home_page_tells_until_when(cast: Any, given: PhaseExtension, of_other: Any) -> None:
    assert "Được gia hạn đến hết 25/01/2021" in page(cast, cast.chi, "year_home")
    assert "Được gia hạn" not in page(cast, of_other, "year_home")
    assert "Được gia hạn" not in page(cast, cast.officer, "year_home")


def test_who_works_for_two_agencies_has_time_for_the_one_alone(cast: Any, given: PhaseExtension) -> None:
    user = UserFactory()
    PersonFactory(user=user, agency=cast.member)
    PersonFactory(user=user, agency=cast.other)
    assert add(cast, user, cast.member).status_code == 302
    refused = add(cast, user, cast.other)
    assert refused.status_code == 422
    assert "đơn vị đó không được gia hạn" in refused.content.decode()
    assert not Activity.objects.filter(agency=cast.other).exists()
    assert Activity.objects.count() == 1
    draft = ActivityFactory(year=cast.year, agency=cast.other)
    answer = cast.client(user).get(cast.url("activity_edit", pk=draft.pk))
    assert answer.status_code == 403
    assert (
        "Gia hạn đang có chỉ mở việc của chính đơn vị được gia hạn: Cục Thống kê." in answer.content.decode()
    )
    assert move(cast, user, draft, "submit") == 403


def test_it_opens_nothing_but_the_own(cast: Any, given: PhaseExtension) -> None:
    """Staff of the chair with more time still launch no movement after their step."""
    given.agency = cast.chair
    given.save()
    assert cast.client(cast.an).get(cast.url("movement_add")).status_code == 403
    draft = ActivityFactory(year=cast.year, agency=cast.other)
    assert cast.client(cast.an).get(cast.url("activity_edit", pk=draft.pk)).status_code in (403, 404)


def test_what_is_the_whole_clusters_is_nobodys_own(cast: Any, given: PhaseExtension) -> None:
    given.agency = cast.chair
    given.save()
    sent = {"year": cast.year, "submitted": True}
    of_cluster = ActivityFactory(agency=None, scope=ActivityScope.CLUSTER, **sent)
    of_chair = ActivityFactory(agency=cast.chair, **sent)
    assert move(cast, cast.an, of_cluster, "take_back") == 403
    assert move(cast, cast.an, of_chair, "take_back") == 302


def test_one_of_a_step_that_has_not_opened_waits(cast: Any) -> None:
    cast.go(PhaseKind.PREPARE)
    step = cast.year.phases.get(kind=PhaseKind.CARRY_OUT)
    PhaseExtensionFactory(phase=step, agency=cast.member, until=LAST)
    assert cast.client(cast.chi).get(cast.url("activity_add")).status_code == 403


def test_a_sealed_year_knows_none(cast: Any, given: PhaseExtension) -> None:
    ClusterYear.objects.filter(pk=cast.year.pk).update(sealed_at="2021-01-19T00:00:00Z")
    answer = cast.client(cast.chi).get(cast.url("activity_add"))
    assert answer.status_code == 403
    assert "đã đóng" in answer.content.decode()
    assert "Được gia hạn" not in page(cast, cast.chi, "year_home")


def test_a_successor_may_mend_what_it_took_over(cast: Any, given: PhaseExtension, of_other: Any) -> None:
    CarryOver.objects.create(
        year=cast.year, predecessor=cast.other, successor=cast.member, assessed="successor",
        decision_number="12/QĐ-UBND",
    )  # fmt: skip
    draft = ActivityFactory(year=cast.year, agency=cast.other)
    assert cast.client(cast.chi).get(cast.url("activity_edit", pk=draft.pk)).status_code == 200
    assert move(cast, cast.chi, draft, "submit") == 302


# -- until when ----------------------------------------------------------------------------------
@pytest.mark.parametrize(("moment", "status"), [(BEFORE, 302), (AT, 403), (AFTER, 403)])
def test_it_ends_at_midnight_in_viet_nam(cast: Any, given: PhaseExtension, moment: str, status: int) -> None:
    """T1: the server runs in UTC, where that midnight is 17:00."""
    draft = ActivityFactory(year=cast.year, agency=cast.member)
    with time_machine.travel(moment, tick=False):
        user = cast.new_session(cast.chi)
        assert add(cast, user, cast.member).status_code == status
        assert move(cast, user, draft, "submit") == status


def test_the_refusal_tells_that_it_ended(cast: Any, given: PhaseExtension) -> None:
    with time_machine.travel(AT, tick=False):
        answer = cast.client(cast.new_session(cast.chi)).get(cast.url("activity_add"))
    assert "Gia hạn cho đơn vị bạn đã hết ngày 25/01/2021." in answer.content.decode()


def test_a_form_open_when_it_ends_gives_back_what_was_typed(cast: Any, given: PhaseExtension) -> None:
    """T5."""
    with time_machine.travel(BEFORE, tick=False):
        user = cast.new_session(cast.chi)
        assert cast.client(user).get(cast.url("activity_add")).status_code == 200
    with time_machine.travel(AT, tick=False):
        answer = add(cast, user, cast.member, story="Trao 50 suất quà, mỗi suất 500.000 đồng")
    assert answer.status_code == 403
    words = answer.content.decode()
    assert "Trao 50 suất quà, mỗi suất 500.000 đồng" in words
    assert "Những gì bạn vừa gõ" in words
    assert not Activity.objects.exists()


def test_taking_it_back_counts_at_the_next_request(cast: Any, given: PhaseExtension) -> None:
    assert cast.client(cast.chi).get(cast.url("activity_add")).status_code == 200
    take_back(cast.scope(cast.an), given.pk, "Đã gửi đủ")
    assert cast.client(cast.chi).get(cast.url("activity_add")).status_code == 403
    assert add(cast, cast.chi, cast.member).status_code == 403


def test_the_step_itself_needs_no_extension(cast: Any, given: PhaseExtension, of_other: Any) -> None:
    cast.go(PhaseKind.CARRY_OUT)
    assert add(cast, of_other, cast.other).status_code == 302
    with time_machine.travel(AT, tick=False):
        assert add(cast, cast.new_session(cast.chi), cast.member).status_code == 302
