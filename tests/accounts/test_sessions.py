"""Sessions: how long they last, what is not lost when they end, the list, signing out from afar."""

from __future__ import annotations

import time
from datetime import date
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from core.accounts_sessions import device_words, end_sessions, sessions_of
from core.models import AuditEvent
from members.models import Person, RoleTerm
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db

SIGN_IN = "/tai-khoan/dang-nhap/"
WORK = "/lam-viec/"
LIST = "/tai-khoan/phien/"
SECRET = "một câu ngắn dễ nhớ"
MINUTE, HOUR = 60, 3600


@pytest.fixture
def clerk() -> Any:
    user = UserFactory(username="mai")
    user.set_password(SECRET)
    user.save()
    return user


@pytest.fixture
def clock(time_machine: Any) -> Any:
    time_machine.move_to(time.time(), tick=False)
    return time_machine


def sign_in(agent: str = "", address: str = "10.0.0.1", name: str = "mai", **more: Any) -> Client:
    client = Client(HTTP_USER_AGENT=agent, REMOTE_ADDR=address)
    assert client.post(SIGN_IN, {"login": name, "password": SECRET, **more}).status_code == 302
    return client


# -- R6: how long a session lasts ----------------------------------------------------------------
@pytest.mark.parametrize(("minutes", "status"), [(29, 200), (32, 302)])
def test_r6_an_idle_session_is_over_after_half_an_hour(
    clerk: Any, clock: Any, minutes: int, status: int
) -> None:
    client = sign_in()
    clock.shift(minutes * MINUTE)
    answer = client.get(WORK)
    assert answer.status_code == status
    if status == 302:
        assert answer["Location"] == f"{SIGN_IN}?next={WORK}&ly-do=nghi"
        page = client.get(answer["Location"])
        assert "Phiên làm việc đã hết vì 30 phút không thao tác." in page.text
        assert f'name="next" value="{WORK}"' in page.text
        assert Session.objects.count() == 0


def test_r6_working_keeps_a_session_until_twelve_hours(clerk: Any, clock: Any) -> None:
    client = sign_in()
    for _turn in range(25):
        clock.shift(28 * MINUTE)
        assert client.get(WORK).status_code == 200
    clock.shift(25 * MINUTE)
    answer = client.get(WORK)
    assert answer["Location"].endswith("ly-do=lau")
    assert "Phiên làm việc đã đến hạn, tối đa 12 giờ." in client.get(answer["Location"]).text


def test_r6_the_limits_are_settings(clerk: Any, clock: Any, settings: Any) -> None:
    settings.SESSION_IDLE_MINUTES = 5
    client = sign_in()
    clock.shift(7 * MINUTE)
    assert client.get(WORK).status_code == 302


def test_r6_a_remembered_browser_is_never_idle_and_has_an_end_of_its_own(clerk: Any, clock: Any) -> None:
    client = sign_in(remember="on")
    clock.shift(13 * 24 * HOUR)
    assert client.get(WORK).status_code == 200
    clock.shift(26 * HOUR)
    assert client.get(WORK).status_code == 302


def test_r6_without_the_choice_nobody_is_remembered(clerk: Any, settings: Any) -> None:
    settings.SESSION_REMEMBER_DAYS = 0
    assert 'name="remember"' not in Client().get(SIGN_IN).text
    assert sign_in(remember="on").cookies["sessionid"]["max-age"] == ""


@pytest.mark.parametrize(("who", "remembered"), [("chi", True), ("an", False), ("binh", False), ("officer", False),
                                                 ("root", False)])  # fmt: skip
def test_r6_leads_officers_and_superusers_are_not_remembered(cast: Any, who: str, remembered: bool) -> None:
    user = getattr(cast, who)
    user.set_password(SECRET)
    user.save()
    client = sign_in(name=user.username, remember="on")
    assert bool(client.cookies["sessionid"]["max-age"]) is remembered


def test_r6_who_comes_to_lead_is_remembered_no_longer_than_a_day(cast: Any, clock: Any) -> None:
    cast.chi.set_password(SECRET)
    cast.chi.save()
    client, page = sign_in(name="chi", remember="on"), cast.url("year_home")
    clock.shift(13 * HOUR)
    assert client.get(page).status_code == 200
    RoleTerm.objects.update(agency=cast.member)
    over = client.get(page)
    assert (over.status_code, over["Location"]) == (302, f"{SIGN_IN}?next={page}&ly-do=lau")
    assert client.get(WORK).status_code == 302


def test_r6_nor_in_the_admin_site(cast: Any, clock: Any) -> None:
    """Remembered as a clerk, officer or superuser since: the admin site asks like every page of work."""
    cast.chi.set_password(SECRET)
    cast.chi.save()
    client = sign_in(name="chi", remember="on")
    cast.chi.is_superuser = True
    cast.chi.save()
    assert client.get("/admin/").status_code == 200
    clock.shift(13 * HOUR)
    over = client.get("/admin/")
    assert (over.status_code, over["Location"]) == (302, f"{SIGN_IN}?next=/admin/&ly-do=lau")


def test_a_clock_set_back_signs_nobody_out(clerk: Any, clock: Any) -> None:
    client = sign_in()
    clock.shift(-HOUR)
    assert client.get(WORK).status_code == 200


def test_a_session_from_before_the_moments_were_kept_is_over(clerk: Any) -> None:
    client = sign_in()
    session = client.session
    del session["seen_at"]
    session.save()
    assert client.get(WORK).status_code == 302


def test_last_seen_is_told_at_most_once_a_minute(
    clerk: Any, clock: Any, django_assert_num_queries: Any
) -> None:
    client = sign_in()
    client.get(WORK)
    usual = 5
    with django_assert_num_queries(usual):
        client.get(WORK)
    clock.shift(61)
    with django_assert_num_queries(usual + 3):  # savepoint, update, release
        client.get(WORK)
    with django_assert_num_queries(usual):
        client.get(WORK)


# -- R6, C18: what was typed is not lost ---------------------------------------------------------
FORM = {
    "title": "Trao quà Tết cho 50 hộ nghèo",
    "when": "5/3",
    "khoan-0-description": "Phần quà",
    "khoan-0-value": "trên 25 tr",
    "password": "bí mật, dài",
    "csrfmiddlewaretoken": "x" * 32,
    "version": "3",
    "state": "draft",
}


def test_r6_a_form_sent_too_late_comes_back_to_be_copied(cast: Any, clock: Any) -> None:
    client = cast.client(cast.chi)
    clock.shift(40 * MINUTE)
    answer = client.post(cast.url("activity_add"), FORM)
    assert answer.status_code == 401
    for value in ("Trao quà Tết cho 50 hộ nghèo", "Phần quà", "trên 25 tr", ">5/3<"):
        assert value in answer.text
    assert "bí mật, dài" not in answer.text
    assert "x" * 32 not in answer.text
    address = cast.url("activity_add")
    assert f'href="{SIGN_IN}?next={address}&amp;ly-do=nghi" target="_blank"' in answer.text
    assert answer["Cache-Control"] == "no-store"


def test_r6_fields_are_named_as_in_their_form(cast: Any, clock: Any) -> None:
    from members.views.phase import AdvanceForm

    label = str(AdvanceForm.base_fields["reason"].label)
    answer = Client().post(cast.url("phase_advance"), {"phase": "1", "sure": "on", "reason": "Đủ 5 tờ trình"})
    assert answer.status_code == 401
    assert f">{label[:1].upper()}{label[1:]}</label>" in answer.text
    assert ">phase</label>" not in answer.text  # hidden in its form


def test_r6_without_any_session_a_form_comes_back_too(cast: Any) -> None:
    answer = Client().post(cast.url("activity_add"), FORM)
    assert answer.status_code == 401
    assert "Trao quà Tết" in answer.text
    assert "ly-do" not in answer.text


def test_r6_control_in_time_the_form_is_taken(cast: Any, clock: Any) -> None:
    client = cast.client(cast.chi)
    clock.shift(20 * MINUTE)
    assert client.post(cast.url("activity_add"), FORM).status_code == 422


def test_what_was_typed_cannot_be_markup(cast: Any) -> None:
    answer = Client().post(cast.url("activity_add"), {"title": "<script>alert(1)</script> x"})
    assert "&lt;script&gt;" in answer.text
    assert "<script>alert" not in answer.text


def test_another_site_cannot_make_the_page_say_its_words(cast: Any) -> None:
    stranger = Client(enforce_csrf_checks=True)
    answer = stranger.post(cast.url("activity_add"), {"title": "Gọi số này, ngay"})
    assert answer.status_code == 403
    assert "Gọi số này" not in answer.text


def test_c18_json_and_htmx_get_a_401_of_their_own(cast: Any) -> None:
    address = cast.url("activity_add")
    told = Client().post(address, FORM, headers={"Accept": "application/json"})
    assert (told.status_code, told.json()["error"]) == (401, "signed-out")
    assert told.json()["sign_in"] == f"{SIGN_IN}?next={address}"
    part = Client().get(cast.url("year_home"), headers={"HX-Request": "true"})
    assert part.status_code == 401
    assert 'role="alert"' in part.text
    assert "<html" not in part.text


def test_the_way_back_is_the_page_the_form_stands_on(cast: Any) -> None:
    address = cast.url("activity_add")
    for page, way in ((f"http://testserver{cast.url('year_home')}?x=1", f"{cast.url('year_home')}%3Fx%3D1"),
                      ("https://evil.test/x", address), ("", address)):  # fmt: skip
        answer = Client().post(address, FORM, headers={"Referer": page})
        assert f'href="{SIGN_IN}?next={way}"' in answer.text


# -- A5, T10: rights end at once -----------------------------------------------------------------
def test_a5_a_closed_account_is_out_at_once(clerk: Any) -> None:
    client = sign_in()
    assert client.get(WORK).status_code == 200
    clerk.is_active = False
    clerk.save()
    assert client.get(WORK).status_code == 302


def test_a5_a_new_password_ends_the_other_sessions(clerk: Any) -> None:
    here, there = sign_in(), sign_in(address="10.0.0.2")
    new = "câu khác, cũng dài"
    changed = here.post("/tai-khoan/mat-khau/", {"oldpassword": SECRET, "password1": new, "password2": new})
    assert changed.status_code == 302
    assert (here.get(WORK).status_code, there.get(WORK).status_code) == (200, 302)
    assert [one.this for one in sessions_of(clerk.pk, here.session.session_key)] == [True]


def test_a5_a_function_that_ends_gives_404_from_that_day(cast: Any, time_machine: Any) -> None:
    Person.objects.filter(user=cast.chi).update(ends_on=date(2021, 1, 5))
    time_machine.move_to("2021-01-04 23:50:00+07:00", tick=False)
    client = cast.client(cast.chi)
    assert client.get(cast.url("year_home")).status_code == 200
    time_machine.move_to("2021-01-05 00:00:00+07:00", tick=False)
    assert client.get(cast.url("year_home")).status_code == 404


# -- the list ------------------------------------------------------------------------------------
WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36"
PHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605 Version/18.0 Mobile Safari/604.1"
)


def test_a_person_sees_where_the_account_is_signed_in(clerk: Any, clock: Any) -> None:
    here = sign_in(WINDOWS)
    clock.shift(5 * MINUTE)
    sign_in(PHONE, "10.0.0.2", remember="on")
    sign_in()
    stranger = UserFactory(username="hoa")
    Client(REMOTE_ADDR="10.9.9.9").force_login(stranger)
    page = here.get(LIST).text
    assert page.count("<tr") == 4
    assert page.index("Chrome trên Windows") < page.index("Safari trên iPhone")
    assert page.count("Máy này") == 1
    assert page.count("Được nhớ") == 1
    assert "10.0.0.2" in page
    assert "10.9.9.9" not in page


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_however_many(clerk: Any, count: int, django_assert_num_queries: Any) -> None:
    clients = [sign_in() for _one in range(count)]
    with django_assert_num_queries(4):
        assert clients[-1].get(LIST).status_code == 200


def test_one_session_is_ended_from_afar(clerk: Any) -> None:
    here, there = sign_in(WINDOWS), sign_in(PHONE)
    other = next(one for one in sessions_of(clerk.pk, here.session.session_key) if not one.this)
    answer = here.post(reverse("session_end", kwargs={"pk": other.pk}), follow=True)
    assert "Đã đăng xuất máy đó." in answer.text
    assert there.get(WORK).status_code == 302
    assert here.get(WORK).status_code == 200
    event = AuditEvent.objects.get(action="sessions_end")
    assert (event.chain, event.actor_id, event.target_id) == ("site", clerk.pk, str(clerk.pk))
    again = here.post(reverse("session_end", kwargs={"pk": other.pk}), follow=True)
    assert "Phiên đó đã kết thúc từ trước." in again.text
    assert AuditEvent.objects.filter(action="sessions_end").count() == 1


def test_nobody_ends_the_session_of_another(clerk: Any) -> None:
    victim = sign_in(WINDOWS)
    listed = sessions_of(clerk.pk, None)[0]
    stranger = Client()
    stranger.force_login(UserFactory(username="hoa"))
    stranger.post(reverse("session_end", kwargs={"pk": listed.pk}))
    stranger.post(reverse("sessions_end"))
    assert victim.get(WORK).status_code == 200


def test_ones_own_session_is_not_ended_here(clerk: Any) -> None:
    here = sign_in()
    listed = sessions_of(clerk.pk, here.session.session_key)[0]
    here.post(reverse("session_end", kwargs={"pk": listed.pk}))
    assert here.get(WORK).status_code == 200


def test_all_others_are_ended_at_once(clerk: Any) -> None:
    here, *others = [sign_in() for _one in range(3)]
    answer = here.post(reverse("sessions_end"), follow=True)
    assert "Đã đăng xuất 2 máy khác." in answer.text
    assert [client.get(WORK).status_code for client in others] == [302, 302]
    assert "Đăng xuất mọi máy khác" not in answer.text


def test_ended_by_the_office_all_sessions_die(clerk: Any) -> None:
    clients = [sign_in() for _one in range(2)]
    assert end_sessions(clerk.pk) == 2
    assert [client.get(WORK).status_code for client in clients] == [302, 302]
    assert end_sessions(clerk.pk) == 0


def test_signing_out_and_running_out_leave_the_list(clerk: Any, clock: Any) -> None:
    first, second = sign_in(), sign_in()
    first.post("/tai-khoan/dang-xuat/")
    assert len(sessions_of(clerk.pk, None)) == 1
    clock.shift(HOUR)
    assert sessions_of(clerk.pk, None) == []
    assert second.get(LIST).status_code == 302


@pytest.mark.parametrize("path", ["phien/", "hai-lop/", "hai-lop/ung-dung/", "hai-lop/khoa/", "hai-lop/ma-du-phong/",
                                  "hai-lop/ma-du-phong/tao/", "hai-lop/ma-du-phong/tep/", "xac-nhan/"])  # fmt: skip
def test_pages_of_the_account_are_for_those_who_are_in(path: str) -> None:
    assert Client().get(f"/tai-khoan/{path}")["Location"] == f"{SIGN_IN}?next=/tai-khoan/{path}"


@pytest.mark.parametrize(
    ("agent", "words"),
    [(WINDOWS, "Chrome trên Windows"), (PHONE, "Safari trên iPhone"), ("", "Trình duyệt không rõ"),
     ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox trên Linux"),
     (WINDOWS + " Edg/140.0", "Edge trên Windows"), ("<b>x</b>", "Trình duyệt không rõ"),
     (WINDOWS.replace("Chrome", "coc_coc_browser/140 Chrome"), "Cốc Cốc trên Windows"), ("Firefox", "Firefox")],
)  # fmt: skip
def test_a_device_in_words(agent: str, words: str) -> None:
    assert device_words(agent) == words
