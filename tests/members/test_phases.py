"""Moving a year from step to step, and its page."""

from __future__ import annotations

import json
from datetime import UTC, date
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.utils import timezone

from core import audit
from core.errors import DomainError, Refused
from core.models import AuditEvent
from members import guards
from members.domain.phases import advance, advance_all_due, reopen_year, step_back, step_of
from members.enums import PhaseKind
from members.models import ClusterYear, Membership, Phase, RoleTerm
from tests.factories.governance import PhaseExtensionFactory
from tests.support.race import meeting_point, race, values

pytestmark = pytest.mark.django_db


@pytest.fixture
def no_guards(monkeypatch: pytest.MonkeyPatch) -> None:
    """Steps of the year without what higher apps ask for: those guards have tests of their own."""
    monkeypatch.setattr(guards, "_guards", {})


def said(answer: Any) -> list[str]:
    """What the answer leaves to be shown on the next page."""
    return [str(message) for message in get_messages(answer.wsgi_request)]


def open_kinds(year: ClusterYear) -> list[str]:
    return list(
        Phase.objects.filter(year=year, opened_at__isnull=False, closed_at=None).values_list(
            "kind", flat=True
        )
    )


def test_the_open_step_closes_and_the_next_opens_with_audit(cast: Any, no_guards: None) -> None:
    step = advance(cast.scope(cast.an), PhaseKind.CARRY_OUT, "Theo kế hoạch")
    assert step is not None
    assert step.opens is not None
    assert step.opens.kind == PhaseKind.SELF_SCORE
    assert open_kinds(cast.year) == [PhaseKind.SELF_SCORE]
    event = AuditEvent.objects.get()
    assert (event.action, event.reason, event.actor_id) == ("phase_advance", "Theo kế hoạch", cast.an.pk)
    assert event.role == f"chair/clerk/agency:{cast.chair.pk}"
    assert (event.before, '"self_score"' in event.after) == ('{"phase":"carry_out"}', True)
    assert list(audit.verify(audit.cluster_chain(cast.cluster.pk))) == []


def test_a_second_press_does_nothing(cast: Any, no_guards: None) -> None:
    advance(cast.scope(cast.an), PhaseKind.CARRY_OUT)
    assert advance(cast.scope(cast.an), PhaseKind.CARRY_OUT) is None
    assert open_kinds(cast.year) == [PhaseKind.SELF_SCORE]
    assert AuditEvent.objects.count() == 1


def test_past_the_last_step_the_year_is_sealed(cast: Any, no_guards: None) -> None:
    cast.go(PhaseKind.PUBLISH)
    step = advance(cast.scope(cast.an), PhaseKind.PUBLISH)
    assert step is not None
    assert step.opens is None
    cast.year.refresh_from_db()
    assert cast.year.is_sealed
    assert open_kinds(cast.year) == []
    assert AuditEvent.objects.get().action == "year_seal"
    with pytest.raises(Refused):
        advance(cast.scope(cast.an), "")


def test_a_year_that_waits_opens_its_first_step(cast: Any, no_guards: None) -> None:
    cast.year.phases.update(opened_at=None, closed_at=None)
    advance(cast.scope(cast.officer), "")
    assert open_kinds(cast.year) == [PhaseKind.PREPARE]


def test_a_year_without_steps_is_refused(cast: Any, no_guards: None) -> None:
    cast.year.phases.all().delete()
    with pytest.raises(DomainError, match="chưa có bước nào"):
        advance(cast.scope(cast.officer), "")


def test_what_is_missing_keeps_the_step_open(cast: Any) -> None:
    cast.go(PhaseKind.PREPARE)
    Membership.objects.filter(year=cast.year).exclude(agency=cast.chair).delete()
    RoleTerm.objects.all().delete()
    with pytest.raises(DomainError) as caught:
        advance(cast.scope(cast.officer), PhaseKind.PREPARE)
    assert [problem.sentence for problem in caught.value.problems] == [
        "Cụm cần ít nhất hai đơn vị thành viên.",
        "Năm này chưa có Cụm trưởng.",
    ]
    assert open_kinds(cast.year) == [PhaseKind.PREPARE]
    assert not AuditEvent.objects.exists()


def test_only_chair_and_officer_move_the_year(cast: Any, no_guards: None) -> None:
    for user in (cast.binh, cast.chi, cast.lan, cast.observer):
        with pytest.raises(Refused, match="Cụm trưởng hoặc chuyên viên"):
            advance(cast.scope(user), PhaseKind.CARRY_OUT)
    assert open_kinds(cast.year) == [PhaseKind.CARRY_OUT]


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_presses_at_once_move_one_step(cast: Any, no_guards: None) -> None:
    scope = cast.scope(cast.an)
    outcomes = race(*[lambda: advance(scope, PhaseKind.CARRY_OUT)] * 2)
    assert sorted(step is None for step in values(outcomes)) == [False, True]
    assert open_kinds(cast.year) == [PhaseKind.SELF_SCORE]
    assert AuditEvent.objects.count() == 1


# -- the page ------------------------------------------------------------------------------------
def test_the_page_asks_before_it_moves(cast: Any, no_guards: None) -> None:
    client, url = cast.client(cast.an), cast.url("phase_advance")
    shown = client.get(url).content.decode()
    assert "Sang bước “Tự chấm”" in shown
    assert 'value="carry_out"' in shown
    answer = client.post(url, {"phase": "carry_out"})
    assert (answer.status_code, answer.url) == (302, cast.url("year_home"))
    assert said(answer) == ["Năm 2020 đã sang bước “Tự chấm”."]
    assert said(client.post(url, {"phase": "carry_out"}))[-1] == "Bước này đã được chuyển trước đó."
    assert open_kinds(cast.year) == [PhaseKind.SELF_SCORE]


def test_the_page_shows_the_list_that_the_verb_asks(cast: Any) -> None:
    cast.go(PhaseKind.PREPARE)
    Membership.objects.filter(year=cast.year).exclude(agency=cast.chair).delete()
    client, url = cast.client(cast.an), cast.url("phase_advance")
    for answer in (client.get(url), client.post(url, {"phase": "prepare"})):
        page = answer.content.decode()
        assert "Cụm cần ít nhất hai đơn vị thành viên." in page
        assert cast.url("member_list") in page
        assert "</button>" not in page.split('id="con-thieu"')[1].split("</section>")[0]
    assert open_kinds(cast.year) == [PhaseKind.PREPARE]


def test_sealing_asks_for_a_tick(cast: Any, no_guards: None) -> None:
    cast.go(PhaseKind.PUBLISH)
    client, url = cast.client(cast.an), cast.url("phase_advance")
    assert "Đóng năm 2020" in client.get(url).content.decode()
    refused = client.post(url, {"phase": "publish", "reason": ""})
    assert refused.status_code == 422
    assert "Đánh dấu vào ô này để đóng năm." in refused.content.decode()
    from_home = client.post(url, {"phase": "publish"})
    assert from_home.status_code == 422
    assert "Đánh dấu" not in from_home.content.decode()
    assert said(client.post(url, {"phase": "publish", "sure": "on"})) == ["Năm 2020 đã đóng."]
    assert step_of(cast.year).closes is None


def test_strangers_and_members(cast: Any, no_guards: None) -> None:
    url = cast.url("phase_advance")
    assert cast.client().get(url).status_code == 302
    assert cast.client(cast.dung).get(url).status_code == 404
    for user in (cast.binh, cast.chi, cast.lan, cast.observer):
        assert cast.client(user).post(url, {"phase": "carry_out"}).status_code == 403
    assert open_kinds(cast.year) == [PhaseKind.CARRY_OUT]
    assert cast.client(cast.officer).get(url).status_code == 200


def test_nonsense_is_refused(cast: Any, no_guards: None) -> None:
    client, url = cast.client(cast.an), cast.url("phase_advance")
    assert client.post(url, {"phase": "x" * 50}).status_code == 422
    assert client.post(url, {"phase": "carry_out", "reason": "x" * 400}).status_code == 422
    assert client.post(url, {"phase": "prepare"}).status_code == 302
    assert open_kinds(cast.year) == [PhaseKind.CARRY_OUT]


# -- back ----------------------------------------------------------------------------------------
def test_one_step_back_keeps_the_moments_in_the_audit(cast: Any, no_guards: None) -> None:
    advance(cast.scope(cast.an), PhaseKind.CARRY_OUT)
    now = cast.year.phases.get(kind=PhaseKind.SELF_SCORE).opened_at
    opened = step_back(cast.scope(cast.an), PhaseKind.SELF_SCORE, " Mở nhầm ")
    assert opened is not None
    assert opened.kind == PhaseKind.CARRY_OUT
    assert open_kinds(cast.year) == [PhaseKind.CARRY_OUT]
    assert cast.year.phases.get(kind=PhaseKind.SELF_SCORE).opened_at is None
    event = AuditEvent.objects.order_by("seq").last()
    assert (event.action, event.reason) == ("phase_step_back", "Mở nhầm")
    before = json.loads(event.before)
    assert (before["phase"], before["opened_at"]) == ("self_score", now.astimezone(UTC).isoformat())
    assert before["previous_closed_at"] == before["opened_at"]
    assert json.loads(event.after)["phase"] == "carry_out"


def test_back_again_does_nothing(cast: Any, no_guards: None) -> None:
    cast.go(PhaseKind.VERIFY)
    assert step_back(cast.scope(cast.an), PhaseKind.VERIFY, "Mở nhầm")
    assert step_back(cast.scope(cast.an), PhaseKind.VERIFY, "Mở nhầm") is None
    assert open_kinds(cast.year) == [PhaseKind.SELF_SCORE]
    assert AuditEvent.objects.count() == 1


def test_back_needs_a_reason_and_a_step_before(cast: Any, no_guards: None) -> None:
    for reason in ("", " \n ", "x" * 301):
        with pytest.raises(DomainError) as caught:
            step_back(cast.scope(cast.an), PhaseKind.CARRY_OUT, reason)
        assert caught.value.problems[0].field == "reason"
    cast.go(PhaseKind.PREPARE)
    with pytest.raises(DomainError, match="Không có bước nào trước"):
        step_back(cast.scope(cast.an), PhaseKind.PREPARE, "Mở nhầm")
    cast.year.phases.update(opened_at=None, closed_at=None)
    with pytest.raises(DomainError, match="Không có bước nào trước"):
        step_back(cast.scope(cast.an), "", "Mở nhầm")
    assert not AuditEvent.objects.exists()


def test_a_step_opened_again_no_longer_moves_by_itself(cast: Any, no_guards: None) -> None:
    step = cast.year.phases.filter(kind=PhaseKind.CARRY_OUT)
    step.update(planned_to=date(2020, 11, 30), moves_on=True)
    cast.go(PhaseKind.SELF_SCORE)
    step_back(cast.scope(cast.an), PhaseKind.SELF_SCORE, "Mở nhầm")
    assert step.get().moves_on is False
    assert json.loads(AuditEvent.objects.get().before)["moves_on"] is True
    assert list(advance_all_due(timezone.now())) == []


def test_only_chair_and_officer_step_back_and_never_in_a_sealed_year(cast: Any, no_guards: None) -> None:
    for user in (cast.binh, cast.chi, cast.lan, cast.observer):
        with pytest.raises(Refused, match="lùi được bước"):
            step_back(cast.scope(user), PhaseKind.CARRY_OUT, "Mở nhầm")
    scope = cast.scope(cast.officer)
    ClusterYear.objects.filter(pk=cast.year.pk).update(sealed_at=timezone.now())
    assert step_back(scope, PhaseKind.CARRY_OUT, "Mở nhầm") is None
    with pytest.raises(Refused):
        step_back(cast.scope(cast.officer), PhaseKind.CARRY_OUT, "Mở nhầm")
    assert open_kinds(cast.year) == [PhaseKind.CARRY_OUT]


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_who_step_back_at_once_go_one_step(cast: Any, no_guards: None) -> None:
    cast.go(PhaseKind.VERIFY)
    scopes = [cast.scope(cast.an), cast.scope(cast.officer)]
    outcomes = race(*[lambda scope=scope: step_back(scope, PhaseKind.VERIFY, "Mở nhầm") for scope in scopes])
    assert sorted(step is None for step in values(outcomes)) == [False, True]
    assert open_kinds(cast.year) == [PhaseKind.SELF_SCORE]
    assert AuditEvent.objects.count() == 1


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_control_without_the_lock_both_move(cast: Any, no_guards: None) -> None:
    meet = meeting_point(2)

    def careless() -> str:
        step = step_of(ClusterYear.objects.get(pk=cast.year.pk))
        meet()
        assert step.closes
        assert step.opens
        Phase.objects.filter(pk=step.closes.pk).update(closed_at=timezone.now())
        Phase.objects.filter(pk=step.opens.pk).update(opened_at=timezone.now())
        return str(step.opens.kind)

    assert values(race(careless, careless)) == [PhaseKind.SELF_SCORE] * 2  # both believe that they moved it


# -- a sealed year -------------------------------------------------------------------------------
def seal(cast: Any) -> None:
    cast.go(PhaseKind.PUBLISH)
    advance(cast.scope(cast.an), PhaseKind.PUBLISH)


def test_the_officer_opens_a_sealed_year_again_at_its_last_step(cast: Any, no_guards: None) -> None:
    seal(cast)
    with pytest.raises(DomainError, match="Ghi lý do"):
        reopen_year(cast.scope(cast.officer), "  ")
    last = reopen_year(cast.scope(cast.officer), "Thiếu một đơn vị")
    assert last is not None
    assert last.kind == PhaseKind.PUBLISH
    assert open_kinds(cast.year) == [PhaseKind.PUBLISH]
    cast.year.refresh_from_db()
    assert not cast.year.is_sealed
    event = AuditEvent.objects.order_by("seq").last()
    assert (event.action, event.reason) == ("year_reopen", "Thiếu một đơn vị")
    assert json.loads(event.before)["sealed_at"]
    assert reopen_year(cast.scope(cast.officer), "Thiếu một đơn vị") is None
    assert AuditEvent.objects.count() == 2


def test_nobody_else_opens_a_sealed_year(cast: Any, no_guards: None) -> None:
    seal(cast)
    for user in (cast.an, cast.binh, cast.chi, cast.observer):
        with pytest.raises(Refused, match="Chỉ chuyên viên"):
            reopen_year(cast.scope(user), "Thiếu một đơn vị")
    cast.year.refresh_from_db()
    assert cast.year.is_sealed


# -- pages of going back -------------------------------------------------------------------------
def test_the_page_of_going_back_asks_why(cast: Any, no_guards: None) -> None:
    client, url = cast.client(cast.an), cast.url("phase_step_back")
    shown = client.get(url).content.decode()
    assert "Lùi về bước “Phát động”" in shown
    assert 'value="carry_out"' in shown
    empty = client.post(url, {"phase": "carry_out", "reason": ""})
    assert empty.status_code == 422
    assert "Ghi lý do lùi bước" in empty.content.decode()
    assert client.post(url, {}).status_code == 422
    assert said(client.post(url, {"phase": "carry_out", "reason": "Mở nhầm"})) == [
        "Năm 2020 đã lùi về bước “Phát động”."
    ]
    assert said(client.post(url, {"phase": "carry_out", "reason": "Mở nhầm"}))[-1] == (
        "Bước này đã được chuyển trước đó."
    )
    assert open_kinds(cast.year) == [PhaseKind.LAUNCH]
    cast.go(PhaseKind.PREPARE)
    assert "Không có bước nào để lùi lại" in client.get(url).content.decode()


def test_strangers_and_members_do_not_go_back(cast: Any, no_guards: None) -> None:
    url = cast.url("phase_step_back")
    assert cast.client().get(url).status_code == 302
    assert cast.client(cast.dung).get(url).status_code == 404
    for user in (cast.binh, cast.chi, cast.lan, cast.observer):
        assert cast.client(user).get(url).status_code == 403
        assert cast.client(user).post(url, {"phase": "carry_out", "reason": "x"}).status_code == 403
    assert url not in cast.client(cast.chi).get(cast.url("calendar")).content.decode()
    assert url in cast.client(cast.an).get(cast.url("calendar")).content.decode()


def test_the_page_of_opening_again(cast: Any, no_guards: None) -> None:
    url = cast.url("year_reopen")
    client = cast.client(cast.officer)
    assert "Năm này đang mở" in client.get(url).content.decode()
    assert url not in client.get(cast.url("calendar")).content.decode()
    seal(cast)
    assert url in client.get(cast.url("calendar")).content.decode()
    assert client.post(url, {"reason": ""}).status_code == 422
    assert said(client.post(url, {"reason": "Thiếu một đơn vị"})) == ["Năm 2020 đã được mở lại."]
    assert said(client.post(url, {"reason": "Thiếu một đơn vị"}))[-1] == "Năm 2020 đang mở."
    for user, status in ((None, 302), (cast.dung, 404), (cast.an, 403), (cast.binh, 403), (cast.chi, 403)):
        assert cast.client(user).post(url, {"reason": "x"}).status_code in {
            status,
            401 if user is None else status,
        }


def test_the_page_of_moving_on_tells_who_still_has_time(cast: Any, no_guards: None) -> None:
    step = cast.year.phases.get(kind=PhaseKind.CARRY_OUT)
    PhaseExtensionFactory(phase=step, agency=cast.member, until=date(2199, 1, 31))
    PhaseExtensionFactory(phase=step, agency=cast.other, until=date(2020, 1, 31))
    shown = cast.client(cast.an).get(cast.url("phase_advance")).content.decode()
    assert "Cục Thống kê: bước “Thực hiện” đến hết 31/01/2199" in shown
    assert "Bảo hiểm xã hội: bước" not in shown
