"""Each rule that the database keeps for conferences, broken by name."""

from __future__ import annotations

from typing import Any

import pytest

from conference import models
from tests.factories import (
    AgencyFactory,
    AttendanceFactory,
    ConferenceFactory,
    ConferenceMomentFactory,
    ElectionResultFactory,
)
from tests.support.constraints import assert_refused, constraints_of

pytestmark = pytest.mark.django_db

NOT_LISTED = "Giá trị không nằm trong danh sách cho phép."


def second_final() -> Any:
    return ConferenceFactory.build(year=ConferenceFactory().year)


def kind_of_conference() -> Any:
    return ConferenceFactory.build(year=ConferenceFactory(kind="midterm").year, kind="party")


def same_place_in_the_list() -> Any:
    first = AttendanceFactory()
    return AttendanceFactory.build(conference=first.conference, order=first.order)


def member_twice() -> Any:
    first = AttendanceFactory(kind="member", agency=AgencyFactory())
    return AttendanceFactory.build(conference=first.conference, kind="member", agency=first.agency)


def member_without_agency() -> Any:
    return AttendanceFactory.build(conference=ConferenceFactory(), kind="member", agency=None)


def kind_of_attendance() -> Any:
    return AttendanceFactory.build(conference=ConferenceFactory(), agency=AgencyFactory(), kind="waiter")


def same_place_in_the_course() -> Any:
    first = ConferenceMomentFactory()
    return ConferenceMomentFactory.build(conference=first.conference, order=first.order)


def kind_of_moment() -> Any:
    return ConferenceMomentFactory.build(conference=ConferenceFactory(), kind="dance")


def same_seat() -> Any:
    first = ElectionResultFactory()
    return ElectionResultFactory.build(conference=first.conference, agency=AgencyFactory())


def two_offices() -> Any:
    first = ElectionResultFactory()
    return ElectionResultFactory.build(conference=first.conference, agency=first.agency, role="deputy")


def role() -> Any:
    return ElectionResultFactory.build(conference=ConferenceFactory(), agency=AgencyFactory(), role="king")


CASES = {
    "conference_one_final": (second_final, "Một năm chỉ có một hội nghị tổng kết."),
    "conference_kind": (kind_of_conference, NOT_LISTED),
    "attendance_order": (same_place_in_the_list, ""),
    "attendance_member_once": (member_twice, "Đơn vị đã có trong danh sách dự."),
    "attendance_member_agency": (member_without_agency, "Đơn vị thành viên dự họp phải chọn đơn vị."),
    "attendance_kind": (kind_of_attendance, NOT_LISTED),
    "moment_order": (same_place_in_the_course, ""),
    "moment_kind": (kind_of_moment, NOT_LISTED),
    "election_seat": (same_seat, ""),
    "election_one_office": (two_offices, "Một đơn vị không thể vừa là Cụm trưởng vừa là Cụm phó."),
    "election_role": (role, NOT_LISTED),
}


@pytest.mark.parametrize("name", CASES)
def test_the_database_refuses(name: str) -> None:
    make, message = CASES[name]
    assert_refused(make(), name, message)


def test_every_constraint_has_its_case() -> None:
    assert constraints_of(models) == set(CASES)


def test_one_agency_may_send_several_guests() -> None:
    agency, conference = AgencyFactory(), ConferenceFactory()
    AttendanceFactory(conference=conference, agency=agency)
    AttendanceFactory(conference=conference, agency=agency)
    assert conference.attendance.count() == 2


def test_rows_say_what_they_are() -> None:
    conference = ConferenceFactory(title="Hội nghị tổng kết")
    said = [
        str(conference),
        str(AttendanceFactory(conference=conference, office="Trưởng ban")),
        str(ConferenceMomentFactory(conference=conference, kind="opening")),
        str(ElectionResultFactory(conference=conference)),
    ]
    assert said == ["Hội nghị tổng kết", "Trưởng ban", "Phát biểu khai mạc", "Cụm trưởng 2021"]
