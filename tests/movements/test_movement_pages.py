"""Movements: the list, one, launching and changing it, joining it, and what the steps of a year wait for."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
import time_machine

from core.access import Refused
from core.audit import verify
from core.errors import DomainError, Stale
from core.models import AuditEvent
from members.enums import PhaseKind
from members.guards import missing
from movements.domain.movements import MovementDraft, save_movement
from movements.domain.notices import set_participation
from movements.enums import ActivityScope
from movements.models import Activity, Movement, Participation
from tests.factories import (
    ActivityFactory,
    ClusterYearFactory,
    ContributionFactory,
    DirectiveFactory,
    EvidenceFactory,
    MovementFactory,
    ParticipationFactory,
    PersonFactory,
    YearDirectiveFactory,
)
from tests.support.race import errors, race, values

pytestmark = pytest.mark.django_db

TITLE = "Chung tay vì người nghèo"
DRAFT = MovementDraft(title=TITLE, level="province", kind="regular")


def posted(**changes: Any) -> dict[str, Any]:
    return {"title": TITLE, "level": "province", "kind": "regular", "submit_key": "k" * 32, **changes}


def text(answer: Any) -> str:
    return " ".join(str(answer.content.decode()).split())


# -- list and detail -----------------------------------------------------------------------------
def test_the_list_counts_who_joined_and_what_the_person_may_see(cast: Any) -> None:
    movement = MovementFactory(year=cast.year, title=TITLE, slogan="Không để ai bỏ lại phía sau")
    for agency in (cast.member, cast.deputy):
        ParticipationFactory(movement=movement, agency=agency)
    ActivityFactory(year=cast.year, agency=cast.member, movement=movement, confirmed=True)
    ActivityFactory(year=cast.year, agency=cast.member, movement=movement)
    MovementFactory()
    for user, activities, joined in ((cast.chi, 2, True), (cast.an, 1, False), (cast.officer, 1, False)):
        ((row, *_rest),) = cast.client(user).get(cast.url("movement_list")).context["rows"]
        assert (row.members, row.activities, row.joined) == (2, activities, joined)
    page = text(cast.client(cast.chi).get(cast.url("movement_list")))
    assert "“Không để ai bỏ lại phía sau”" in page
    assert "Đơn vị bạn đã hưởng ứng" in page


def test_an_empty_list_says_who_fills_it(cast: Any) -> None:
    page = text(cast.client(cast.chi).get(cast.url("movement_list")))
    assert "Năm này chưa có phong trào nào" in page
    assert "Thêm phong trào" not in page
    assert "Thêm phong trào" in text(cast.client(cast.an).get(cast.url("movement_list")))


def test_one_movement_with_papers_members_activities_and_totals(cast: Any) -> None:
    movement = MovementFactory(
        year=cast.year, title=TITLE, starts_on=date(2020, 3, 1), ends_on=date(2020, 12, 31)
    )
    movement.directives.add(DirectiveFactory(number="05-CT/TW", issued_on=date(2016, 5, 15)))
    ParticipationFactory(movement=movement, agency=cast.other, joined_on=date(2020, 4, 1))
    activity = ActivityFactory(
        year=cast.year, agency=cast.other, movement=movement, confirmed=True, title="Tặng quà"
    )
    ContributionFactory(activity=activity, by=[cast.other, cast.member])
    hidden = ActivityFactory(
        year=cast.year, agency=cast.other, movement=movement, title="Nháp của đơn vị khác"
    )
    ContributionFactory(activity=hidden)
    answer = cast.client(cast.chi).get(cast.url("movement_detail", pk=movement.pk))
    page = text(answer)
    for words in (
        "01/03–31/12/2020",
        "05-CT/TW",
        "ngày 15/05/2016",
        "Bảo hiểm xã hội tỉnh",
        "từ 01/04/2020",
        "Tặng quà",
    ):
        assert words in page
    assert "Nháp của đơn vị khác" not in page
    assert answer.context["sums"].money.number == "10.000.000"


def test_many_activities_lead_to_the_list(cast: Any, monkeypatch: Any) -> None:
    from movements.views import movement as views

    monkeypatch.setattr(views, "ACTIVITIES_SHOWN", 1)
    movement = MovementFactory(year=cast.year)
    for _number in range(2):
        ActivityFactory(year=cast.year, agency=cast.member, movement=movement, confirmed=True)
    answer = cast.client(cast.an).get(cast.url("movement_detail", pk=movement.pk))
    assert answer.context["number"] == 2
    assert f"?phong_trao={movement.pk}" in text(answer)


@pytest.mark.parametrize("name", ["movement_detail", "movement_edit", "movement_join"])
def test_a_movement_of_elsewhere_is_as_missing_as_none(cast: Any, name: str) -> None:
    elsewhere = MovementFactory(year=ClusterYearFactory(cluster=cast.cluster, label="2019"))
    method = "post" if name == "movement_join" else "get"
    for pk in (elsewhere.pk, MovementFactory().pk, 10**9, 10**20):
        assert getattr(cast.client(cast.an), method)(cast.url(name, pk=pk)).status_code == 404
    own = MovementFactory(year=cast.year)
    assert getattr(cast.client(cast.dung), method)(cast.url(name, pk=own.pk)).status_code == 404


# -- launching and changing ----------------------------------------------------------------------
def test_the_deputy_launches_a_movement(cast: Any) -> None:
    paper = YearDirectiveFactory(year=cast.year).directive
    data = posted(
        slogan="Đoàn kết", launched_by="UBND tỉnh", starts_on="1/3/2020", ends_on="31-12-2020", decision_number="12/KH",
        story="Dòng một\r\nDòng hai", directives=[paper.pk],
    )  # fmt: skip
    answer = cast.client(cast.binh).post(cast.url("movement_add"), data, follow=True)
    assert "Đã thêm phong trào" in text(answer)
    movement = Movement.objects.get()
    assert (movement.year, movement.order, movement.version) == (cast.year, 1, 1)
    assert (movement.starts_on, movement.ends_on) == (date(2020, 3, 1), date(2020, 12, 31))
    assert movement.story == "Dòng một\nDòng hai"
    assert list(movement.directives.all()) == [paper]
    assert "chung tay" in movement.search
    event = AuditEvent.objects.get(action="movement_add")
    assert TITLE in event.after
    assert "binh" not in event.after + event.role
    assert not list(verify(event.chain))


def test_a_form_sent_twice_makes_one_movement(cast: Any) -> None:
    answers = [cast.client(cast.an).post(cast.url("movement_add"), posted()) for _time in range(2)]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert answers[0]["Location"] == answers[1]["Location"]
    assert Movement.objects.count() == 1


@pytest.mark.parametrize(
    "changes, sentence",
    [
        ({"title": " "}, "Ghi tên phong trào."),
        ({"title": "a" * 301}, "300"),
        ({"level": "sky"}, "Chọn một mục trong danh sách."),
        ({"kind": ""}, "Chọn một mục."),
        ({"starts_on": "31/2/2020"}, "Không có ngày 31/02/2020"),
        ({"starts_on": "2/3/2020", "ends_on": "1/3/2020"}, "Ngày kết thúc đứng trước ngày bắt đầu."),
        ({"starts_on": "1/1/2022"}, "không chạm tới năm thi đua 2020"),
        ({"directives": ["999999"]}, "Chọn văn bản trong danh sách."),
        ({"title": "đã có"}, "Năm này đã có phong trào cùng tên."),
    ],
)
def test_wrong_input_is_said_and_nothing_is_written(
    cast: Any, changes: dict[str, Any], sentence: str
) -> None:
    MovementFactory(year=cast.year, title="đã có")
    answer = cast.client(cast.an).post(cast.url("movement_add"), posted(slogan="giữ lại", **changes))
    assert answer.status_code == 422
    assert sentence in text(answer)
    assert 'value="giữ lại"' in text(answer)
    assert Movement.objects.count() == 1


def test_fields_that_are_not_asked_for_change_nothing(cast: Any) -> None:
    """I10: year, order, version and state of mind are not the poster's to choose."""
    other = ClusterYearFactory()
    cast.client(cast.an).post(cast.url("movement_add"), posted(year=other.pk, order=99, key="x", search="y"))
    movement = Movement.objects.get()
    assert (movement.year, movement.order, movement.search) == (
        cast.year,
        1,
        "chung tay vi nguoi ngheo\nchung tay vì người nghèo",
    )
    assert movement.key != "x"


def test_a_new_title_reaches_the_search_of_its_activities(cast: Any) -> None:
    movement = MovementFactory(year=cast.year, title="Cũ")
    activity = ActivityFactory(year=cast.year, agency=cast.member, movement=movement)
    answer = cast.client(cast.an).post(cast.url("movement_edit", pk=movement.pk), posted(version=1))
    assert answer["Location"] == cast.url("movement_detail", pk=movement.pk)
    movement.refresh_from_db()
    assert (movement.title, movement.version) == (TITLE, 2)
    assert "chung tay" in Activity.objects.get(pk=activity.pk).search


def test_saving_nothing_new_leaves_no_audit(cast: Any) -> None:
    movement = save_movement(cast.scope(cast.an), DRAFT)
    save_movement(cast.scope(cast.an), DRAFT, movement.pk, version=1)
    assert [event.action for event in AuditEvent.objects.all()] == ["movement_add"]


def test_of_two_people_the_second_sees_both_and_loses_nothing(cast: Any) -> None:
    movement = save_movement(cast.scope(cast.an), DRAFT)
    address = cast.url("movement_edit", pk=movement.pk)
    cast.client(cast.an).post(address, posted(version=1, slogan="của An", kind="campaign"))
    answer = cast.client(cast.binh).post(address, posted(version=1, slogan="của Bình"))
    page = text(answer)
    assert answer.status_code == 409
    assert {row["field"]: (row["mine"], row["theirs"]) for row in answer.context["differences"]} == {
        "Khẩu hiệu": ("của Bình", "của An"),
        "Loại phong trào": ("Thường xuyên", "Đợt cao điểm"),
    }
    assert 'value="của Bình"' in page
    assert 'name="version" value="2"' in page
    assert Movement.objects.get().slogan == "của An"
    assert cast.client(cast.binh).post(address, posted(version=2, slogan="của Bình")).status_code == 302
    assert Movement.objects.get().slogan == "của Bình"


def test_a_change_is_checked_like_a_new_one(cast: Any) -> None:
    MovementFactory(year=cast.year, title="đã có")
    movement = save_movement(cast.scope(cast.an), DRAFT)
    address = cast.url("movement_edit", pk=movement.pk)
    for changes, sentence in (({"title": ""}, "Ghi tên phong trào."), ({"title": "đã có"}, "cùng tên")):
        answer = cast.client(cast.an).post(address, posted(version=1, **changes))
        assert answer.status_code == 422
        assert sentence in text(answer)
    assert Movement.objects.get(pk=movement.pk).title == TITLE


def test_a_conflict_names_the_papers_that_differ(cast: Any) -> None:
    dated = YearDirectiveFactory(year=cast.year, directive__number="05-CT/TW").directive
    bare = YearDirectiveFactory(
        year=cast.year, directive__number="30-CT/TU", directive__issued_on=None
    ).directive
    movement = save_movement(cast.scope(cast.an), DRAFT)
    address = cast.url("movement_edit", pk=movement.pk)
    cast.client(cast.an).post(address, posted(version=1, directives=[bare.pk]))
    answer = cast.client(cast.binh).post(address, posted(version=1, directives=[dated.pk]))
    (row,) = answer.context["differences"]
    assert "05-CT/TW ngày 07/04/2014" in row["mine"]
    assert "30-CT/TU của Bộ Chính trị" in row["theirs"]


@pytest.mark.parametrize(
    "first, last, words",
    [
        (date(2020, 3, 1), None, "từ 01/03/2020"),
        (None, date(2020, 3, 1), "đến 01/03/2020"),
        (None, None, "Cả năm 2020"),
    ],
)
def test_open_periods_in_words(cast: Any, first: date | None, last: date | None, words: str) -> None:
    MovementFactory(year=cast.year, starts_on=first, ends_on=last)
    assert words in text(cast.client(cast.chi).get(cast.url("movement_list")))


def test_a_missing_version_is_stale(cast: Any) -> None:
    movement = save_movement(cast.scope(cast.an), DRAFT)
    answer = cast.client(cast.an).post(cast.url("movement_edit", pk=movement.pk), posted(slogan="mới"))
    assert answer.status_code == 409


@pytest.mark.parametrize("who", ["chi", "officer", "observer"])
def test_others_do_not_launch(cast: Any, who: str) -> None:
    user = getattr(cast, who)
    for method in ("get", "post"):
        answer = getattr(cast.client(user), method)(cast.url("movement_add"), posted())
        assert answer.status_code == 403
        assert "Cụm trưởng, Cụm phó" in text(answer)
    with pytest.raises(Refused):
        save_movement(cast.scope(user), DRAFT)


def test_nobody_launches_when_the_step_is_over(cast: Any) -> None:
    cast.go(PhaseKind.VERIFY)
    answer = cast.client(cast.an).post(cast.url("movement_add"), posted())
    assert answer.status_code == 403
    assert "Thẩm định" in text(answer)


def test_a_step_that_closed_while_the_form_was_open_is_closed(cast: Any) -> None:
    scope = cast.scope(cast.an)
    cast.go(PhaseKind.VERIFY)
    with pytest.raises(Refused):
        save_movement(scope, DRAFT)


def test_the_verb_checks_for_itself(cast: Any) -> None:
    wrong = MovementDraft(title="", level="sky", kind="", slogan="a" * 301, directives=frozenset({10**6}))
    with pytest.raises(DomainError) as raised:
        save_movement(cast.scope(cast.an), wrong)
    assert {problem.field for problem in raised.value.problems} == {
        "title",
        "level",
        "kind",
        "slogan",
        "directives",
    }


@pytest.mark.django_db(transaction=True)
@pytest.mark.race
def test_two_at_once_one_wins(cast: Any) -> None:
    movement = save_movement(cast.scope(cast.an), DRAFT)
    scopes = [cast.scope(user) for user in (cast.an, cast.binh)]
    drafts = [MovementDraft(title=f"Tên {number}", level="province", kind="regular") for number in range(2)]
    outcomes = race(*[
        lambda scope=scope, draft=draft: save_movement(scope, draft, movement.pk, version=1)
        for scope, draft in zip(scopes, drafts, strict=True)
    ])  # fmt: skip
    assert len(values(outcomes)) == 1
    assert [type(error) for error in errors(outcomes)] == [Stale]


# -- joining -------------------------------------------------------------------------------------
def test_an_agency_joins_and_leaves(cast: Any) -> None:
    movement = MovementFactory(year=cast.year)
    client, address = cast.client(cast.chi), cast.url("movement_join", pk=movement.pk)
    assert "Hưởng ứng" in text(client.get(cast.url("movement_detail", pk=movement.pk)))
    for _time in range(2):
        page = text(client.post(address, {"agency": cast.member.pk}, follow=True))
    assert Participation.objects.get().agency == cast.member
    assert "Bỏ hưởng ứng" in page
    for _time in range(2):
        client.post(address, {"agency": cast.member.pk, "leave": "1"})
    assert not Participation.objects.exists()
    actions = AuditEvent.objects.order_by("id").values_list("action", flat=True)
    assert list(actions) == ["movement_join", "movement_leave"]


def test_the_day_of_joining_is_kept_within_the_year(cast: Any) -> None:
    movement = MovementFactory(year=cast.year)
    with time_machine.travel("2020-05-04 12:00 +0700"):
        set_participation(cast.scope(cast.chi), movement.pk, cast.member.pk, joins=True)
    assert Participation.objects.get().joined_on == date(2020, 5, 4)


@pytest.mark.parametrize("agency", ["other", "x", "", "99999999999999999999"])
def test_only_for_ones_own_agency(cast: Any, agency: str) -> None:
    movement = MovementFactory(year=cast.year)
    sent = str(cast.other.pk) if agency == "other" else agency
    answer = cast.client(cast.chi).post(cast.url("movement_join", pk=movement.pk), {"agency": sent})
    assert answer.status_code == 404
    with pytest.raises(DomainError):
        set_participation(cast.scope(cast.chi), movement.pk, cast.other.pk, joins=True)


def test_the_council_joins_nothing(cast: Any) -> None:
    movement = MovementFactory(year=cast.year)
    answer = cast.client(cast.officer).post(
        cast.url("movement_join", pk=movement.pk), {"agency": cast.member.pk}
    )
    assert answer.status_code == 403
    assert cast.client(cast.chi).get(cast.url("movement_join", pk=movement.pk)).status_code == 405


def test_a_person_of_two_agencies_chooses(cast: Any) -> None:
    PersonFactory(user=cast.chi, agency=cast.other)
    movement = MovementFactory(year=cast.year)
    page = text(cast.client(cast.chi).get(cast.url("movement_detail", pk=movement.pk)))
    assert "Hưởng ứng: Cục Thống kê" in page
    assert "Hưởng ứng: Bảo hiểm xã hội" in page


# -- steps ---------------------------------------------------------------------------------------
def test_launching_waits_for_a_movement(cast: Any) -> None:
    assert [problem.link for problem in missing(cast.year, PhaseKind.LAUNCH)] == ["movement_list"]
    MovementFactory(year=cast.year)
    assert missing(cast.year, PhaseKind.LAUNCH) == []


def test_verifying_waits_for_answers(cast: Any) -> None:
    for state in ("submitted", "submitted", "confirmed", "returned"):
        ActivityFactory(year=cast.year, agency=cast.member, **{state: True})
    (problem,) = [row for row in missing(cast.year, PhaseKind.VERIFY) if "hoạt động" in row.sentence]
    assert "Còn 2 hoạt động đã gửi" in problem.sentence
    name, _mark, query = problem.link.partition("?")
    assert len(cast.client(cast.an).get(cast.url(name) + f"?{query}").context["rows"]) == 2
    Activity.objects.filter(state="submitted").delete()
    assert [row for row in missing(cast.year, PhaseKind.VERIFY) if "hoạt động" in row.sentence] == []


# -- cost and text -------------------------------------------------------------------------------
def fill(cast: Any, number: int) -> Movement:
    for _number in range(number):
        movement = MovementFactory(year=cast.year)
        for agency in cast.agencies[:number]:
            ParticipationFactory(movement=movement, agency=agency)
            movement.directives.add(DirectiveFactory())
            activity = ActivityFactory(
                year=cast.year, agency=agency, movement=movement, confirmed=True, scope=ActivityScope.JOINT
            )
            ContributionFactory(activity=activity, by=[agency, "Ngoài"])
            EvidenceFactory(activity=activity)
    return movement


@pytest.mark.parametrize("number", [1, 3])
@pytest.mark.parametrize(
    "name, queries", [("movement_list", 6), ("movement_detail", 23), ("movement_edit", 11)]
)
def test_pages_cost_the_same_for_one_and_three(
    cast: Any, number: int, name: str, queries: int, django_assert_num_queries: Any
) -> None:
    movement = fill(cast, number)
    address = cast.url(name) if name == "movement_list" else cast.url(name, pk=movement.pk)
    cast.client(cast.an).get(address)
    with django_assert_num_queries(queries):
        assert cast.client(cast.an).get(address).status_code == 200


@pytest.mark.typed_braces
def test_text_is_shown_as_typed(cast: Any) -> None:
    typed = "<img src=x onerror=alert(1)> {{ 7*7 }} %s"
    movement = MovementFactory(year=cast.year, title=typed, slogan=typed, story=typed, launched_by=typed)
    for name in ("movement_list", "movement_detail", "movement_edit"):
        kwargs = {} if name == "movement_list" else {"pk": movement.pk}
        page = cast.client(cast.an).get(cast.url(name, **kwargs)).content.decode()
        assert "<img" not in page
        assert "{{ 7*7 }} %s" in page
