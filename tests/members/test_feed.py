"""One's own calendar link: a secret shown once, renewed, revoked; the file behind it (R12: nothing to guess)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.messages import get_messages
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar

from core import audit
from core.models import AuditEvent
from members.domain.feeds import hash_of, make_link, owner_of, revoke_link
from members.enums import PhaseKind
from members.models import CalendarFeed, CarryOver, ClusterYear, Person
from tests.factories import (
    ClusterYearFactory,
    ConferenceFactory,
    MembershipFactory,
    OfficerFactory,
    PersonFactory,
    RoleTermFactory,
)
from tests.factories.governance import PhaseExtensionFactory
from tests.support.race import race, values

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_november() -> Iterator[None]:
    with time_machine.travel("2020-11-20T08:00:00+07:00", tick=False):
        yield


@pytest.fixture
def planned(cast: Any) -> Any:
    cast.year.phases.filter(kind=PhaseKind.CARRY_OUT).update(
        planned_from=date(2020, 3, 1), planned_to=date(2020, 11, 30)
    )
    return cast


def address(secret: str) -> str:
    return reverse("calendar_feed", kwargs={"secret": secret})


def read(secret: str) -> Any:
    """The calendar as a phone would read it."""
    answer = Client().get(address(secret))
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    return Calendar.from_ical(answer.content)


def summaries(secret: str) -> list[str]:
    return [str(entry["SUMMARY"]) for entry in read(secret).walk("VEVENT")]


# -- the link ------------------------------------------------------------------------------------
def test_the_secret_has_256_bits_and_only_its_hash_is_kept(cast: Any) -> None:
    secret = make_link(cast.chi.pk)
    assert re.fullmatch(r"[A-Za-z0-9_-]{43}", secret)
    feed = CalendarFeed.objects.get()
    assert feed.token_hash == hash_of(secret) != secret
    event = AuditEvent.objects.get(chain=audit.SITE)
    assert (event.action, event.actor_id, event.target_id) == (
        "calendar_link_make", cast.chi.pk, str(cast.chi.pk),
    )  # fmt: skip
    assert secret not in event.after
    assert hash_of(secret) not in event.after
    assert list(audit.verify(audit.SITE)) == []


def test_a_new_link_kills_the_old_one(planned: Any) -> None:
    first, second = make_link(planned.chi.pk), make_link(planned.chi.pk)
    assert Client().get(address(first)).status_code == 404
    assert summaries(second)
    assert json.loads(AuditEvent.objects.order_by("seq").last().after)["revoked"]


def test_a_stolen_link_can_be_revoked(planned: Any) -> None:
    stolen = make_link(planned.chi.pk)
    assert summaries(stolen)
    assert revoke_link(planned.chi.pk) is True
    assert Client().get(address(stolen)).status_code == 404
    assert revoke_link(planned.chi.pk) is False
    assert [event.action for event in AuditEvent.objects.order_by("seq")] == [
        "calendar_link_make", "calendar_link_revoke",
    ]  # fmt: skip


def test_unknown_revoked_and_disabled_look_the_same(planned: Any) -> None:
    revoked, disabled = make_link(planned.chi.pk), make_link(planned.lan.pk)
    revoke_link(planned.chi.pk)
    planned.lan.is_active = False
    planned.lan.save()
    tried = [revoked, disabled, "A" * 43, "ngắn", "A" * 300, "%00"]
    answers = [Client().get(address(secret)) for secret in tried]
    assert {answer.status_code for answer in answers} == {404}
    assert {answer.content for answer in answers} == {"Không có lịch ở địa chỉ này.".encode()}
    assert {answer.headers["Cache-Control"] for answer in answers} == {"private, no-store"}
    assert not any(answer.cookies for answer in answers)


def test_nonsense_asks_the_database_nothing(db: None) -> None:
    with CaptureQueriesContext(connection) as seen:
        assert owner_of("nothing") is None
    assert len(seen) == 0


def test_the_database_keeps_one_live_link_for_each_person(cast: Any) -> None:
    make_link(cast.chi.pk)
    with pytest.raises(IntegrityError, match=r"calendarfeed_one_live|user_id"), transaction.atomic():
        CalendarFeed.objects.create(user=cast.chi, token_hash="x")


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_links_made_at_once_leave_one_alive(cast: Any) -> None:
    made = values(race(*[lambda: make_link(cast.chi.pk)] * 2))
    assert len(made) == 2
    assert sum(owner_of(secret) is not None for secret in made) == 1


# -- the file ------------------------------------------------------------------------------------
def test_days_are_whole_days_with_an_open_end(planned: Any) -> None:
    file = read(make_link(planned.chi.pk))
    assert (str(file["VERSION"]), str(file["METHOD"])) == ("2.0", "PUBLISH")
    due = next(entry for entry in file.walk("VEVENT") if "Hạn bước" in str(entry["SUMMARY"]))
    assert str(due["SUMMARY"]) == "Hạn bước “Thực hiện” · Cơ quan Trung ương 2020"
    assert (due["DTSTART"].dt, due["DTEND"].dt) == (date(2020, 11, 30), date(2020, 12, 1))
    assert due["DTSTART"].params["VALUE"] == "DATE"
    assert str(due["URL"]) == f"http://testserver{planned.url('calendar')}"
    uids = [str(entry["UID"]) for entry in file.walk("VEVENT")]
    assert len(set(uids)) == len(uids)


def test_the_mark_of_an_event_stays_when_its_day_moves(planned: Any) -> None:
    def marks() -> set[str]:
        return {str(entry["UID"]) for entry in read(secret).walk("VEVENT")}

    secret = make_link(planned.chi.pk)
    before = marks()
    planned.year.phases.filter(kind=PhaseKind.CARRY_OUT).update(planned_to=date(2020, 12, 5))
    assert marks() == before


def test_extensions_are_those_of_the_own_agencies(planned: Any) -> None:
    step = planned.year.phases.get(kind=PhaseKind.CARRY_OUT)
    for agency in (planned.member, planned.other, planned.deputy):
        PhaseExtensionFactory(phase=step, agency=agency, until=date(2020, 12, 8))
    CarryOver.objects.create(
        year=planned.year, predecessor=planned.deputy, successor=planned.member, decision_number="12/QĐ"
    )
    told = [line for line in summaries(make_link(planned.chi.pk)) if "gia hạn" in line]
    assert len(told) == 2
    assert any("Cục Thống kê" in line for line in told)
    assert not any("Bảo hiểm xã hội" in line for line in told)
    assert not [line for line in summaries(make_link(planned.officer.pk)) if "gia hạn" in line]


def test_every_year_of_today_and_no_other(planned: Any) -> None:
    second = ClusterYearFactory(label="2020", cluster__short_name="Khối thi đua B")
    MembershipFactory(year=second, agency=planned.member)
    second.phases.filter(order=3).update(planned_to=date(2020, 12, 15))
    away = ClusterYearFactory(label="2020", cluster__short_name="Cụm lạ")
    away.phases.filter(order=3).update(planned_to=date(2020, 12, 15))
    told = " ".join(summaries(make_link(planned.chi.pk)))
    assert "Cơ quan Trung ương 2020" in told
    assert "Khối thi đua B 2020" in told
    assert "Cụm lạ" not in told


def test_long_past_days_are_left_out(planned: Any) -> None:
    old = ClusterYearFactory(cluster=planned.cluster, label="2017")
    old.phases.filter(order=3).update(planned_to=date(2017, 11, 30))
    MembershipFactory(year=old, agency=planned.member)
    assert not [line for line in summaries(make_link(planned.chi.pk)) if line.endswith("2017")]


def test_when_the_function_ends_the_calendar_is_empty_at_once(planned: Any) -> None:
    secret = make_link(planned.chi.pk)
    assert summaries(secret)
    Person.objects.filter(user=planned.chi).update(ends_on=timezone.localdate() + timedelta(days=1))
    assert summaries(secret)
    with time_machine.travel("2020-11-21T00:00:00+07:00", tick=False):
        assert summaries(secret) == []


def test_no_persons_name_and_no_mail(planned: Any) -> None:
    planned.chi.first_name, planned.chi.email = "Chi Thị Nguyễn", "chi@example.vn"
    planned.chi.save()
    body = Client().get(address(make_link(planned.chi.pk))).content.decode()
    for name in ("Nguyễn", "chi@example.vn", planned.chi.username):
        assert name not in body


def test_it_works_without_session_and_for_head_and_is_kept_nowhere(planned: Any) -> None:
    secret = make_link(planned.chi.pk)
    answer = Client().head(address(secret))
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert "Cookie" not in answer.headers.get("Vary", "")
    assert not answer.cookies
    assert Client().post(address(secret)).status_code == 405
    assert Client().get("/en" + address(secret)).status_code == 200


def test_the_file_costs_the_same_for_any_number_of_years(planned: Any) -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as seen:
            read(secret)
        return len(seen)

    secret = make_link(planned.chi.pk)
    PhaseExtensionFactory(phase=planned.year.phases.get(order=3), agency=planned.member)
    one = count()
    for number in range(3):
        year = ClusterYearFactory(label="2020", cluster__slug=f"khac-{number}")
        MembershipFactory(year=year, agency=planned.member)
        RoleTermFactory(cluster=year.cluster)
        ConferenceFactory(year=year)
        year.phases.update(planned_to=date(2020, 12, 15))
        PhaseExtensionFactory(phase=year.phases.get(order=3), agency=planned.member)
    assert count() == one


def test_an_officer_of_every_cluster_gets_every_cluster(planned: Any) -> None:
    other = ClusterYearFactory(label="2020", cluster__short_name="Khối thi đua B")
    other.phases.filter(order=3).update(planned_to=date(2020, 12, 15))
    ClusterYear.objects.filter(pk=planned.year.pk).update(sealed_at=timezone.now())
    told = " ".join(summaries(make_link(OfficerFactory().user.pk)))
    assert "Khối thi đua B 2020" in told
    assert "Cơ quan Trung ương 2020" in told  # sealed, but of this year


# -- the page ------------------------------------------------------------------------------------
def said(answer: Any) -> list[str]:
    return [str(message) for message in get_messages(answer.wsgi_request)]


def test_the_link_is_shown_once(planned: Any) -> None:
    client, url = planned.client(planned.chi), reverse("feed")
    assert "Chưa có liên kết nào." in client.get(url).content.decode()
    page = client.post(url, {"do": "make"}).content.decode()
    (link,) = re.findall(r'value="(http://testserver/lich/[^"]+\.ics)"', page)
    assert Client().get(link).status_code == 200
    assert link.replace("http:", "webcal:") in page
    again = client.get(url).content.decode()
    assert ".ics" not in again
    assert "Đang có một liên kết, tạo lúc 08:00 20/11/2020." in again
    assert said(client.post(url, {"do": "revoke"})) == ["Đã thu hồi liên kết lịch."]
    assert Client().get(link).status_code == 404
    assert said(client.post(url, {"do": "revoke"}))[-1] == "Không có liên kết lịch nào đang dùng."


def test_the_page_is_ones_own(planned: Any) -> None:
    url = reverse("feed")
    assert Client().get(url).status_code == 302
    assert planned.client(planned.chi).post(url, {"do": "x"}).status_code == 400
    assert planned.client(planned.chi).post(url, {}).status_code == 400
    assert planned.client(planned.chi).put(url).status_code == 405
    assert planned.client(PersonFactory().user).get(url).status_code == 200
    assert not CalendarFeed.objects.exists()
