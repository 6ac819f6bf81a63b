"""More time for single agencies: given, changed and taken back on its pages."""

from __future__ import annotations

import json
import re
from datetime import date
from typing import Any

import pytest
import time_machine
from django.contrib.messages import get_messages
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from core import audit
from core.errors import DomainError, Refused, Stale
from core.models import AuditEvent
from members.domain.extensions import KINDS, change, give, mark_of, receivers, take_back
from members.enums import PhaseKind
from members.models import ClusterYear, Membership, PhaseExtension
from tests.factories import MembershipFactory, OfficerFactory, PersonFactory
from tests.factories.governance import PhaseExtensionFactory
from tests.support.race import errors, meeting_point, race, values

pytestmark = pytest.mark.django_db
UNTIL, STORM = date(2021, 2, 10), "Bão số 3 làm ngập trụ sở"


@pytest.fixture(autouse=True)
def _in_january_2021() -> Any:
    with time_machine.travel("2021-01-20T08:00:00+07:00", tick=False):
        yield


@pytest.fixture
def step(cast: Any) -> Any:
    """Thực hiện, closed for all: the year is at the verification."""
    cast.year.phases.filter(kind=PhaseKind.CARRY_OUT).update(planned_to=date(2020, 12, 31))
    cast.go(PhaseKind.VERIFY)
    return cast.year.phases.get(kind=PhaseKind.CARRY_OUT)


def problems(call: Any) -> dict[str, str]:
    with pytest.raises(DomainError) as caught:
        call()
    return {problem.field: problem.sentence for problem in caught.value.problems}


def said(answer: Any) -> list[str]:
    return [str(message) for message in get_messages(answer.wsgi_request)]


# -- giving --------------------------------------------------------------------------------------
def test_several_agencies_at_once_with_an_event_each(cast: Any, step: Any) -> None:
    give(
        cast.scope(cast.an),
        PhaseKind.CARRY_OUT,
        [cast.member.pk, cast.other.pk, cast.member.pk],
        UNTIL,
        f" {STORM} ",
    )
    assert set(PhaseExtension.objects.values_list("agency", "until", "reason")) == {
        (cast.member.pk, UNTIL, STORM),
        (cast.other.pk, UNTIL, STORM),
    }
    events = AuditEvent.objects.order_by("seq")
    assert [event.action for event in events] == ["extension_give"] * 2
    assert json.loads(events[0].after) == {
        "phase": "carry_out", "agency_id": cast.member.pk, "until": "2021-02-10", "reason": STORM,
    }  # fmt: skip
    assert (events[0].actor_id, events[0].reason) == (cast.an.pk, STORM)
    assert list(audit.verify(audit.cluster_chain(cast.cluster.pk))) == []


def test_steps_that_open_nothing_of_an_agency_are_not_offered() -> None:
    assert KINDS == ("prepare", "launch", "carry_out", "self_score")


def test_everything_wrong_is_told_at_once(cast: Any, step: Any) -> None:
    scope = cast.scope(cast.an)
    assert problems(lambda: give(scope, PhaseKind.VERIFY, [], None, " ")) == {
        "kind": "Chọn bước được gia hạn.",
        "agencies": "Chọn ít nhất một đơn vị.",
        "until": "Ghi ngày cuối cùng được gia hạn.",
        "reason": "Ghi lý do.",
    }
    assert not PhaseExtension.objects.exists()


@pytest.mark.parametrize(
    ("until", "words"),
    [
        (date(2021, 1, 19), "Ngày 19/01/2021 đã qua."),
        (date(2202, 2, 10), "Ngày 10/02/2202 còn quá xa."),
    ],
)
def test_a_day_must_make_sense(cast: Any, step: Any, until: date, words: str) -> None:
    scope = cast.scope(cast.an)
    found = problems(lambda: give(scope, PhaseKind.CARRY_OUT, [cast.member.pk], until, STORM))
    assert found == {"until": words}


def test_today_is_a_day_like_any_other(cast: Any, step: Any) -> None:
    assert give(cast.scope(cast.an), PhaseKind.CARRY_OUT, [cast.member.pk], date(2021, 1, 20), STORM)


def test_while_a_step_is_open_the_day_lies_after_that_of_all(cast: Any, step: Any) -> None:
    cast.go(PhaseKind.CARRY_OUT)
    cast.year.phases.filter(kind=PhaseKind.CARRY_OUT).update(planned_to=UNTIL)
    scope = cast.scope(cast.an)
    found = problems(lambda: give(scope, PhaseKind.CARRY_OUT, [cast.member.pk], UNTIL, STORM))
    assert found == {"until": "Hạn chung của bước là hết 10/02/2021: ngày gia hạn phải sau ngày đó."}


def test_only_members_of_the_year_that_have_not_left(cast: Any, step: Any) -> None:
    stranger = MembershipFactory().agency
    Membership.objects.filter(agency=cast.other).update(left_on=date(2021, 1, 20))
    assert [row.agency_id for row in receivers(cast.scope(cast.an))] == [
        cast.chair.pk, cast.deputy.pk, cast.member.pk,
    ]  # fmt: skip
    for agency in (stranger, cast.other):
        scope = cast.scope(cast.an)
        found = problems(
            lambda agency=agency, scope=scope: give(scope, PhaseKind.CARRY_OUT, [agency.pk], UNTIL, STORM)
        )
        assert found == {"agencies": "Chỉ gia hạn được cho đơn vị thành viên của năm 2020."}


def test_a_second_one_for_the_same_step_is_told_with_its_day(cast: Any, step: Any) -> None:
    PhaseExtensionFactory(phase=step, agency=cast.member, until=UNTIL)
    scope = cast.scope(cast.an)
    found = problems(lambda: give(scope, PhaseKind.CARRY_OUT, [cast.other.pk, cast.member.pk], UNTIL, STORM))
    assert found == {
        "agencies": "Cục Thống kê đã được gia hạn bước này đến hết 10/02/2021: hãy sửa gia hạn đó."
    }
    assert PhaseExtension.objects.count() == 1


def test_the_database_keeps_one_for_each_step_and_agency_with_a_reason(cast: Any, step: Any) -> None:
    PhaseExtensionFactory(phase=step, agency=cast.member)
    with pytest.raises(IntegrityError, match=r"phaseextension_once|phase_id"), transaction.atomic():
        PhaseExtensionFactory(phase=step, agency=cast.member)
    with pytest.raises(IntegrityError, match="phaseextension_reason"), transaction.atomic():
        PhaseExtensionFactory(phase=step, agency=cast.other, reason="")


# -- who -----------------------------------------------------------------------------------------
def test_nobody_gives_time_to_the_own_agency(cast: Any, step: Any) -> None:
    own = "không ai tự gia hạn cho đơn vị mình"
    for who, agency, allowed in (
        (cast.an, cast.chair, False),
        (cast.an, cast.deputy, True),
        (cast.binh, cast.chair, True),
        (cast.binh, cast.deputy, False),
        (cast.binh, cast.member, False),
    ):
        scope = cast.scope(who)
        if allowed:
            (row,) = give(scope, PhaseKind.CARRY_OUT, [agency.pk], UNTIL, STORM)
            row.delete()
        else:
            found = problems(
                lambda agency=agency, scope=scope: give(scope, PhaseKind.CARRY_OUT, [agency.pk], UNTIL, STORM)
            )
            assert own in found["agencies"]
    everybody = [agency.pk for agency in cast.agencies]
    assert len(give(cast.scope(cast.officer), PhaseKind.CARRY_OUT, everybody, UNTIL, STORM)) == 4


def test_members_and_the_observer_give_none_and_a_sealed_year_takes_none(cast: Any, step: Any) -> None:
    for who in (cast.chi, cast.lan, cast.observer):
        with pytest.raises(Refused, match="Cụm trưởng hoặc chuyên viên"):
            give(cast.scope(who), PhaseKind.CARRY_OUT, [cast.other.pk], UNTIL, STORM)
    scope = cast.scope(cast.officer)
    ClusterYear.objects.filter(pk=cast.year.pk).update(sealed_at="2021-01-19T00:00:00Z")
    with pytest.raises(Refused, match="chưa đóng"):
        give(scope, PhaseKind.CARRY_OUT, [cast.other.pk], UNTIL, STORM)
    assert not PhaseExtension.objects.exists()


def test_changing_and_taking_back_ask_whose_it_is(cast: Any, step: Any) -> None:
    of_chair = PhaseExtensionFactory(phase=step, agency=cast.chair, until=UNTIL)
    for call in (
        lambda: change(cast.scope(cast.an), of_chair.pk, UNTIL, STORM, mark_of(of_chair)),
        lambda: take_back(cast.scope(cast.an), of_chair.pk, STORM),
    ):
        with pytest.raises(Refused):
            call()
    take_back(cast.scope(cast.binh), of_chair.pk, STORM)


# -- changing, taking back -----------------------------------------------------------------------
def test_a_change_keeps_both_days_in_the_audit(cast: Any, step: Any) -> None:
    row = PhaseExtensionFactory(phase=step, agency=cast.member, until=UNTIL)
    change(cast.scope(cast.an), row.pk, date(2021, 3, 1), "Ngập lâu hơn", mark_of(row))
    event = AuditEvent.objects.get()
    assert (event.action, event.target_id) == ("extension_change", str(row.pk))
    assert json.loads(event.before)["until"] == "2021-02-10"
    assert json.loads(event.after)["until"] == "2021-03-01"
    row.refresh_from_db()
    assert (row.until, row.reason) == (date(2021, 3, 1), "Ngập lâu hơn")


def test_a_change_of_nothing_leaves_no_event(cast: Any, step: Any) -> None:
    row = PhaseExtensionFactory(phase=step, agency=cast.member, until=UNTIL, reason=STORM)
    change(cast.scope(cast.an), row.pk, UNTIL, STORM, "")
    assert not AuditEvent.objects.exists()


def test_a_stale_form_overwrites_nothing(cast: Any, step: Any) -> None:
    row = PhaseExtensionFactory(phase=step, agency=cast.member, until=UNTIL)
    mark = mark_of(row)
    with time_machine.travel("2021-01-20T09:00:00+07:00"):
        change(cast.scope(cast.an), row.pk, date(2021, 3, 1), STORM, mark)
        with pytest.raises(Stale):
            change(cast.scope(cast.officer), row.pk, date(2021, 2, 20), STORM, mark)


def test_taking_back_keeps_what_it_was_and_why(cast: Any, step: Any) -> None:
    row = PhaseExtensionFactory(phase=step, agency=cast.member, until=UNTIL)
    pk = row.pk
    assert problems(lambda: take_back(cast.scope(cast.an), pk, " ")) == {"reason": "Ghi lý do."}
    take_back(cast.scope(cast.an), pk, "Đơn vị đã gửi đủ")
    assert not PhaseExtension.objects.exists()
    event = AuditEvent.objects.get()
    assert (event.action, event.target_id, event.after) == ("extension_take_back", str(pk), "")
    assert json.loads(event.before)["until"] == "2021-02-10"
    with pytest.raises(PhaseExtension.DoesNotExist):
        take_back(cast.scope(cast.an), pk, "Đơn vị đã gửi đủ")


# -- at once -------------------------------------------------------------------------------------
@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_who_give_at_once_leave_one_and_a_sentence(cast: Any, step: Any) -> None:
    scopes = [cast.scope(cast.an), cast.scope(cast.officer)]
    outcomes = race(
        *[
            lambda scope=scope: give(scope, PhaseKind.CARRY_OUT, [cast.member.pk], UNTIL, STORM)
            for scope in scopes
        ]
    )
    assert len(values(outcomes)) == 1
    assert [str(error)[:34] for error in errors(outcomes)] == ["Cục Thống kê đã được gia hạn bước "]
    assert PhaseExtension.objects.count() == AuditEvent.objects.count() == 1


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_control_without_the_lock_the_second_breaks_on_the_constraint(cast: Any, step: Any) -> None:
    meet = meeting_point(2)

    def careless() -> None:
        if not PhaseExtension.objects.filter(phase=step, agency=cast.member).exists():
            meet()
            PhaseExtensionFactory(phase=step, agency=cast.member)

    outcomes = race(careless, careless)
    assert [type(error) for error in errors(outcomes)] == [IntegrityError]


# -- pages ---------------------------------------------------------------------------------------
def post(cast: Any, user: Any, name: str, data: dict[str, Any], **kwargs: Any) -> Any:
    return cast.client(cast.new_session(user)).post(cast.url(name, **kwargs), data)


def test_the_page_gives_to_those_who_were_ticked(cast: Any, step: Any) -> None:
    shown = cast.client(cast.an).get(cast.url("extension_add")).content.decode()
    assert "Thực hiện (hạn chung: hết 31/12/2020)" in shown
    assert "Cục Thống kê" in shown
    assert "Ngân hàng Nhà nước</label>" not in shown  # the chair's own agency is not the chair's to choose
    answer = post(
        cast, cast.an, "extension_add",
        {"kind": "carry_out", "agencies": [cast.member.pk, cast.other.pk], "until": "10/2/2021", "reason": STORM},
    )  # fmt: skip
    assert answer.url == cast.url("calendar")
    assert said(answer) == ["Đã gia hạn cho 2 đơn vị đến hết 10/02/2021."]
    page = cast.client(cast.an).get(cast.url("calendar")).content.decode()
    assert page.count("10/02/2021") >= 2
    assert STORM in page


def test_what_was_typed_stays_beside_the_sentences(cast: Any, step: Any) -> None:
    data = {"kind": "carry_out", "agencies": [cast.member.pk], "until": "30/2/2021", "reason": STORM}
    answer = post(cast, cast.an, "extension_add", data)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert 'value="30/2/2021"' in page
    assert f'value="{STORM}"' in page
    (ticked,) = re.findall(r"<input[^>]*checked[^>]*>", page)
    assert f'value="{cast.member.pk}"' in ticked


def test_an_agency_that_is_not_ones_own_to_choose_is_refused_with_who_may(cast: Any, step: Any) -> None:
    data = {"kind": "carry_out", "agencies": [cast.chair.pk], "until": "10/2/2021", "reason": STORM}
    answer = post(cast, cast.an, "extension_add", data)
    assert answer.status_code == 422
    assert "đơn vị Cụm trưởng do cán bộ của đơn vị Cụm phó" in answer.content.decode()
    assert post(cast, cast.binh, "extension_add", data).status_code == 302
    assert post(cast, cast.binh, "extension_add", {**data, "agencies": ["x"]}).status_code == 422


def test_the_page_changes_and_shows_a_conflict(cast: Any, step: Any) -> None:
    row = PhaseExtensionFactory(phase=step, agency=cast.member, until=UNTIL, reason=STORM)
    url = cast.url("extension_edit", pk=row.pk)
    client = cast.client(cast.an)
    page = client.get(url).content.decode()
    assert 'value="10/02/2021"' in page
    old = mark_of(row)
    with time_machine.travel("2021-01-20T08:05:00+07:00"):
        assert client.post(url, {"until": "1/3/2021", "reason": STORM, "mark": old}).status_code == 302
        answer = client.post(url, {"until": "15/3/2021", "reason": STORM, "mark": old})
        assert answer.status_code == 409
        page = answer.content.decode()
        assert "Người khác vừa sửa gia hạn này." in page
        assert "01/03/2021" in page
        assert 'value="15/3/2021"' in page
        row.refresh_from_db()
        assert (
            client.post(url, {"until": "15/3/2021", "reason": STORM, "mark": mark_of(row)}).status_code == 302
        )
    assert client.post(url, {"until": "1/1/2021", "reason": ""}).status_code == 422


def test_the_page_takes_back_once(cast: Any, step: Any) -> None:
    row = PhaseExtensionFactory(phase=step, agency=cast.member, until=UNTIL)
    url = cast.url("extension_take_back", pk=row.pk)
    client = cast.client(cast.an)
    assert "Thu hồi gia hạn" in client.get(url).content.decode()
    assert client.post(url, {}).status_code == 422
    assert said(client.post(url, {"reason": "Đã xong"})) == ["Đã thu hồi gia hạn."]
    assert said(client.post(url, {"reason": "Đã xong"}))[-1] == "Gia hạn này đã được thu hồi trước đó."
    assert client.get(url).status_code == 404


def test_strangers_members_and_bad_ids(cast: Any, step: Any) -> None:
    row = PhaseExtensionFactory(phase=step, agency=cast.member, until=UNTIL)
    elsewhere = PhaseExtensionFactory(phase=MembershipFactory().year.phases.get(order=3), agency=cast.other)
    for name, kwargs in (
        ("extension_add", {}),
        ("extension_edit", {"pk": row.pk}),
        ("extension_take_back", {"pk": row.pk}),
    ):
        url = cast.url(name, **kwargs)
        assert cast.client().get(url).status_code == 302
        assert cast.client(cast.dung).get(url).status_code == 404
        for user in (cast.chi, cast.lan, cast.observer):
            assert cast.client(user).get(url).status_code == 403
            assert cast.client(user).post(url, {}).status_code == 403
        assert cast.client(cast.officer).get(url).status_code == 200
    for name in ("extension_edit", "extension_take_back"):
        for pk in (elsewhere.pk, 2**63, 10**30):
            assert cast.client(cast.an).get(cast.url(name, pk=pk)).status_code == 404
    assert PhaseExtension.objects.count() == 2


def test_the_forms_cost_the_same_for_any_number_of_rows(cast: Any, step: Any) -> None:
    client = cast.client(cast.an)

    def count() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert client.get(cast.url("extension_add")).status_code == 200
        return len(seen)

    client.get(cast.url("extension_add"))
    one = count()
    for order in range(5, 9):
        MembershipFactory(year=cast.year, order=order)
    assert count() == one == 7


def test_an_officer_who_also_works_for_a_member_may_give_to_it(cast: Any, step: Any) -> None:
    PersonFactory(user=cast.officer, agency=cast.member)
    assert give(cast.scope(cast.officer), PhaseKind.CARRY_OUT, [cast.member.pk], UNTIL, STORM)
    other = OfficerFactory(cluster=MembershipFactory().year.cluster)
    PersonFactory(user=other.user, agency=cast.other)
    with pytest.raises(Refused):
        give(cast.scope(other.user), PhaseKind.CARRY_OUT, [cast.member.pk], UNTIL, STORM)
