"""The calendar of a year: its events, its page, the form of the planned days."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
import time_machine
from django.contrib.messages import get_messages
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from core.errors import DomainError, Refused, Stale
from core.models import AuditEvent
from members import calendar
from members.calendar import Event, events, of_agencies
from members.domain.calendar import Planned, mark_of, plan_of, plan_year, remarks_on
from members.enums import PhaseKind, Role
from members.models import AgencyName, ClusterYear, Phase, RoleTerm
from members.queries import phases_of
from members.views.calendar import step_row
from tests.factories import (
    ActivityFactory,
    ClusterYearFactory,
    ConferenceFactory,
    MembershipFactory,
    RoleTermFactory,
)
from tests.factories.governance import PhaseExtensionFactory

pytestmark = pytest.mark.django_db
DAYS = {
    PhaseKind.PREPARE: Planned(date(2020, 1, 1), date(2020, 1, 31)),
    PhaseKind.LAUNCH: Planned(date(2020, 2, 1), date(2020, 2, 29)),
    PhaseKind.CARRY_OUT: Planned(date(2020, 3, 1), date(2020, 11, 30), moves_on=True),
    PhaseKind.SELF_SCORE: Planned(date(2020, 12, 1), date(2020, 12, 10)),
}


@pytest.fixture(autouse=True)
def _in_november() -> Iterator[None]:
    with time_machine.travel("2020-11-20T08:00:00+07:00", tick=False):
        yield


def full(**more: Planned) -> dict[str, Planned]:
    return {**{kind: Planned() for kind in PhaseKind.values}, **DAYS, **more}


def mark(cast: Any) -> str:
    return mark_of(plan_of(phases_of(cast.year)))


def problems(cast: Any, plan: dict[str, Planned]) -> dict[str, str]:
    with pytest.raises(DomainError) as caught:
        plan_year(cast.scope(cast.an), plan, mark(cast))
    return {problem.field: problem.sentence for problem in caught.value.problems}


# -- the days of the steps -----------------------------------------------------------------------
def test_all_steps_in_one_go_with_both_days_in_the_audit(cast: Any) -> None:
    changed = plan_year(cast.scope(cast.an), full(), mark(cast), "Kế hoạch 12/KH")
    assert changed is not None
    assert set(changed) == set(DAYS)
    assert plan_of(phases_of(cast.year)) == full()
    event = AuditEvent.objects.get()
    assert (event.action, event.reason, event.actor_id) == ("calendar_edit", "Kế hoạch 12/KH", cast.an.pk)
    assert json.loads(event.before)["carry_out"] == {
        "planned_from": None,
        "planned_to": None,
        "moves_on": False,
    }
    assert json.loads(event.after)["carry_out"]["planned_to"] == "2020-11-30"
    assert "verify" not in json.loads(event.after)


def test_nothing_new_leaves_no_event(cast: Any) -> None:
    plan_year(cast.scope(cast.an), full(), mark(cast))
    assert plan_year(cast.scope(cast.an), full(), mark(cast)) is None
    assert plan_year(cast.scope(cast.an), full(), "an old mark") is None  # the same press twice
    assert AuditEvent.objects.count() == 1


def test_a_stale_plan_overwrites_nothing(cast: Any) -> None:
    old = mark(cast)
    plan_year(cast.scope(cast.an), full(), old)
    with pytest.raises(Stale) as caught:
        plan_year(cast.scope(cast.officer), full(prepare=Planned(date(2020, 1, 2))), old)
    assert caught.value.current == full()


def test_a_last_day_in_the_past_closes_nothing(cast: Any) -> None:
    late = full(carry_out=Planned(date(2020, 3, 1), date(2020, 11, 1)))
    plan_year(cast.scope(cast.an), late, mark(cast))
    assert cast.scope(cast.chi).open_phase == PhaseKind.CARRY_OUT


def test_nonsense_is_refused_beside_its_field(cast: Any) -> None:
    assert problems(cast, full(launch=Planned(date(2020, 2, 10), date(2020, 2, 9)))) == {
        "launch-last": "Ngày kết thúc không thể trước ngày bắt đầu."
    }
    assert problems(cast, full(verify=Planned(date(2202, 1, 1)))) == {
        "verify-first": "Ngày 01/01/2202 quá xa năm 2020."
    }
    assert problems(cast, full(verify=Planned(moves_on=True))) == {
        "verify-moves_on": "Muốn tự chuyển bước thì phải có ngày hết hạn."
    }
    assert problems(cast, full(publish=Planned(None, date(2021, 1, 5), moves_on=True))) == {
        "publish-moves_on": "Bước cuối không tự đóng: đóng năm luôn do người quyết định."
    }
    assert problems(cast, full(self_score=Planned(date(2020, 2, 20), date(2020, 11, 29)))) == {
        "self_score-first": "Bước “Tự chấm” không thể bắt đầu trước bước “Thực hiện” (01/03/2020).",
        "self_score-last": "Bước “Tự chấm” không thể kết thúc trước bước “Thực hiện” (30/11/2020).",
    }
    assert not AuditEvent.objects.exists()


def test_an_overdue_open_step_is_moved_on_by_hand(cast: Any) -> None:
    overdue = full(carry_out=Planned(date(2020, 3, 1), date(2020, 11, 1), moves_on=True))
    assert "carry_out-moves_on" in problems(cast, overdue)
    plan_year(cast.scope(cast.an), full(), mark(cast))
    with time_machine.travel("2020-12-02T08:00:00+07:00"):  # ticked in time, waiting for what is missing
        assert plan_year(cast.scope(cast.an), full(verify=Planned(None, date(2020, 12, 20))), mark(cast))


def test_a_year_that_drags_on_may_be_planned_from_today(cast: Any) -> None:
    drags = {**full(), "carry_out": Planned(), "verify": Planned(date(2026, 11, 25), date(2026, 12, 20))}
    assert "quá xa" in problems(cast, drags)["verify-first"]
    with time_machine.travel("2026-11-23T08:00:00+07:00"):
        assert plan_year(cast.scope(cast.an), drags, mark(cast))


def test_overlapping_days_are_allowed_and_told() -> None:
    plan = full(self_score=Planned(date(2020, 11, 30), date(2020, 12, 10)))
    assert remarks_on(full()) == []
    (remark,) = remarks_on(plan)
    assert "Bước “Tự chấm” dự kiến bắt đầu 30/11/2020" in remark


def test_only_chair_and_officer_plan_an_unsealed_year(cast: Any) -> None:
    for user in (cast.binh, cast.chi, cast.lan, cast.observer):
        with pytest.raises(Refused, match="sửa được lịch"):
            plan_year(cast.scope(user), full(), mark(cast))
    scope = cast.scope(cast.officer)
    ClusterYear.objects.filter(pk=cast.year.pk).update(sealed_at=datetime(2020, 11, 1, tzinfo=UTC))
    with pytest.raises(Refused):
        plan_year(scope, full(), mark(cast))
    assert not AuditEvent.objects.exists()


def test_the_database_keeps_days_in_order_and_a_day_for_moving_on(cast: Any) -> None:
    step = cast.year.phases.filter(kind=PhaseKind.VERIFY)
    with pytest.raises(IntegrityError, match="phase_planned"), transaction.atomic():
        step.update(planned_from=date(2020, 2, 2), planned_to=date(2020, 2, 1))
    with pytest.raises(IntegrityError, match="phase_moves_on_a_day"), transaction.atomic():
        step.update(moves_on=True)


# -- words of lateness ---------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("opened", "closed", "today", "words"),
    [
        ("2020-03-01", None, date(2020, 11, 26), ("Đang mở", "còn 4 ngày")),
        ("2020-03-01", None, date(2020, 11, 30), ("Đang mở", "hạn hôm nay")),
        ("2020-03-01", None, date(2020, 12, 3), ("Đang mở", "quá hạn 3 ngày")),
        ("2020-03-01", "2020-11-30", date(2020, 12, 3), ("Đã xong", "")),
        ("2020-03-01", "2020-12-02", date(2020, 12, 3), ("Đã xong", "đóng muộn 2 ngày")),
        (None, None, date(2020, 3, 1), ("Chưa mở", "")),
        (None, None, date(2020, 3, 6), ("Chưa mở", "chậm mở 5 ngày")),
    ],
)
def test_where_a_step_stands_in_words(opened: Any, closed: Any, today: date, words: tuple[str, str]) -> None:
    def moment(day: str | None) -> datetime | None:
        return datetime.fromisoformat(f"{day}T23:30:00+07:00") if day else None

    step = Phase(
        kind=PhaseKind.CARRY_OUT, order=3, planned_from=date(2020, 3, 1), planned_to=date(2020, 11, 30),
        opened_at=moment(opened), closed_at=moment(closed),
    )  # fmt: skip
    row = step_row(step, today)
    assert (row["state"], row["late"]) == words


# -- events --------------------------------------------------------------------------------------
def test_every_source_tells_its_days_in_time(cast: Any) -> None:
    plan_year(cast.scope(cast.an), full(), mark(cast))
    step = cast.year.phases.get(kind=PhaseKind.CARRY_OUT)
    PhaseExtensionFactory(phase=step, agency=cast.member, until=date(2020, 12, 8))
    ConferenceFactory(year=cast.year, title="Hội nghị tổng kết", held_on=date(2021, 1, 5))
    RoleTerm.objects.filter(agency=cast.chair).update(ends_on=date(2020, 7, 1))
    RoleTermFactory(cluster=cast.cluster, agency=cast.other, role=Role.CHAIR, starts_on=date(2020, 7, 1))
    AgencyName.objects.filter(agency=cast.other).update(valid_to=date(2020, 7, 1))
    AgencyName.objects.create(
        agency=cast.other, name="Bảo hiểm xã hội khu vực", short_name="BHXH khu vực", sort_key="x",
        valid_from=date(2020, 7, 1),
    )  # fmt: skip
    found = [event for event in events([cast.year]) if event.kind not in ("handover", "deadline")]
    told = [(event.day, event.kind, event.title) for event in found]
    assert (date(2020, 11, 30), "step_to", "Hạn bước “Thực hiện”") in told
    assert (date(2020, 3, 1), "step_from", "Bắt đầu bước “Thực hiện”") in told
    assert (date(2020, 12, 8), "extension", "Hết gia hạn bước “Thực hiện” của Cục Thống kê") in told
    assert (date(2020, 6, 30), "term", "Ngày cuối Ngân hàng Nhà nước làm Cụm trưởng") in told
    assert (date(2020, 7, 1), "term", "BHXH khu vực bắt đầu làm Cụm trưởng") in told
    assert (date(2021, 1, 5), "conference", "Hội nghị tổng kết") in told
    assert [event.day for event in found] == sorted(event.day for event in found)
    assert len({(event.kind, event.key) for event in found}) == len(found)
    assert {event.agency_id for event in found if event.kind == "extension"} == {cast.member.pk}


def test_terms_of_other_years_and_clusters_are_not_of_this_one(cast: Any) -> None:
    RoleTermFactory(
        cluster=cast.cluster, agency=cast.member, role=Role.DEPUTY, order=2, starts_on=date(2021, 1, 5)
    )
    RoleTermFactory(starts_on=date(2020, 5, 1))
    assert {event.day for event in events([cast.year]) if event.kind == "term"} == {date(2020, 1, 1)}


def test_many_years_cost_as_many_queries_as_one(cast: Any) -> None:
    def count(years: list[ClusterYear]) -> int:
        with CaptureQueriesContext(connection) as seen:
            events(years)
        return len(seen)

    years = [cast.year]
    PhaseExtensionFactory(phase=cast.year.phases.get(order=3), agency=cast.member)
    one = count(years)
    for number in range(4):
        year = ClusterYearFactory(label="2020", cluster__slug=f"khac-{number}")
        PhaseExtensionFactory(phase=year.phases.get(order=3), agency=MembershipFactory(year=year).agency)
        RoleTermFactory(cluster=year.cluster)
        ConferenceFactory(year=year)
        years.append(year)
    assert count(years) == one
    assert events([]) == []


def test_a_source_is_asked_and_agencies_see_their_own(monkeypatch: pytest.MonkeyPatch, cast: Any) -> None:
    day = date(2020, 5, 1)
    for_all, for_one = Event(1, day, day, "A", "x"), Event(1, day, day, "B", "x", agency_id=7)
    monkeypatch.setattr(calendar, "_sources", [])
    calendar.source(lambda _years: [for_one, for_all])
    assert events([cast.year]) == [for_one, for_all]
    assert of_agencies([for_one, for_all], {}) == [for_all]
    assert of_agencies([for_one, for_all], {1: [7]}) == [for_one, for_all]
    assert of_agencies([for_one, for_all], {2: [7]}) == [for_all]


# -- the page ------------------------------------------------------------------------------------
def text(cast: Any, user: Any, name: str = "calendar") -> str:
    answer = cast.client(user).get(cast.url(name))
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def test_every_insider_sees_steps_extensions_and_days(cast: Any) -> None:
    plan_year(cast.scope(cast.an), full(), mark(cast))
    step = cast.year.phases.get(order=3)
    PhaseExtensionFactory(phase=step, agency=cast.member, until=date(2020, 12, 8), reason="Bão số 3")
    for user in (cast.an, cast.binh, cast.chi, cast.lan, cast.officer, cast.observer):
        page = text(cast, user)
        assert "01/03/2020 – 30/11/2020" in page
        assert "Tự chuyển khi hết hạn" in page
        assert "Còn 10 ngày" in page
        assert "Bão số 3" in page
        assert "Ngân hàng Nhà nước bắt đầu làm Cụm trưởng" in page
    assert "Đơn vị của bạn" in text(cast, cast.chi)


def test_buttons_are_those_one_may_press(cast: Any) -> None:
    PhaseExtensionFactory(phase=cast.year.phases.get(order=3), agency=cast.member, until=date(2020, 12, 8))
    names = ("calendar_edit", "extension_add", "phase_advance", "phase_step_back")
    for user, seen in (
        (cast.an, set(names)),
        (cast.officer, set(names)),
        (cast.binh, {"extension_add"}),
        (cast.chi, set()),
        (cast.observer, set()),
    ):
        page = cast.client(user).get(cast.url("calendar")).content.decode()
        assert {name for name in names if f'"{cast.url(name)}"' in page} == seen
        assert ("thu-hoi" in page) is (user in (cast.an, cast.officer))


def test_who_is_late_is_told_to_those_who_lead_and_to_the_agency(cast: Any) -> None:
    plan_year(cast.scope(cast.an), full(), mark(cast))
    ActivityFactory(year=cast.year, agency=cast.member)
    with time_machine.travel("2020-12-03T08:00:00+07:00", tick=False):
        for user in (cast.an, cast.binh, cast.officer, cast.observer):
            page = text(cast, cast.new_session(user))
            assert "Cục Thống kê Còn 1 hoạt động chưa gửi, quá hạn 3 ngày" in page
            assert "Bảo hiểm xã hội Chưa ghi hoạt động nào, quá hạn 3 ngày" in page
        page = text(cast, cast.new_session(cast.chi))
        assert "Cục Thống kê Còn 1 hoạt động chưa gửi" in page
        assert "Bảo hiểm xã hội Chưa ghi" not in page


def test_outsiders_see_nothing(cast: Any) -> None:
    for name in ("calendar", "calendar_edit"):
        assert cast.client().get(cast.url(name)).status_code == 302
        assert cast.client(cast.dung).get(cast.url(name)).status_code == 404
    assert cast.client(cast.an).post(cast.url("calendar")).status_code == 405


def test_the_page_costs_the_same_for_any_number_of_rows(cast: Any) -> None:
    client = cast.client(cast.an)

    def count() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert client.get(cast.url("calendar")).status_code == 200
        return len(seen)

    plan_year(cast.scope(cast.an), full(carry_out=Planned(None, date(2020, 11, 1))), mark(cast))
    step = cast.year.phases.get(order=3)
    PhaseExtensionFactory(phase=step, agency=cast.member, until=date(2020, 12, 8))
    client.get(cast.url("calendar"))
    one = count()
    PhaseExtensionFactory(phase=step, agency=cast.other, until=date(2020, 12, 8))
    PhaseExtensionFactory(phase=step, agency=cast.deputy, until=date(2020, 12, 9))
    ConferenceFactory(year=cast.year)
    assert count() == one


# -- the form ------------------------------------------------------------------------------------
def sent(cast: Any, **more: str) -> dict[str, str]:
    data = {"mark": mark(cast), "reason": ""}
    data |= {f"{kind}-{end}": "" for kind in PhaseKind.values for end in ("first", "last")}
    return (
        data
        | {"carry_out-first": "1/3/2020", "carry_out-last": "30.11.2020", "carry_out-moves_on": "on"}
        | more
    )


def said(answer: Any) -> list[str]:
    return [str(message) for message in get_messages(answer.wsgi_request)]


def test_the_form_saves_all_steps(cast: Any) -> None:
    client, url = cast.client(cast.an), cast.url("calendar_edit")
    assert client.get(url).status_code == 200
    answer = client.post(url, sent(cast))
    assert (answer.status_code, answer.url) == (302, cast.url("calendar"))
    assert said(answer) == ["Đã lưu lịch năm 2020."]
    assert plan_of(phases_of(cast.year))[PhaseKind.CARRY_OUT] == DAYS[PhaseKind.CARRY_OUT]
    assert 'value="30/11/2020"' in client.get(url).content.decode()
    same = client.post(url, sent(cast))
    assert said(same)[-1] == "Lịch của năm không có gì thay đổi."
    overlapping = client.post(url, sent(cast, **{"self_score-first": "30/11/2020"}))
    assert "bước sau chỉ mở khi bước trước đã đóng" in said(overlapping)[-1]


def test_what_was_typed_stays(cast: Any) -> None:
    answer = cast.client(cast.an).post(cast.url("calendar_edit"), sent(cast, **{"verify-first": "31/2/2020"}))
    assert answer.status_code == 422
    page = answer.content.decode()
    assert 'value="31/2/2020"' in page
    assert 'value="30.11.2020"' in page
    wrong = cast.client(cast.an).post(
        cast.url("calendar_edit"), sent(cast, **{"self_score-last": "1/11/2020"})
    )
    assert wrong.status_code == 422
    assert "không thể kết thúc trước bước “Thực hiện”" in wrong.content.decode()
    assert cast.client(cast.an).post(cast.url("calendar_edit"), {"mark": "x" * 99}).status_code == 422
    assert not AuditEvent.objects.exists()


def test_a_conflict_shows_both_and_a_second_press_overwrites(cast: Any) -> None:
    client, url = cast.client(cast.an), cast.url("calendar_edit")
    mine = sent(cast)
    plan_year(
        cast.scope(cast.officer), full(carry_out=Planned(date(2020, 3, 1), date(2020, 11, 25))), mark(cast)
    )
    answer = client.post(url, mine)
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "Người khác vừa sửa lịch này." in page
    assert "01/03/2020 – 25/11/2020" in page
    (fresh,) = re.findall(r'name="mark" value="([0-9a-f]+)"', page)
    assert client.post(url, {**mine, "mark": fresh}).status_code == 302
    assert plan_of(phases_of(cast.year))[PhaseKind.CARRY_OUT].last == date(2020, 11, 30)


def test_members_do_not_edit(cast: Any) -> None:
    for user in (cast.binh, cast.chi, cast.observer):
        assert cast.client(user).get(cast.url("calendar_edit")).status_code == 403
        assert cast.client(user).post(cast.url("calendar_edit"), sent(cast)).status_code == 403
    assert not Phase.objects.filter(planned_to__isnull=False).exists()
