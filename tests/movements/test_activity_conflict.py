"""Two people on one activity (C1), and one form sent twice (C3): nothing lost, nothing doubled."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.test import Client

from core.models import AuditEvent, SubmitKey
from movements.models import Activity, Contribution
from tests.factories import ActivityFactory, ContributionFactory
from tests.support.entry import ROW, form_of, send, shown
from tests.support.race import race, values
from tests.support.uploads import upload


@pytest.fixture
def activity(cast: Any) -> Activity:
    made = ActivityFactory(year=cast.year, agency=cast.member, title="Trao quà", place="Chi Lăng")
    ContributionFactory(activity=made, order=1, description="Tiền ủng hộ")
    return made


def page_of(client: Client, address: str) -> Any:
    return shown(client.get(address).content.decode())


# -- two people (C1) -----------------------------------------------------------------------------
@pytest.mark.django_db
def test_the_second_sees_both_values_and_loses_nothing(cast: Any, activity: Activity) -> None:
    address = cast.url("activity_edit", pk=activity.pk)
    chi, lan = cast.client(cast.chi), cast.client(cast.lan)
    mine, theirs = page_of(chi, address), page_of(lan, address)
    theirs["title"], theirs["khoan-0-value"] = "Trao quà Tết", "20 tr"
    assert send(lan, address, theirs).status_code == 302
    mine["title"], mine["place"], mine["khoan-0-value"] = "Trao quà cho học sinh", "Hữu Lũng", "15 triệu"
    mine["khoan-TOTAL_FORMS"], mine["khoan-1-description"] = "2", "Khoản tôi vừa gõ"
    answer = send(chi, address, mine)
    assert answer.status_code == 409
    page = answer.content.decode()
    for words in ("Giá trị của bạn", "Giá trị đang lưu", "Trao quà cho học sinh", "Trao quà Tết", "Hữu Lũng"):
        assert words in page
    assert "15.000.000 đồng" in page
    assert "20.000.000 đồng" in page
    again = shown(page)
    for name in ("title", "place", "khoan-0-value", "khoan-1-description"):
        assert again[name] == mine[name]
    activity.refresh_from_db()
    assert activity.title == "Trao quà Tết"


@pytest.mark.django_db
def test_times_ticks_and_lists_are_compared_as_people_read_them(cast: Any, activity: Activity) -> None:
    address, chi = cast.url("activity_edit", pk=activity.pk), cast.client(cast.chi)
    mine = page_of(chi, address)
    Activity.objects.filter(pk=activity.pk).update(version=2)
    del mine["in_summary"]
    mine["when"] = "05.04.2020"  # the same day written another way differs in nothing
    page = send(chi, address, mine).content.decode()
    assert "Đưa vào báo cáo tổng kết" in page.split('id="khac-nhau"')[1].split("</table>")[0]
    assert "Thời gian" not in page.split('id="khac-nhau"')[1].split("</table>")[0]
    mine["when"], mine["partners"] = "khi nào đó", str(cast.other.pk)
    told = send(chi, address, mine).content.decode().split('id="khac-nhau"')[1].split("</table>")[0]
    for words in ("Thời gian", "khi nào đó (Ngày)", "05/04/2020", "Bảo hiểm xã hội"):
        assert words in told


@pytest.mark.django_db
def test_when_both_say_the_same_the_page_says_so(cast: Any, activity: Activity) -> None:
    address, chi = cast.url("activity_edit", pk=activity.pk), cast.client(cast.chi)
    mine = page_of(chi, address)
    Activity.objects.filter(pk=activity.pk).update(version=2)
    assert "Hai bên ghi giống nhau." in send(chi, address, mine).content.decode()


@pytest.mark.django_db
def test_mine_over_theirs_is_a_second_decision(cast: Any, activity: Activity) -> None:
    address = cast.url("activity_edit", pk=activity.pk)
    chi, lan = cast.client(cast.chi), cast.client(cast.lan)
    mine, theirs = page_of(chi, address), page_of(lan, address)
    theirs["title"] = "Của Lan"
    theirs["khoan-TOTAL_FORMS"] = "2"
    theirs["khoan-1-description"], theirs["khoan-1-value"] = "Khoản của Lan", "7 tr"
    send(lan, address, theirs)
    mine["title"] = "Của Chi"
    again = shown(send(chi, address, mine).content.decode())
    assert again["version"] == "2"
    assert again["khoan-1-description"] == "Khoản của Lan"
    assert send(chi, address, again).status_code == 302
    activity.refresh_from_db()
    assert (activity.title, activity.version) == ("Của Chi", 3)
    assert sorted(activity.contributions.values_list("description", flat=True)) == [
        "Khoản của Lan",
        "Tiền ủng hộ",
    ]


@pytest.mark.django_db
def test_a_row_somebody_deleted_is_not_lost_to_the_one_who_changed_it(cast: Any, activity: Activity) -> None:
    address = cast.url("activity_edit", pk=activity.pk)
    chi, lan = cast.client(cast.chi), cast.client(cast.lan)
    mine, theirs = page_of(chi, address), page_of(lan, address)
    theirs["khoan-0-DELETE"] = "on"
    assert send(lan, address, theirs).status_code == 302
    mine["khoan-0-value"] = "99 tr"
    answer = send(chi, address, mine)
    assert "(đã xóa khoản này)" in answer.content.decode()
    assert send(chi, address, shown(answer.content.decode())).status_code == 302
    assert Contribution.objects.get().value == 99_000_000


@pytest.mark.django_db
def test_a_row_i_delete_and_they_changed_shows_both(cast: Any, activity: Activity) -> None:
    address = cast.url("activity_edit", pk=activity.pk)
    chi, lan = cast.client(cast.chi), cast.client(cast.lan)
    mine, theirs = page_of(chi, address), page_of(lan, address)
    theirs["khoan-0-value"] = "20 tr"
    send(lan, address, theirs)
    mine["khoan-0-DELETE"] = "on"
    page = send(chi, address, mine).content.decode()
    assert "(xóa khoản này)" in page
    assert shown(page)["khoan-0-DELETE"] == "on"


@pytest.mark.django_db
def test_a_conflict_counts_before_other_errors_and_keeps_files(cast: Any, activity: Activity) -> None:
    address = cast.url("activity_edit", pk=activity.pk)
    chi = cast.client(cast.chi)
    mine = page_of(chi, address)
    Activity.objects.filter(pk=activity.pk).update(version=9, title="Khác")
    data = {**dict(mine.lists()), "title": "", "khoan-0-value": "nhiều", "files": [upload("a.pdf")]}
    answer = chi.post(address, data)
    assert answer.status_code == 409
    again = shown(answer.content.decode())
    assert (again["khoan-0-value"], again["title"], len(again.getlist("held_file"))) == ("nhiều", "", 1)


@pytest.mark.django_db
def test_without_a_version_the_form_counts_as_overtaken(cast: Any, activity: Activity) -> None:
    address = cast.url("activity_edit", pk=activity.pk)
    for version in ("", "x", "9" * 30, "-1"):
        data = {**dict(page_of(cast.client(cast.chi), address).lists()), "version": version}
        assert cast.client(cast.chi).post(address, data).status_code == 409


@pytest.mark.django_db
def test_a_form_overtaken_by_sending_is_refused_and_keeps_the_text(cast: Any, activity: Activity) -> None:
    address = cast.url("activity_edit", pk=activity.pk)
    chi, lan = cast.client(cast.chi), cast.client(cast.lan)
    mine, theirs = page_of(chi, address), page_of(lan, address)
    theirs["then"] = "submit"
    assert send(lan, address, theirs).status_code == 302
    mine["title"], mine["khoan-0-value"] = "Tôi vừa gõ", "99 tr"
    answer = send(chi, address, mine)
    assert answer.status_code == 403
    page = answer.content.decode()
    assert "vẫn còn ở dưới để sao chép" in page
    assert (shown(page)["title"], shown(page)["khoan-0-value"]) == ("Tôi vừa gõ", "99 tr")
    activity.refresh_from_db()
    assert activity.title == "Trao quà"


@pytest.mark.django_db
def test_saving_and_sending_pressed_twice_is_no_refusal(cast: Any, activity: Activity) -> None:
    address, chi = cast.url("activity_edit", pk=activity.pk), cast.client(cast.chi)
    form = page_of(chi, address)
    form["then"] = "submit"
    assert [send(chi, address, form).status_code for _time in range(2)] == [302, 302]


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_saved_at_the_same_moment_one_wins_and_one_is_told(cast: Any, activity: Activity) -> None:
    address = cast.url("activity_edit", pk=activity.pk)
    forms = {}
    for user in (cast.chi, cast.lan):
        forms[user.username] = page_of(cast.client(user), address)
        forms[user.username]["title"] = f"Của {user.username}"
    done = race(
        lambda: send(cast.client(cast.chi), address, forms["chi"]),
        lambda: send(cast.client(cast.lan), address, forms["lan"]),
    )
    assert sorted(answer.status_code for answer in values(done)) == [302, 409]
    activity.refresh_from_db()
    assert activity.version == 2
    assert AuditEvent.objects.count() == 1


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_control_without_a_version_check_the_first_text_is_lost(activity: Activity) -> None:
    both_have_read = threading.Barrier(2)

    def overwrite(title: str) -> str:
        row = Activity.objects.get(pk=activity.pk)
        both_have_read.wait(30)
        row.title = title
        row.save()
        return title

    done = race(lambda: overwrite("Của Chi"), lambda: overwrite("Của Lan"))
    assert len(values(done)) == 2  # both were told "saved", one text is gone
    activity.refresh_from_db()
    assert activity.title in values(done)


# -- sent twice (C3) -----------------------------------------------------------------------------
@pytest.mark.django_db
def test_a_form_sent_twice_makes_one_record_and_leads_to_it(cast: Any) -> None:
    chi, form = cast.client(cast.chi), form_of(ROW)
    first, second = (chi.post(cast.url("activity_add"), form) for _time in range(2))
    assert first.status_code == second.status_code == 302
    assert first.url == second.url
    assert Activity.objects.count() == 1
    assert Contribution.objects.count() == 1
    assert "đã được lưu ở lần gửi trước" in chi.get(second.url).content.decode()


@pytest.mark.django_db
def test_an_edit_sent_twice_is_no_conflict(cast: Any, activity: Activity) -> None:
    address, chi = cast.url("activity_edit", pk=activity.pk), cast.client(cast.chi)
    form = page_of(chi, address)
    form["title"] = "Mới"
    assert [send(chi, address, form).status_code for _time in range(2)] == [302, 302]
    activity.refresh_from_db()
    assert activity.version == 2


@pytest.mark.django_db
def test_a_form_that_failed_may_be_sent_again(cast: Any) -> None:
    chi, form = cast.client(cast.chi), form_of(ROW)
    assert chi.post(cast.url("activity_add"), {**form, "title": ""}).status_code == 422
    assert not SubmitKey.objects.exists()
    assert chi.post(cast.url("activity_add"), form).status_code == 302


@pytest.mark.django_db
def test_a_key_belongs_to_the_person_it_was_given_to(cast: Any) -> None:
    form = form_of(ROW)
    for user in (cast.chi, cast.binh):
        assert cast.client(user).post(cast.url("activity_add"), form).status_code == 302
    assert Activity.objects.count() == 2


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["", "x", "\x00" * 30, "a" * 500, "ế" * 32])
def test_a_strange_key_is_as_good_as_none(cast: Any, key: str) -> None:
    assert (
        cast.client(cast.chi).post(cast.url("activity_add"), form_of(ROW, submit_key=key)).status_code == 302
    )
    assert Activity.objects.count() == 1


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_sent_twice_at_the_same_moment_makes_one_record(cast: Any) -> None:
    form, address = form_of(ROW), cast.url("activity_add")
    clients = [Client(), Client()]
    for client in clients:
        client.force_login(cast.chi)
    answers = values(race(*(lambda client=client: client.post(address, form) for client in clients)))
    assert [answer.status_code for answer in answers] == [302, 302]
    assert answers[0].url == answers[1].url
    assert Activity.objects.count() == 1


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_control_without_the_key_two_sendings_make_two_records(cast: Any) -> None:
    address = cast.url("activity_add")
    clients = [Client(), Client()]
    for client in clients:
        client.force_login(cast.chi)
    forms = [form_of(ROW, submit_key="") for _client in clients]
    values(
        race(*(lambda pair=pair: pair[0].post(address, pair[1]) for pair in zip(clients, forms, strict=True)))
    )
    assert Activity.objects.count() == 2
