"""Moving a year from step to step, and its page."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.messages import get_messages

from core import audit
from core.errors import DomainError, Refused
from core.models import AuditEvent
from members import guards
from members.domain.phases import advance, step_of
from members.enums import PhaseKind
from members.models import ClusterYear, Membership, Phase, RoleTerm
from tests.support.race import race, values

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
