"""Handing the lead over in the admin site, without scripts; and how rights follow by themselves (A5, A10, T10)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
import time_machine
from django.contrib.messages import get_messages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from core import audit
from core.models import AuditEvent, StagedUpload
from members.enums import Basis, PhaseKind, Role
from members.models import ClusterYear, Membership, Person, RoleTerm
from tests.admin.tools import form_data
from tests.factories import (
    AgencyFactory,
    ClusterYearFactory,
    ConferenceFactory,
    ElectionResultFactory,
    MembershipFactory,
)

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


@pytest.fixture(autouse=True)
def _in_january() -> Iterator[None]:
    with time_machine.travel("2021-01-04 09:00+07:00", tick=False):
        yield


def place(cast: Any, page: str = "rotate", year: ClusterYear | None = None) -> str:
    return reverse(f"admin:members_clusteryear_{page}", args=[(year or cast.year).pk])


def filled(cast: Any, page: str = "rotate", **fields: Any) -> dict[str, Any]:
    """The form as the office finds it, with fields changed."""
    return form_data(cast.client(cast.officer).get(place(cast, page))) | fields


def send(cast: Any, button: str, data: dict[str, Any], page: str = "rotate") -> Any:
    return cast.client(cast.officer).post(place(cast, page), data | {button: "1"})


def terms(cast: Any) -> list[tuple[int, str, date, date | None]]:
    rows = RoleTerm.objects.filter(cluster=cast.cluster).order_by("starts_on", "role", "order")
    return list(rows.values_list("agency", "role", "starts_on", "ends_on"))


def said(answer: Any) -> list[str]:
    return [str(message) for message in get_messages(answer.wsgi_request)]


# -- the three steps -----------------------------------------------------------------------------
@pytest.mark.typed_braces
def test_the_year_has_the_buttons(cast: Any) -> None:
    page = cast.client(cast.officer).get(reverse("admin:members_clusteryear_change", args=[cast.year.pk]))
    for name in ("rotate", "replace", "open_next"):
        assert place(cast, name) in page.content.decode()


def test_last_years_deputy_is_proposed(cast: Any) -> None:
    data = filled(cast)
    assert (data["chair"], data["deputies"], data["starts_on"]) == (str(cast.deputy.pk), "", "04/01/2021")
    page = cast.client(cast.officer).get(place(cast)).content.decode()
    assert "Đề xuất: Cục Quản lý thị trường, Cụm phó hiện nay" in page
    assert "Năm 2021 chưa mở, sẽ được mở khi ghi." in page


def test_those_elected_are_proposed_so_that_nobody_types_them_again(cast: Any) -> None:
    final = ConferenceFactory(year=cast.year, held_on=date(2021, 1, 4))
    for role, agency in ((Role.CHAIR, cast.other), (Role.DEPUTY, cast.member)):
        ElectionResultFactory(conference=final, role=role, agency=agency, for_label="2021")
    data = filled(cast)
    assert (data["chair"], data["deputies"], data["starts_on"], data["decision_date"]) == (
        str(cast.other.pk), str(cast.member.pk), "04/01/2021", "04/01/2021",
    )  # fmt: skip
    page = cast.client(cast.officer).get(place(cast)).content.decode()
    assert "Hội nghị ngày 04/01/2021 đã bầu Cụm trưởng: Bảo hiểm xã hội, Cụm phó: Cục Thống kê" in page


def test_an_election_of_a_stranger_falls_back_on_the_deputy(cast: Any) -> None:
    final = ConferenceFactory(year=cast.year, held_on=date(2021, 1, 4))
    ElectionResultFactory(conference=final, role=Role.CHAIR, agency=AgencyFactory(), for_label="2021")
    assert filled(cast)["chair"] == str(cast.deputy.pk)


def test_before_and_after_are_shown_and_nothing_is_written(cast: Any) -> None:
    before = terms(cast)
    data = filled(cast, deputies=cast.member.pk, starts_on="5/1/2021", decision_number="Biên bản 01")
    page = send(cast, "preview", data).content.decode()
    for words in (
        "Xem lại trước khi ghi",
        "Ngân hàng Nhà nước Chi nhánh tỉnh",
        "<b>Cục Quản lý thị trường tỉnh</b>",
        "<b>Cục Thống kê tỉnh</b>",
        "Sau, từ 05/01/2021",
        "Biên bản 01",
        "Mở năm 2021 (01/01/2021–31/12/2021) với 4 đơn vị thành viên",
        "Từ 0 giờ ngày 05/01/2021, cán bộ của Cục Quản lý thị trường",
    ):
        assert words in page
    assert (terms(cast), AuditEvent.objects.count(), ClusterYear.objects.filter(label="2021").count()) == (
        before,
        0,
        0,
    )


def test_the_last_button_writes(cast: Any) -> None:
    data = filled(
        cast, deputies=cast.member.pk, starts_on="5/1/2021", decision_number="01/BB", decision_date="4/1/2021"
    )
    shown = send(cast, "preview", data)
    written = send(cast, "confirm", form_data(shown))
    assert said(written) == ["Đã ghi nhiệm kỳ Cụm trưởng, Cụm phó năm 2021."]
    coming = ClusterYear.objects.get(cluster=cast.cluster, label="2021")
    assert written.url == reverse("admin:members_clusteryear_change", args=[coming.pk])
    day = date(2021, 1, 5)
    assert terms(cast) == [
        (cast.chair.pk, Role.CHAIR, date(2020, 1, 1), day),
        (cast.deputy.pk, Role.DEPUTY, date(2020, 1, 1), day),
        (cast.deputy.pk, Role.CHAIR, day, None),
        (cast.member.pk, Role.DEPUTY, day, None),
    ]
    event = AuditEvent.objects.latest("id")
    assert (event.action, event.actor_id) == ("term_rotate", cast.officer.pk)
    assert event.role.startswith("council/officer/agency:")
    assert list(audit.verify(audit.cluster_chain(cast.cluster.pk))) == []


def test_the_last_button_pressed_twice_writes_once(cast: Any) -> None:
    data = form_data(send(cast, "preview", filled(cast, deputies=cast.member.pk)))
    send(cast, "confirm", data)
    before, lines = terms(cast), AuditEvent.objects.count()
    assert said(send(cast, "confirm", data))[-1] == "Việc luân chuyển này đã được ghi trước đó."
    assert (terms(cast), AuditEvent.objects.count()) == (before, lines)


def test_somebody_elses_hand_over_in_between_is_told(cast: Any) -> None:
    mine = form_data(send(cast, "preview", filled(cast, deputies=cast.member.pk, starts_on="6/1/2021")))
    theirs = form_data(send(cast, "preview", filled(cast, chair=cast.other.pk, starts_on="5/1/2021")))
    send(cast, "confirm", theirs)
    before = terms(cast)
    answer = send(cast, "confirm", mine)
    assert answer.status_code == 422
    assert "Vừa có người khác đổi nhiệm kỳ của cụm" in answer.content.decode()
    assert form_data(answer)["deputies"] == str(cast.member.pk)
    assert terms(cast) == before


def test_the_way_back_keeps_what_was_typed(cast: Any) -> None:
    data = filled(
        cast, deputies=cast.member.pk, starts_on="5/1/2021", note="Theo biên bản", decision_number="01/BB"
    )
    back = send(cast, "edit", form_data(send(cast, "preview", data)))
    assert back.status_code == 200
    kept = form_data(back)
    assert {name: kept[name] for name in ("deputies", "starts_on", "note", "decision_number")} == {
        "deputies": str(cast.member.pk), "starts_on": "5/1/2021", "note": "Theo biên bản", "decision_number": "01/BB",
    }  # fmt: skip
    assert "errornote" not in back.content.decode()


# -- bad input -----------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"chair": ""}, "bắt buộc"),
        ({"chair": "stranger"}, "không"),
        ({"chair": "999999"}, "không"),
        ({"deputies": "deputy"}, "Một đơn vị không thể vừa là Cụm trưởng vừa là Cụm phó."),
        ({"deputies": "member", "second_deputy": "member"}, "Một đơn vị được chọn hai lần làm Cụm phó."),
        ({"starts_on": "31/12/2020"}, "Ngày bắt đầu phải nằm trong năm 2021: từ 01/01/2021 đến 31/12/2021."),
        ({"starts_on": "31/02/2021"}, "31/02/2021"),
        ({"starts_on": ""}, "bắt buộc"),
        ({"basis": "appointed"}, "Được chỉ định thì phải ghi số quyết định."),
        ({"decision_date": "5/1/2021"}, "Ngày quyết định không thể ở sau hôm nay."),
        ({"decision_number": "x" * 61}, "60"),
        ({"basis": "x"}, "x"),
    ],
)
@pytest.mark.parametrize("button", ["preview", "confirm"])
def test_bad_input_is_refused_with_a_sentence(
    cast: Any, button: str, fields: dict[str, str], sentence: str
) -> None:
    stranger = AgencyFactory(name="Cục Hải quan")
    known = {"deputy": cast.deputy.pk, "member": cast.member.pk, "stranger": stranger.pk}
    before = terms(cast)
    answer = send(
        cast, button, filled(cast, **{name: known.get(text, text) for name, text in fields.items()})
    )
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert (terms(cast), AuditEvent.objects.count(), ClusterYear.objects.filter(label="2021").count()) == (
        before,
        0,
        0,
    )


def test_a_second_chair_is_refused(cast: Any) -> None:
    send(cast, "confirm", filled(cast))
    answer = send(cast, "confirm", filled(cast, chair=cast.other.pk, starts_on="4/1/2021"))
    assert "đã có nhiệm kỳ Cụm trưởng từ ngày 04/01/2021" in answer.content.decode()
    assert RoleTerm.objects.filter(role=Role.CHAIR, ends_on=None).count() == 1


# -- the paper -----------------------------------------------------------------------------------
def test_the_decision_is_kept_through_the_steps(cast: Any) -> None:
    upload = SimpleUploadedFile("quyet-dinh.pdf", PDF, "application/pdf")
    wrong = send(cast, "preview", filled(cast, starts_on="") | {"decision_file": upload})
    assert "Đã giữ tệp “quyet-dinh.pdf”" in wrong.content.decode()
    shown = send(cast, "preview", form_data(wrong) | {"starts_on": "5/1/2021"})
    assert "quyet-dinh.pdf" in shown.content.decode()
    assert send(cast, "confirm", form_data(shown)).status_code == 302
    stored = RoleTerm.objects.get(role=Role.CHAIR, ends_on=None).decision_file
    assert stored is not None
    assert stored.size == len(PDF)
    assert not StagedUpload.objects.exists()


def test_a_script_under_the_name_of_a_paper_is_refused(cast: Any) -> None:
    upload = SimpleUploadedFile("quyet-dinh.pdf", b"#!/bin/sh\nrm -rf /\n", "application/pdf")
    answer = send(cast, "preview", filled(cast) | {"decision_file": upload})
    assert answer.status_code == 422
    assert "quyet-dinh.pdf" in answer.content.decode()
    assert not StagedUpload.objects.exists()


# -- in mid-year, and the coming year ------------------------------------------------------------
def test_the_deputy_acts_when_the_chair_disappears(cast: Any) -> None:
    with time_machine.travel("2020-07-10 09:00+07:00", tick=False):
        data = filled(cast, "replace")
        assert (data["chair"], data["deputies"]) == (str(cast.chair.pk), str(cast.deputy.pk))
        data |= {
            "chair": cast.deputy.pk,
            "deputies": cast.member.pk,
            "starts_on": "1/7/2020",
            "basis": Basis.ACTING,
        }
        shown = send(cast, "preview", data, "replace")
        assert "Ngay sau khi ghi, cán bộ của Cục Quản lý thị trường" in shown.content.decode()
        assert send(cast, "confirm", form_data(shown), "replace").status_code == 302
    assert terms(cast)[2:] == [
        (cast.deputy.pk, Role.CHAIR, date(2020, 7, 1), None),
        (cast.member.pk, Role.DEPUTY, date(2020, 7, 1), None),
    ]
    assert AuditEvent.objects.latest("id").action == "term_replace"
    assert not ClusterYear.objects.filter(label="2021").exists()


def test_an_agency_that_nobody_works_for_is_remarked(cast: Any) -> None:
    page = send(cast, "preview", filled(cast, deputies=cast.other.pk)).content.decode()
    assert "Lưu ý: Bảo hiểm xã hội chưa có cán bộ nào" in page
    assert "Lưu ý: Cục Quản lý thị trường" not in page


def test_the_coming_year_is_opened_once(cast: Any) -> None:
    client = cast.client(cast.officer)
    shown = client.get(place(cast, "open_next"))
    assert "4 đơn vị thành viên" in shown.content.decode()
    assert said(client.post(place(cast, "open_next"))) == ["Đã mở năm 2021."]
    assert said(client.post(place(cast, "open_next")))[-1] == "Năm 2021 đã mở."
    assert ClusterYear.objects.filter(cluster=cast.cluster).count() == 2


def test_a_coming_year_that_would_overlap_is_refused(cast: Any) -> None:
    ClusterYearFactory(
        cluster=cast.cluster, label="2022", starts_on=date(2021, 6, 1), ends_on=date(2022, 12, 31)
    )
    answer = cast.client(cast.officer).post(place(cast, "open_next"))
    assert answer.status_code == 422
    assert "trùng thời gian với năm 2022" in answer.content.decode()


def test_pages_cost_the_same_for_any_number_of_members(cast: Any, django_assert_num_queries: Any) -> None:
    client, data = cast.client(cast.officer), filled(cast, deputies=cast.member.pk)
    for _ in range(2):
        with django_assert_num_queries(14):
            client.get(place(cast))
        with django_assert_num_queries(9):
            client.post(place(cast), data | {"preview": "1"})
        for order in (10, 11, 12):
            MembershipFactory(year=cast.year, order=order)


# -- rights follow -------------------------------------------------------------------------------
def hand_over(cast: Any, day: str) -> ClusterYear:
    answer = send(cast, "confirm", filled(cast, deputies=cast.member.pk, starts_on=day))
    assert answer.status_code == 302
    return ClusterYear.objects.get(cluster=cast.cluster, label="2021")


def statuses(cast: Any, client: Client, name: str, year: ClusterYear) -> int:
    return int(client.get(cast.url(name, year)).status_code)


@pytest.mark.parametrize("name", ["phase_advance", "summary_publish"])
def test_t10_rights_pass_at_local_midnight_in_the_same_session(cast: Any, name: str) -> None:
    """Nobody signs in again, nobody sets a flag: the day the term starts, the pages open and close."""
    coming = hand_over(cast, "5/1/2021")
    cast.go(PhaseKind.PUBLISH, coming)
    with time_machine.travel("2021-01-04 23:50:00+07:00", tick=False):
        old, new = cast.client(cast.an), cast.client(cast.binh)
    for moment, chair, former in (
        ("2021-01-04 23:59:59.999999+07:00", old, new),
        ("2021-01-05 00:00:00+07:00", new, old),
        ("2021-01-05 00:30:00+07:00", new, old),
    ):
        with time_machine.travel(moment, tick=False):
            assert (moment, statuses(cast, chair, name, coming)) == (moment, 200)
            assert (moment, statuses(cast, former, name, coming)) == (moment, 403)
            assert statuses(cast, former, "year_home", coming) == 200


def test_t10_control_without_the_term_nothing_moves(cast: Any) -> None:
    with time_machine.travel("2021-01-05 00:00:00+07:00", tick=False):
        assert cast.scope(cast.an).is_chair
        assert not cast.scope(cast.binh).is_chair


def test_the_new_chair_finishes_what_the_old_year_lacks(cast: Any) -> None:
    cast.go(PhaseKind.PUBLISH)
    hand_over(cast, "5/1/2021")
    with time_machine.travel("2021-01-05 08:00+07:00", tick=False):
        assert cast.client(cast.binh).get(cast.url("phase_advance")).status_code == 200
        assert cast.client(cast.an).get(cast.url("phase_advance")).status_code == 403


def test_a10_last_years_chair_does_not_edit_this_year(cast: Any) -> None:
    coming = hand_over(cast, "5/1/2021")
    cast.go(PhaseKind.CARRY_OUT, coming)
    with time_machine.travel("2021-03-01 08:00+07:00", tick=False):
        client = cast.client(cast.an)
        for name in ("phase_advance", "movement_add", "year_texts", "summary_publish"):
            assert (name, client.post(cast.url(name, coming), {}).status_code) in ((name, 403), (name, 405))
        assert cast.scope(cast.an, coming).is_member
    assert coming.phases.get(opened_at__isnull=False, closed_at=None).kind == PhaseKind.CARRY_OUT


def test_a5_a_function_that_ends_gives_nothing_from_the_next_request(cast: Any) -> None:
    Person.objects.filter(user=cast.an).update(ends_on=date(2021, 1, 5))
    with time_machine.travel("2021-01-04 23:50:00+07:00", tick=False):
        client = cast.client(cast.an)
    with time_machine.travel("2021-01-04 23:59:59+07:00", tick=False):
        assert client.get(cast.url("phase_advance")).status_code == 200
    with time_machine.travel("2021-01-05 00:00:00+07:00", tick=False):
        assert client.get(cast.url("phase_advance")).status_code == 404
        assert client.get(cast.url("year_home")).status_code == 404


def test_a5_a_switched_off_account_is_out_at_the_next_request(cast: Any) -> None:
    client = cast.client(cast.an)
    assert client.get(cast.url("phase_advance")).status_code == 200
    cast.an.is_active = False
    cast.an.save()
    assert client.get(cast.url("phase_advance")).status_code == 302


def test_a5_a_new_password_ends_the_sessions_of_the_old(cast: Any) -> None:
    client = cast.client(cast.an)
    assert client.get(cast.url("phase_advance")).status_code == 200
    cast.an.set_password("mot-mat-khau-hoan-toan-moi")
    cast.an.save()
    assert client.get(cast.url("phase_advance")).status_code == 302


def test_members_of_the_coming_year_are_the_same_and_count(cast: Any) -> None:
    coming = hand_over(cast, "5/1/2021")
    assert Membership.objects.filter(year=coming).count() == 4
