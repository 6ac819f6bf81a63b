"""The pages of people, and giving, changing and ending a function (row A5: ended rights are gone at once)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from core.errors import DomainError, Refused, Stale
from core.models import AuditEvent
from members.domain.people import add_function, change_person, end_person, mark_of, warnings
from members.enums import Function
from members.models import Person
from tests.factories import PASSWORD, ClusterYearFactory, MembershipFactory, PersonFactory
from tests.members.people_support import given, invited, row_of, text, today
from tests.support.race import errors, race, values

pytestmark = pytest.mark.django_db
User = get_user_model()


def get(cast: Any, user: Any, name: str = "people", **kwargs: Any) -> Any:
    return cast.client(user).get(cast.url(name, **kwargs))


def shown(answer: Any) -> dict[str, list[str]]:
    """Names of agencies with the names of their people, as the page has them."""
    groups = answer.context["owns"] + answer.context["others"]
    return {group["name"]: [row["name"] for row in group["people"]] for group in groups}


# -- the list -------------------------------------------------------------------------------------
def test_a_member_sees_the_own_people_and_the_council(cast: Any) -> None:
    found = shown(get(cast, cast.chi))
    assert set(found) == {"Cục Thống kê tỉnh", "Ban Thi đua - Khen thưởng tỉnh"}
    assert len(found["Cục Thống kê tỉnh"]) == 2


@pytest.mark.parametrize("who", ["an", "officer", "observer"])
def test_chair_and_council_see_whom_to_call_in_every_agency(cast: Any, who: str) -> None:
    assert set(shown(get(cast, getattr(cast, who)))) == {
        "Ngân hàng Nhà nước Chi nhánh tỉnh", "Cục Quản lý thị trường tỉnh", "Cục Thống kê tỉnh",
        "Ban Thi đua - Khen thưởng tỉnh",
    }  # fmt: skip


def test_leaders_come_first_and_one_s_own_row_is_marked(cast: Any) -> None:
    (group,) = get(cast, cast.chi).context["owns"]
    assert [(row["function"], row["mine"]) for row in group["people"]] == [
        ("Lãnh đạo đơn vị", False), ("Cán bộ nhập liệu", True),
    ]  # fmt: skip


def test_sign_in_names_and_days_are_for_who_looks_after_them(cast: Any) -> None:
    User.objects.filter(pk=cast.chi.pk).update(last_login=timezone.now())
    seen = f"{today():%d/%m/%Y}"
    assert ">chi<" in text(get(cast, cast.lan))
    assert seen in text(get(cast, cast.lan))
    assert ">chi<" in text(get(cast, cast.officer))
    assert seen in text(get(cast, cast.officer))
    for user in (cast.an, cast.observer, cast.chi):
        page = text(get(cast, user))
        assert "Đăng nhập gần nhất" not in page
        assert ">lan<" not in page


def test_real_names_family_name_first(cast: Any) -> None:
    User.objects.filter(pk=cast.lan.pk).update(last_name="Trần Thị", first_name="Lan")
    assert "Trần Thị Lan" in text(get(cast, cast.chi))


def test_open_invitations_are_shown_to_who_may_revoke_them(cast: Any) -> None:
    invited(cast)
    assert "Nguyễn Thị Mai" in text(get(cast, cast.lan))
    assert "Nguyễn Thị Mai" in text(get(cast, cast.officer))
    for user in (cast.chi, cast.an, cast.observer):
        page = text(get(cast, user))
        assert "Nguyễn Thị Mai" not in page
        assert "Mời người" not in page


def test_who_has_left_is_listed_for_who_looks_after_them(cast: Any) -> None:
    Person.objects.filter(user=cast.chi).update(ends_on=today())
    assert "Chức năng đã thôi" in text(get(cast, cast.lan))
    assert "Chức năng đã thôi" not in text(get(cast, cast.an))
    assert [row["name"] for row in get(cast, cast.lan).context["owns"][0]["people"]] == ["lan"]


def test_outsiders_and_visitors_do_not_see_it(cast: Any) -> None:
    assert get(cast, cast.dung).status_code == 404
    assert cast.client().get(cast.url("people")).status_code == 302
    assert cast.client(cast.lan).post(cast.url("people")).status_code == 405


@pytest.mark.parametrize(("who", "queries"), [("chi", 6), ("lan", 7), ("an", 6), ("officer", 9)])
@pytest.mark.parametrize("number", [1, 3])
def test_the_list_costs_the_same_for_any_number(
    cast: Any, who: str, queries: int, number: int, django_assert_num_queries: Any
) -> None:
    for _place in range(number):
        person = PersonFactory(agency=cast.member, post="Phó Cục trưởng")
        PersonFactory(
            agency=cast.member, function=Function.LEADER, stands_for=row_of(cast.lan), user=person.user,
            starts_on=date(2020, 1, 1), ends_on=today() + timedelta(days=9),
        )  # fmt: skip
        PersonFactory(agency=cast.other, ends_on=date(2021, 1, 1))
        invited(cast)
    get(cast, getattr(cast, who))
    with django_assert_num_queries(queries):
        get(cast, getattr(cast, who))


# -- one person -----------------------------------------------------------------------------------
def test_the_page_of_a_person_offers_what_may_be_done(cast: Any) -> None:
    pk = row_of(cast.chi).pk
    page = text(get(cast, cast.lan, "person", pk=pk))
    for words in ("Cho thôi chức năng", "Đặt lại mật khẩu", "Giao thêm chức năng", "Cử người làm thay"):
        assert words in page
    assert "Xem như người này" not in page
    assert "Xem như người này" in text(get(cast, cast.officer, "person", pk=pk))
    for user in (cast.chi, cast.an):
        page = text(get(cast, user, "person", pk=pk))
        assert "Việc có thể làm" not in page
        assert "Xem như" not in page
        assert "Tên đăng nhập" not in page


def test_people_of_other_agencies_and_clusters_are_not_there(cast: Any) -> None:
    foreign, binh = row_of(cast.dung).pk, row_of(cast.binh).pk
    for name in ("person", "person_edit", "person_end", "person_add", "person_stand_in", "person_password"):
        assert get(cast, cast.lan, name, pk=foreign).status_code == 404
        assert get(cast, cast.lan, name, pk=binh).status_code == 404
        assert get(cast, cast.officer, name, pk=foreign).status_code == 404
        assert get(cast, cast.lan, name, pk=987_654_321).status_code == 404


@pytest.mark.parametrize(
    "name", ["person_edit", "person_end", "person_add", "person_stand_in", "person_password"]
)
def test_only_who_looks_after_the_agency_may_change_its_people(cast: Any, name: str) -> None:
    pk = row_of(cast.chi).pk
    for user in (cast.chi, cast.an, cast.observer):
        for method in ("get", "post"):
            assert getattr(cast.client(user), method)(cast.url(name, pk=pk)).status_code == 403
    for user in (cast.lan, cast.officer):
        assert get(cast, user, name, pk=pk).status_code == 200


# -- giving ---------------------------------------------------------------------------------------
def test_one_account_holds_several_functions_at_several_agencies(cast: Any) -> None:
    chi = row_of(cast.chi)
    promoted = add_function(
        cast.scope(cast.lan), chi.pk, given(cast, function=Function.LEADER, post=" Phó  Cục trưởng ")
    )
    lent = add_function(cast.scope(cast.officer), chi.pk, given(cast, agency_id=cast.other.pk))
    assert (promoted.user, promoted.post, lent.agency) == (cast.chi, "Phó Cục trưởng", cast.other)
    assert cast.scope(cast.chi).agency_ids == {cast.member.pk, cast.other.pk}
    actions = AuditEvent.objects.values_list("action", "target_id").order_by("id")
    assert list(actions) == [("person_add", str(promoted.pk)), ("person_add", str(lent.pk))]


def test_the_form_gives_once_however_often_it_is_sent(cast: Any) -> None:
    address = cast.url("person_add", pk=row_of(cast.chi).pk)
    sent = {
        "agency": cast.member.pk, "function": Function.LEADER, "post": "", "starts_on": "1/1/2022",
        "ends_on": "", "submit_key": "k" * 32,
    }  # fmt: skip
    for _time in range(2):
        assert cast.client(cast.lan).post(address, sent).status_code == 302
    assert Person.objects.filter(user=cast.chi).count() == 2


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({}, "đã giữ chức năng đó"),
        ({"starts_on": date(2030, 1, 2), "ends_on": date(2030, 1, 2)}, "Ngày kết thúc phải sau"),
        ({"ends_on": date(2020, 6, 1), "starts_on": date(2020, 5, 1)}, "đã qua"),
    ],
)
def test_what_cannot_be_given_is_refused(cast: Any, changes: dict[str, Any], sentence: str) -> None:
    with pytest.raises(DomainError, match=sentence):
        add_function(cast.scope(cast.lan), row_of(cast.chi).pk, given(cast, **changes))


def test_nobody_gives_oneself_a_function(cast: Any) -> None:
    with pytest.raises(DomainError, match="tự giao"):
        add_function(cast.scope(cast.lan), row_of(cast.lan).pk, given(cast))


def test_council_functions_are_not_given_here(cast: Any) -> None:
    for user in (cast.lan, cast.officer):
        with pytest.raises(DomainError, match="quản trị hệ thống giao"):
            add_function(cast.scope(user), row_of(cast.chi).pk, given(cast, function=Function.OFFICER))


# -- changing -------------------------------------------------------------------------------------
def test_the_post_changes_and_the_days_grow(cast: Any) -> None:
    row = row_of(cast.chi)
    Person.objects.filter(pk=row.pk).update(ends_on=today() + timedelta(days=5))
    address = cast.url("person_edit", pk=row.pk)
    last = today() + timedelta(days=30)
    answer = cast.client(cast.lan).post(address, {"post": "Trưởng phòng", "ends_on": f"{last:%d/%m/%Y}"})
    assert answer.status_code == 302
    row.refresh_from_db()
    assert (row.post, row.ends_on) == ("Trưởng phòng", last + timedelta(days=1))
    event = AuditEvent.objects.get()
    assert (event.action, event.actor_id) == ("person_edit", cast.lan.pk)


def test_a_stale_form_is_409(cast: Any) -> None:
    row = row_of(cast.chi)
    mark = mark_of(row)
    change_person(cast.scope(cast.lan), row.pk, "Trưởng phòng", None, mark)
    with pytest.raises(Stale):
        change_person(cast.scope(cast.lan), row.pk, "Phó phòng", None, mark)
    sent = {"post": "Phó phòng", "ends_on": "", "mark": mark}
    assert cast.client(cast.lan).post(cast.url("person_edit", pk=row.pk), sent).status_code == 409


def test_days_are_not_cut_by_a_change_nor_grown_for_oneself(cast: Any) -> None:
    with pytest.raises(DomainError, match="Cho thôi"):
        change_person(cast.scope(cast.lan), row_of(cast.chi).pk, "", today() + timedelta(days=5))
    Person.objects.filter(user=cast.lan).update(ends_on=today() + timedelta(days=5))
    with pytest.raises(DomainError, match="của mình"):
        change_person(cast.scope(cast.lan), row_of(cast.lan).pk, "", None)
    assert change_person(cast.scope(cast.officer), row_of(cast.lan).pk, "", None).ends_on is None


def test_who_has_left_stays_as_recorded(cast: Any) -> None:
    Person.objects.filter(user=cast.chi).update(ends_on=today())
    with pytest.raises(DomainError, match="đã thôi"):
        change_person(cast.scope(cast.lan), row_of(cast.chi).pk, "x", None)


# -- leaving (A5) ---------------------------------------------------------------------------------
def ending(**changes: str) -> dict[str, str]:
    return {"on": f"{today():%d/%m/%Y}", "reason": "Nghỉ hưu theo chế độ", **changes}


def test_a5_a_function_that_is_ended_is_gone_at_the_next_request_of_the_same_session(cast: Any) -> None:
    client = cast.client(cast.chi)
    assert client.get(cast.url("year_home")).status_code == 200
    answer = cast.client(cast.lan).post(cast.url("person_end", pk=row_of(cast.chi).pk), ending(), follow=True)
    assert "có hiệu lực ngay" in text(answer)
    assert client.get(cast.url("year_home")).status_code == 404
    event = AuditEvent.objects.get(action="person_end")
    assert (event.reason, event.actor_id) == ("Nghỉ hưu theo chế độ", cast.lan.pk)


def test_a5_the_day_of_leaving_is_the_first_without_the_right(cast: Any, time_machine: Any) -> None:
    time_machine.move_to("2021-03-01 08:00 +0700", tick=False)
    end_person(cast.scope(cast.lan), row_of(cast.chi).pk, date(2021, 3, 5), "Chuyển công tác")
    time_machine.move_to("2021-03-04 23:59:59 +0700", tick=False)
    assert cast.scope(cast.chi) is not None
    time_machine.move_to("2021-03-05 00:00:00 +0700", tick=False)
    assert cast.scope(cast.chi) is None


def test_a5_a_disabled_account_is_out_at_the_next_request(cast: Any) -> None:
    client = cast.client(cast.chi)
    assert client.get(cast.url("year_home")).status_code == 200
    User.objects.filter(pk=cast.chi.pk).update(is_active=False)
    assert client.get(cast.url("year_home")).status_code == 302


def test_the_last_leader_is_not_removed_without_being_told(cast: Any) -> None:
    row = row_of(cast.lan)
    address = cast.url("person_end", pk=row.pk)
    assert "lãnh đạo cuối cùng" in text(get(cast, cast.officer, "person_end", pk=row.pk))
    refused = cast.client(cast.officer).post(address, ending())
    assert (refused.status_code, "lãnh đạo cuối cùng" in text(refused)) == (422, True)
    assert cast.client(cast.officer).post(address, ending(sure="on")).status_code == 302
    row.refresh_from_db()
    assert row.ends_on == today()


def test_another_leader_lifts_the_warning_but_a_stand_in_does_not(cast: Any) -> None:
    row = row_of(cast.lan)
    stand_in = PersonFactory(
        agency=cast.member, function=Function.LEADER, stands_for=row, ends_on=today() + timedelta(days=9)
    )
    assert len(warnings(cast.scope(cast.officer), row, today())) == 1
    Person.objects.filter(pk=stand_in.pk).update(stands_for=None)
    assert warnings(cast.scope(cast.officer), row, today()) == []
    assert len(warnings(cast.scope(cast.officer), row, today() + timedelta(days=10))) == 1


def test_a_leader_ends_the_own_function_only_when_sure(cast: Any) -> None:
    PersonFactory(agency=cast.member, function=Function.LEADER)
    address = cast.url("person_end", pk=row_of(cast.lan).pk)
    refused = cast.client(cast.lan).post(address, ending())
    assert (refused.status_code, "chức năng của chính bạn" in text(refused)) == (422, True)
    assert cast.client(cast.lan).post(address, ending(sure="on")).status_code == 302
    assert cast.client(cast.lan).get(cast.url("year_home")).status_code == 404


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"on": "1/1/2020"}, "on"),
        ({"on": ""}, "on"),
        ({"on": "31/2/2021"}, "on"),
        ({"reason": " "}, "reason"),
    ],
)
def test_what_is_wrong_stands_beside_its_field(cast: Any, changes: dict[str, str], field: str) -> None:
    answer = cast.client(cast.lan).post(cast.url("person_end", pk=row_of(cast.chi).pk), ending(**changes))
    assert answer.status_code == 422
    assert answer.context["form"].errors[field]
    assert row_of(cast.chi).ends_on is None


def test_what_never_began_is_taken_away_and_what_began_today_goes_back_a_day(cast: Any) -> None:
    later = PersonFactory(agency=cast.member, starts_on=today() + timedelta(days=9))
    assert end_person(cast.scope(cast.lan), later.pk, today(), "Thay đổi") is None
    assert not Person.objects.filter(pk=later.pk).exists()
    fresh = PersonFactory(agency=cast.member, starts_on=today())
    ended = end_person(cast.scope(cast.lan), fresh.pk, today(), "Giao nhầm")
    assert ended
    assert (ended.starts_on, ended.ends_on) == (today() - timedelta(days=1), today())
    assert AuditEvent.objects.filter(action="person_end").count() == 2


def test_twice_is_refused_and_so_is_a_council_function(cast: Any) -> None:
    end_person(cast.scope(cast.lan), row_of(cast.chi).pk, today(), "Nghỉ")
    with pytest.raises(DomainError, match="đã thôi"):
        end_person(cast.scope(cast.lan), row_of(cast.chi).pk, today(), "Nghỉ")
    with pytest.raises(Refused):
        end_person(cast.scope(cast.officer), row_of(cast.observer).pk, today(), "Nghỉ", sure=True)


def test_an_agency_of_two_clusters_is_looked_after_by_its_leader_alone(cast: Any) -> None:
    MembershipFactory(year=ClusterYearFactory(label="2020"), agency=cast.member, order=5)
    with pytest.raises(DomainError, match="còn thuộc cụm khác"):
        end_person(cast.scope(cast.officer), row_of(cast.chi).pk, today(), "Nghỉ")
    assert end_person(cast.scope(cast.lan), row_of(cast.chi).pk, today(), "Nghỉ")


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_leaders_who_end_each_other_do_not_leave_nobody_unwarned(cast: Any) -> None:
    """Who comes second is no leader any more under the lock."""
    second = PersonFactory(agency=cast.member, function=Function.LEADER)
    first = row_of(cast.lan)
    scopes = cast.scope(cast.lan), cast.scope(second.user)
    outcomes = race(
        lambda: end_person(scopes[0], second.pk, today(), "Nghỉ"),
        lambda: end_person(scopes[1], first.pk, today(), "Nghỉ"),
    )
    assert len(values(outcomes)) == 1
    assert [type(error) for error in errors(outcomes)] == [Refused]
    assert Person.objects.filter(agency=cast.member, function=Function.LEADER, ends_on=None).count() == 1


def test_a5_an_account_switched_off_in_the_admin_site_is_signed_out_for_good(cast: Any) -> None:
    client = Client()
    client.post("/tai-khoan/dang-nhap/", {"login": "chi", "password": PASSWORD})
    assert client.get(cast.url("year_home")).status_code == 200
    assert Session.objects.filter(session_key=client.session.session_key).exists()
    address = f"/admin/auth/user/{cast.chi.pk}/change/"
    answer = cast.client(cast.root).post(address, {"username": "chi"})
    assert answer.status_code == 302
    assert not User.objects.get(pk=cast.chi.pk).is_active
    User.objects.filter(pk=cast.chi.pk).update(is_active=True)
    assert client.get(cast.url("year_home")).status_code == 302
