"""The conference page and the form that records it."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest

from conference.domain import record
from conference.models import Attendance, Conference, ElectionResult, Moment
from conference.queries import final_conference
from conference.words import proposed_title
from core import audit
from core.errors import DomainError
from core.models import AuditEvent
from members.enums import PhaseKind
from members.guards import missing
from members.models import ClusterYear
from tests.factories import (
    AgencyFactory,
    AttendanceFactory,
    ConferenceFactory,
    ConferenceMomentFactory,
    ElectionResultFactory,
    MembershipFactory,
    RoleTermFactory,
)
from tests.support.race import errors, race, values

pytestmark = pytest.mark.django_db


@pytest.fixture
def at_conference(cast: Any) -> Any:
    cast.go(PhaseKind.DELIBERATE)
    return cast


def rows(prefix: str, given: list[dict[str, Any]]) -> dict[str, str]:
    """Rows of a formset as a browser posts them."""
    data = {f"{prefix}-TOTAL_FORMS": str(len(given)), f"{prefix}-INITIAL_FORMS": "0"}
    for number, row in enumerate(given):
        data |= {f"{prefix}-{number}-{name}": str(value) for name, value in row.items()}
    return data


def posted(cast: Any, **more: Any) -> dict[str, str]:
    """What a browser posts: the meeting of the seed, everybody there."""
    data = {
        "title": "Hội nghị tổng kết năm 2020", "held_on": "5/1/2021", "place": "Ngân hàng Nhà nước Chi nhánh tỉnh",
        "host": str(cast.chair.pk), "note": "", "base": "0", "for_label": "2021", "chair": str(cast.deputy.pk),
        "deputy_0": str(cast.member.pk), "deputy_1": "",
    }  # fmt: skip
    for agency in cast.agencies:
        data |= {f"{agency.pk}-present": "on", f"{agency.pk}-office": "Đại diện lãnh đạo"}
    data |= rows(
        "guests",
        [
            {"office": "Lãnh đạo Ban Thi đua - Khen thưởng tỉnh"},
            {"office": "Thành viên Hội đồng phụ trách Cụm", "agency": ""},
        ],
    )
    data |= rows(
        "moments",
        [
            {"order": 2, "kind": "launch", "office": "Phó Cục trưởng", "agency": cast.deputy.pk},
            {
                "order": 1,
                "kind": "opening",
                "office": "Giám đốc",
                "agency": cast.chair.pk,
                "note": "Khai mạc",
            },
        ],
    )
    return data | {name: str(value) for name, value in more.items()}


def save(cast: Any, user: Any = None, follow: bool = False, **more: Any) -> Any:
    return cast.client(user or cast.an).post(cast.url("conference_edit"), posted(cast, **more), follow=follow)


def text_in(page: str, name: str) -> str:
    """What stands in a text area."""
    found = re.search(rf'<textarea name="{name}"[^>]*>\s*(.*?)</textarea>', page, re.DOTALL)
    assert found
    return found.group(1)


def everything() -> list[Any]:
    """All that is stored of conferences, to see that nothing was half written."""
    return [
        list(model.objects.order_by("pk").values())
        for model in (Conference, Attendance, Moment, ElectionResult, AuditEvent)
    ]


# -- works ---------------------------------------------------------------------------------------
def test_the_meeting_is_recorded_whole_and_shown(at_conference: Any) -> None:
    cast = at_conference
    answer = save(cast, follow=True)
    page = answer.content.decode()
    assert answer.redirect_chain == [(cast.url("conference"), 302)]
    final = Conference.objects.get()
    assert (final.held_on, final.host_id, final.version) == (date(2021, 1, 5), cast.chair.pk, 1)
    assert [row.agency_id for row in final.attendance.filter(kind="member").order_by("order")] == [
        agency.pk for agency in cast.agencies
    ]
    assert list(final.attendance.filter(kind="guest").order_by("order").values_list("office", flat=True)) == [
        "Lãnh đạo Ban Thi đua - Khen thưởng tỉnh",
        "Thành viên Hội đồng phụ trách Cụm",
    ]
    assert list(final.moments.order_by("order").values_list("kind", "agency")) == [
        ("opening", cast.chair.pk),
        ("launch", cast.deputy.pk),
    ]
    assert list(final.elected.order_by("role", "order").values_list("for_label", "role", "agency")) == [
        ("2021", "chair", cast.deputy.pk),
        ("2021", "deputy", cast.member.pk),
    ]
    for words in (
        "04 đơn vị thành viên dự", "05/01/2021", "Giám đốc, Ngân hàng Nhà nước Chi nhánh tỉnh", "Năm 2021",
        "Cục Thống kê tỉnh", "Đã ghi hội nghị tổng kết.",
    ):  # fmt: skip
        assert words in page
    assert list(audit.verify(audit.cluster_chain(cast.cluster.pk))) == []
    event = AuditEvent.objects.get(action="conference_save")
    assert event.before == ""
    assert '"held_on":"2021-01-05"' in event.after


def test_the_form_proposes_title_host_year_and_everybody_present(at_conference: Any) -> None:
    cast = at_conference
    page = cast.client(cast.binh).get(cast.url("conference_edit")).content.decode()
    assert "Hội nghị tổng kết công tác thi đua, khen thưởng năm 2020, phương hướng nhiệm vụ năm 2021" in page
    assert f'<option value="{cast.chair.pk}" selected>' in page
    assert len(re.findall(r'name="\d+-present"[^>]*checked', page)) == 4
    assert page.count('value="Đại diện lãnh đạo"') == 4
    assert 'name="for_label" value="2021"' in page
    assert "không ghi tên người" in page


def test_titles_of_years_that_span_two(at_conference: Any) -> None:
    assert proposed_title("2012-2013").endswith("năm 2012-2013, phương hướng nhiệm vụ năm 2013-2014")


def test_a_change_keeps_the_rest_and_audits_only_what_differs(at_conference: Any) -> None:
    cast = at_conference
    save(cast)
    save(cast, cast.binh, base=1, place="Cục Thuế tỉnh")
    final = Conference.objects.get()
    assert (final.place, final.version) == ("Cục Thuế tỉnh", 2)
    assert (final.attendance.count(), final.moments.count(), final.elected.count()) == (6, 2, 2)
    event = AuditEvent.objects.filter(action="conference_save").order_by("-pk")[0]
    assert event.before == '{"place":"Ngân hàng Nhà nước Chi nhánh tỉnh"}'
    assert event.after == '{"place":"Cục Thuế tỉnh"}'


def test_the_form_shows_what_is_stored(at_conference: Any) -> None:
    cast = at_conference
    save(cast, **{f"{cast.other.pk}-present": ""})
    page = cast.client(cast.an).get(cast.url("conference_edit")).content.decode()
    assert 'name="held_on" value="05/01/2021"' in page
    assert text_in(page, "guests-0-office") == "Lãnh đạo Ban Thi đua - Khen thưởng tỉnh"
    assert text_in(page, "moments-0-office") == "Giám đốc"
    assert not re.search(rf'name="{cast.other.pk}-present"[^>]*checked', page)
    assert re.search(rf'<option value="{cast.member.pk}" selected>', page)


def test_absent_members_are_counted_and_named(at_conference: Any) -> None:
    cast = at_conference
    absent = posted(cast)
    del absent[f"{cast.other.pk}-present"]
    cast.client(cast.an).post(cast.url("conference_edit"), absent)
    page = cast.client(cast.chi).get(cast.url("conference")).content.decode()
    assert "03 đơn vị thành viên dự" in page
    assert "01 đơn vị không dự" in page


def test_rows_left_empty_or_taken_out_are_dropped(at_conference: Any) -> None:
    cast = at_conference
    data = posted(cast)
    data |= rows("guests", [{"office": "", "agency": "", "order": 3}, {"office": "Khách", "DELETE": "on"}])
    data |= rows("moments", [{"kind": "", "office": "  ", "agency": "", "note": ""}])
    assert cast.client(cast.an).post(cast.url("conference_edit"), data).status_code == 302
    assert not Attendance.objects.filter(kind="guest").exists()
    assert not Moment.objects.exists()


def test_without_an_election_yet_the_year_alone_records_none(at_conference: Any) -> None:
    cast = at_conference
    assert save(cast, chair="", deputy_0="").status_code == 302
    assert not ElectionResult.objects.exists()
    assert "Chưa ghi kết quả bầu" in cast.client(cast.an).get(cast.url("conference")).content.decode()


def test_more_deputies_than_usual_stay(at_conference: Any) -> None:
    cast = at_conference
    final = ConferenceFactory(year=cast.year)
    ElectionResultFactory(conference=final, agency=cast.chair)
    for order, agency in enumerate(cast.agencies[1:], 1):
        ElectionResultFactory(conference=final, agency=agency, role="deputy", order=order)
    page = cast.client(cast.an).get(cast.url("conference_edit")).content.decode()
    assert 'name="deputy_2"' in page
    save(
        cast,
        base=1,
        chair=cast.chair.pk,
        deputy_0=cast.other.pk,
        deputy_1=cast.deputy.pk,
        deputy_2=cast.member.pk,
    )
    assert list(final.elected.filter(role="deputy").order_by("order").values_list("agency", flat=True)) == [
        cast.other.pk, cast.deputy.pk, cast.member.pk,
    ]  # fmt: skip


@pytest.mark.parametrize("prefix", ["guests", "moments"])
def test_a_row_is_added_without_javascript_and_nothing_typed_is_lost(at_conference: Any, prefix: str) -> None:
    cast = at_conference
    answer = save(cast, add_row=prefix, title="", held_on="hôm qua")
    page = answer.content.decode()
    assert answer.status_code == 200
    assert f'name="{prefix}-2-order"' in page
    assert 'value="hôm qua"' in page
    assert "Chưa lưu được" not in page
    assert text_in(page, "guests-0-office") == "Lãnh đạo Ban Thi đua - Khen thưởng tỉnh"
    assert not Conference.objects.exists()


def test_rows_have_an_end(at_conference: Any) -> None:
    cast = at_conference
    many = rows("guests", [{"office": f"Khách {number}"} for number in range(61)])
    answer = cast.client(cast.an).post(cast.url("conference_edit"), posted(cast) | many)
    assert answer.status_code == 422
    assert "Nhiều nhất 60 dòng" in answer.content.decode()
    sixty = rows("guests", [{"office": f"Khách {number}"} for number in range(60)])
    page = cast.client(cast.an).post(
        cast.url("conference_edit"), posted(cast) | sixty | {"add_row": "guests"}
    )
    assert 'name="guests-60-office"' not in page.content.decode()


def test_a_strange_row_name_adds_nothing(at_conference: Any) -> None:
    answer = save(at_conference, add_row="../x")
    assert answer.status_code == 200
    assert not Conference.objects.exists()


def test_empty_page_says_so_and_offers_the_way_to_those_who_may(at_conference: Any) -> None:
    cast = at_conference
    shown = {
        name: cast.client(getattr(cast, name)).get(cast.url("conference")).content.decode()
        for name in ("an", "chi", "officer")
    }
    assert all("Chưa ghi hội nghị tổng kết" in page for page in shown.values())
    way = f'href="{cast.url("conference_edit")}"'
    assert [name for name, page in shown.items() if way in page] == ["an"]


def test_names_are_those_of_the_year(at_conference: Any) -> None:
    cast = at_conference
    save(cast)
    cast.deputy.names.update(valid_to=date(2021, 3, 1))
    cast.deputy.names.create(name="Chi cục mới", short_name="Chi cục", valid_from=date(2021, 3, 1))
    page = cast.client(cast.an).get(cast.url("conference")).content.decode()
    assert "Cục Quản lý thị trường tỉnh" in page
    assert "Chi cục mới" not in page


# -- bad input -----------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"title": ""}, "Ghi tên hội nghị."),
        ({"title": "  \u200b "}, "Ghi tên hội nghị."),
        ({"title": "x" * 301}, "300"),
        ({"place": ""}, "Ghi nơi họp."),
        ({"place": "x" * 301}, "300"),
        ({"note": "x" * 2001}, "2000"),
        ({"held_on": ""}, "Ghi ngày họp"),
        ({"held_on": "31/02/2021"}, "31/02/2021"),
        ({"held_on": "5/1/2099"}, "Ngày họp không thể ở tương lai."),
        ({"held_on": "31/12/2019"}, "trước khi năm bắt đầu (01/01/2020)"),
        ({"host": "999999"}, "Chọn một đơn vị trong danh sách."),
        ({"guests-0-agency": "999999", "guests-0-office": "Khách"}, "Chọn một đơn vị trong danh sách."),
        ({"guests-0-office": "", "guests-0-agency": "CHAIR"}, "Ghi chức vụ hoặc thành phần của đại biểu."),
        ({"guests-1-office": "x" * 301}, "300"),
        ({"guests-1-order": "đầu"}, "Ghi số nguyên"),
        ({"guests-1-order": "-1"}, "1"),
        ({"moments-0-kind": ""}, "Chọn nội dung của diễn biến này."),
        ({"moments-0-kind": "party"}, "party"),
        ({"moments-0-kind": "other"}, "Ghi diễn giải cho nội dung khác."),
        ({"moments-0-agency": "abc"}, "Chọn một đơn vị trong danh sách."),
        ({"moments-0-note": "x" * 501}, "500"),
        ({"MEMBER-office": ""}, "Ghi thành phần dự"),
        ({"MEMBER-office": "x" * 301}, "300"),
        ({"chair": "999999"}, "Chọn một đơn vị trong danh sách."),
        ({"chair": "COUNCIL"}, "Chọn một đơn vị trong danh sách."),
        ({"chair": ""}, "Chọn Cụm trưởng được bầu."),
        ({"deputy_0": "DEPUTY"}, "Một đơn vị không thể vừa là Cụm trưởng vừa là Cụm phó."),
        ({"deputy_0": "", "deputy_1": "DEPUTY"}, "Một đơn vị không thể vừa là Cụm trưởng vừa là Cụm phó."),
        ({"deputy_1": "MEMBER"}, "Đơn vị này đã được chọn là Cụm phó."),
        ({"for_label": ""}, "Ghi năm của nhiệm kỳ mới"),
        ({"for_label": "năm sau"}, "Ghi năm của nhiệm kỳ mới"),
        ({"for_label": "2020"}, "phải sau năm 2020"),
        ({"for_label": "2021-2022-3"}, "9"),
        ({"base": "abc"}, "Chưa lưu được"),
        ({"guests-TOTAL_FORMS": "x"}, "Biểu mẫu gửi lên không đầy đủ"),
    ],
)  # fmt: skip
def test_bad_input_gets_a_sentence_keeps_the_typing_and_writes_nothing(
    at_conference: Any, more: dict[str, str], sentence: str
) -> None:
    cast = at_conference
    ids = {"CHAIR": cast.chair.pk, "DEPUTY": cast.deputy.pk, "MEMBER": cast.member.pk}
    ids["COUNCIL"] = cast.scope(cast.officer).agency_id
    for word, pk in ids.items():
        more = {
            name.replace(word, str(pk)): str(pk) if value == word else value for name, value in more.items()
        }
    before = everything()
    answer = save(cast, **more)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert sentence in page
    assert "Chưa lưu được" in page
    assert everything() == before
    if "title" not in more:
        assert text_in(page, "title") == "Hội nghị tổng kết năm 2020"


def test_nobody_present_is_told(at_conference: Any) -> None:
    cast = at_conference
    data = {name: value for name, value in posted(cast).items() if not name.endswith("-present")}
    answer = cast.client(cast.an).post(cast.url("conference_edit"), data)
    assert answer.status_code == 422
    assert "Chọn ít nhất một đơn vị thành viên dự hội nghị." in answer.content.decode()


def test_fields_that_the_form_does_not_have_change_nothing(at_conference: Any) -> None:
    cast = at_conference
    other = ClusterYear.objects.exclude(pk=cast.year.pk).get()
    stranger = MembershipFactory().agency
    save(
        cast, year=other.pk, kind="midterm", version=77, id=5,
        **{f"{stranger.pk}-present": "on", f"{stranger.pk}-office": "Người lạ"},
    )  # fmt: skip
    final = Conference.objects.get()
    assert (final.year_id, final.kind, final.version) == (cast.year.pk, "final", 1)
    assert not Attendance.objects.filter(agency=stranger).exists()


@pytest.mark.typed_braces
def test_what_is_typed_is_shown_as_typed(at_conference: Any) -> None:
    cast = at_conference
    corpus = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>{{ 7*7 }}{% now %}&lt;b&gt;"
    save(cast, title=corpus, place=corpus, note=corpus, **{
        f"{cast.member.pk}-office": corpus, "guests-0-office": corpus, "moments-0-office": corpus,
        "moments-0-note": corpus,
    })  # fmt: skip
    assert Conference.objects.get().title == corpus
    stale = save(cast, cast.binh, place="Nơi khác")
    for page in (
        cast.client(cast.chi).get(cast.url("conference")).content.decode(),
        cast.client(cast.an).get(cast.url("conference_edit")).content.decode(),
        stale.content.decode(),
    ):
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
        assert "{{ 7*7 }}" in page


# -- two at once ---------------------------------------------------------------------------------
def test_the_second_of_two_sees_both_values_and_loses_nothing(at_conference: Any) -> None:
    cast = at_conference
    save(cast, cast.binh, place="Cục Thuế tỉnh", **{"guests-1-office": "Phó Trưởng ban"})
    before = everything()
    answer = save(cast, place="Kho bạc Nhà nước tỉnh")
    page = answer.content.decode()
    assert answer.status_code == 409
    assert everything() == before
    for words in (
        "Người khác vừa lưu", "Nơi họp", "Cục Thuế tỉnh", "Kho bạc Nhà nước tỉnh", "Đại biểu 2", "Phó Trưởng ban",
        'name="base" value="1"',
    ):  # fmt: skip
        assert words in page
    assert text_in(page, "place") == "Kho bạc Nhà nước tỉnh"
    again = save(cast, place="Kho bạc Nhà nước tỉnh", base=1)
    assert again.status_code == 302
    assert (Conference.objects.get().place, Conference.objects.get().version) == ("Kho bạc Nhà nước tỉnh", 2)


def test_a_form_sent_twice_is_recorded_once(at_conference: Any) -> None:
    cast = at_conference
    assert [save(cast).status_code, save(cast).status_code] == [302, 302]
    assert Conference.objects.get().version == 1
    assert AuditEvent.objects.filter(action="conference_save").count() == 1


# -- who and when --------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("name", "sees", "edits"),
    [
        ("an", 200, 200), ("binh", 200, 200), ("chi", 200, 403), ("lan", 200, 403), ("officer", 200, 403),
        ("observer", 200, 403), ("dung", 404, 404), ("root", 404, 404),
    ],
)  # fmt: skip
def test_who_sees_and_who_records(at_conference: Any, name: str, sees: int, edits: int) -> None:
    cast = at_conference
    client = cast.client(getattr(cast, name))
    assert client.get(cast.url("conference")).status_code == sees
    assert client.get(cast.url("conference_edit")).status_code == edits
    answer = client.post(cast.url("conference_edit"), posted(cast))
    assert answer.status_code == (302 if edits == 200 else edits)
    assert Conference.objects.exists() == (edits == 200)


@pytest.mark.parametrize("phase", PhaseKind.values)
def test_recording_is_open_from_the_deliberation_on(cast: Any, phase: str) -> None:
    cast.go(phase)
    is_open = phase in (PhaseKind.DELIBERATE, PhaseKind.PUBLISH)
    answer = save(cast)
    assert answer.status_code == (302 if is_open else 403)
    assert cast.client(cast.an).get(cast.url("conference")).status_code == 200
    if not is_open:
        assert "Bình xét" in answer.content.decode()
        assert not Conference.objects.exists()


def test_a_sealed_year_is_read_only(at_conference: Any) -> None:
    cast = at_conference
    save(cast)
    ClusterYear.objects.filter(pk=cast.year.pk).update(sealed_at="2021-06-01T00:00:00Z")
    assert save(cast, base=1, place="Nơi khác").status_code == 403
    assert cast.client(cast.an).get(cast.url("conference")).status_code == 200


def test_anonymous_is_sent_to_sign_in(at_conference: Any) -> None:
    cast = at_conference
    for name in ("conference", "conference_edit"):
        answer = cast.client().get(cast.url(name))
        assert answer.status_code == 302
        assert "/tai-khoan/dang-nhap/" in answer.url


def test_the_next_chairs_staff_may_complete_the_old_year(at_conference: Any) -> None:
    cast = at_conference
    cast.cluster.terms.update(ends_on=date(2021, 1, 5))
    RoleTermFactory(cluster=cast.cluster, agency=cast.member, starts_on=date(2021, 1, 5))
    assert save(cast, cast.an).status_code == 403
    assert save(cast, cast.chi).status_code == 302


def test_other_methods_are_refused(at_conference: Any) -> None:
    cast = at_conference
    assert cast.client(cast.an).post(cast.url("conference")).status_code == 405
    assert cast.client(cast.an).delete(cast.url("conference_edit")).status_code == 405


# -- queries -------------------------------------------------------------------------------------
@pytest.mark.parametrize("count", [1, 3])
def test_the_same_queries_for_one_row_and_for_three(
    at_conference: Any, django_assert_num_queries: Any, count: int
) -> None:
    cast = at_conference
    for agency in cast.agencies[count:]:
        cast.year.memberships.filter(agency=agency).delete()
    final = ConferenceFactory(year=cast.year, host=cast.chair)
    for number, agency in enumerate(cast.agencies[:count], 1):
        AttendanceFactory(conference=final, kind="member", agency=agency, order=number)
        AttendanceFactory(conference=final, agency=AgencyFactory(), order=number)
        ConferenceMomentFactory(conference=final, agency=agency, order=number)
        ElectionResultFactory(
            conference=final, agency=agency, role="deputy" if number > 1 else "chair", order=number
        )
        ConferenceFactory(year=cast.year, kind="midterm", title=f"Hội nghị sơ kết {number}")
    client = cast.client(cast.an)
    with django_assert_num_queries(12):
        assert client.get(cast.url("conference")).status_code == 200
    with django_assert_num_queries(12):
        assert client.get(cast.url("conference_edit")).status_code == 200


def test_other_meetings_of_the_year_are_listed(at_conference: Any) -> None:
    cast = at_conference
    ConferenceFactory(
        year=cast.year, kind="midterm", title="Hội nghị sơ kết 6 tháng", held_on=date(2020, 7, 1)
    )
    page = cast.client(cast.chi).get(cast.url("conference")).content.decode()
    assert "Hội nghị sơ kết 6 tháng" in page
    assert "01/07/2020" in page
    assert "Chưa ghi hội nghị tổng kết" in page


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_record_at_once_one_wins_whole(cast: Any) -> None:
    cast.go(PhaseKind.DELIBERATE)
    scope = cast.scope(cast.an)

    def attempt(place: str) -> Any:
        people = tuple(record.Attendee(place, agency.pk) for agency in cast.agencies)
        draft = record.Draft("Hội nghị", date(2021, 1, 5), place, members=people)
        return lambda: record.save_conference(scope, draft)

    outcomes = race(attempt("Cục Thuế"), attempt("Cục Thống kê"))
    assert len(values(outcomes)) == 1
    assert [type(error).__name__ for error in errors(outcomes)] == ["Stale"]
    final = Conference.objects.get()
    assert set(final.attendance.values_list("office", flat=True)) == {final.place}


def test_the_verb_itself_refuses_strangers_and_doubles(at_conference: Any) -> None:
    cast = at_conference
    stranger = MembershipFactory().agency
    twice = record.Attendee("Đại diện lãnh đạo", cast.chair.pk)
    draft = record.Draft(
        "", None, "", host_id=stranger.pk, members=(twice, twice, record.Attendee("", stranger.pk)),
        guests=(record.Attendee("Khách", stranger.pk),), moments=(record.Step("opening", agency_id=stranger.pk),),
        chair_id=stranger.pk, deputy_ids=(stranger.pk,), for_label="2021",
    )  # fmt: skip
    with pytest.raises(DomainError) as refused:
        record.save_conference(cast.scope(cast.an), draft)
    told = {problem.field: problem.sentence for problem in refused.value.problems}
    assert told == {
        "title": "Ghi tên hội nghị.",
        "place": "Ghi nơi họp.",
        "held_on": "Ghi ngày họp, ví dụ 05/01/2021.",
        "host": "Chọn một đơn vị trong danh sách.",
        f"{cast.chair.pk}-office": "Đơn vị đã có trong danh sách dự.",
        f"{stranger.pk}-office": "Ghi thành phần dự, ví dụ “Đại diện lãnh đạo”.",
        "guests-0-agency": "Chọn một đơn vị trong danh sách.",
        "moments-0-agency": "Chọn một đơn vị trong danh sách.",
        "chair": "Chỉ bầu đơn vị thành viên của Cụm trong năm.",
        "deputy-0": "Chỉ bầu đơn vị thành viên của Cụm trong năm.",
    }
    assert not Conference.objects.exists()


def test_the_conference_as_one_value(at_conference: Any) -> None:
    cast = at_conference
    assert final_conference(cast.year) is None
    save(cast)
    final = final_conference(cast.year)
    assert final is not None
    assert (final.host, final.for_label) == ("Ngân hàng Nhà nước Chi nhánh tỉnh", "2021")
    assert final.chair is not None
    assert final.chair.agency == "Cục Quản lý thị trường tỉnh"
    assert [one.agency for one in final.deputies] == ["Cục Thống kê tỉnh"]
    assert [(one.label, one.office) for one in final.moments] == [
        ("Phát biểu khai mạc", "Giám đốc"),
        ("Phát động thi đua năm sau", "Phó Cục trưởng"),
    ]


# -- the step of the year ------------------------------------------------------------------------
def test_the_deliberation_closes_only_with_conference_and_election(at_conference: Any) -> None:
    cast = at_conference

    def said() -> list[str]:
        found = [
            problem
            for problem in missing(cast.year, PhaseKind.DELIBERATE)
            if problem.link == "conference_edit"
        ]
        return [problem.sentence for problem in found]

    assert said() == ["Chưa ghi hội nghị tổng kết."]
    save(cast, chair="", deputy_0="")
    assert said() == ["Chưa ghi kết quả bầu Cụm trưởng năm sau."]
    save(cast, base=1)
    assert said() == []
