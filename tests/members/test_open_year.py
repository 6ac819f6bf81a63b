"""Opening the coming year by the wizard: what is taken over, who may, one year however often it is sent."""

from __future__ import annotations

import html
import re
from datetime import date
from typing import Any

import pytest
from django.utils import timezone

from core import audit
from core.errors import DomainError, Refused
from core.models import AuditEvent
from members import carry
from members.domain.actor import SYSTEM, Actor
from members.domain.opening import open_with_terms
from members.domain.years import Opening, first_year, next_year_of, open_next_year, proposed_opening
from members.enums import DirectiveUse, PhaseKind, Role
from members.models import ClusterYear, Phase, RoleTerm
from tests.factories import (
    ActivityFactory,
    ClusterFactory,
    ClusterYearFactory,
    DirectiveFactory,
    ElectionResultFactory,
    MovementFactory,
    ParticipationFactory,
    RankingFactory,
    YearDirectiveFactory,
)
from tests.support.race import race, values

pytestmark = pytest.mark.django_db
ALL = frozenset(
    {"members", "charter", "calendar", "papers", "slogan", "movements", "pledge", "tags", "criteria"}
)


def opening(**changed: Any) -> Opening:
    given: dict[str, Any] = {
        "label": "2021", "starts_on": date(2021, 1, 1), "ends_on": date(2021, 12, 31), "parts": ALL,
    }  # fmt: skip
    return Opening(**(given | changed))


def opened(cast: Any, user: Any = None, **changed: Any) -> ClusterYear:
    return open_with_terms(cast.scope(user or cast.an), opening(**changed)).year


# -- what is taken over --------------------------------------------------------------------------
def test_every_part_copies_plans_and_no_results(cast: Any) -> None:
    cast.year.slogan = "Đoàn kết"
    cast.year.save()
    cast.year.charter.data = {"public_ranks": 2}
    cast.year.charter.save()
    cast.year.phases.filter(kind=PhaseKind.CARRY_OUT).update(
        planned_from=date(2020, 2, 29), planned_to=date(2020, 11, 30), moves_on=True
    )
    paper = DirectiveFactory()
    old_paper = DirectiveFactory(valid_to=date(2021, 1, 1))
    YearDirectiveFactory(year=cast.year, directive=paper, use=DirectiveUse.CARRIED_OUT)
    YearDirectiveFactory(year=cast.year, directive=paper, use=DirectiveUse.NEXT_YEAR)
    YearDirectiveFactory(year=cast.year, directive=old_paper)
    goes_on = MovementFactory(
        year=cast.year,
        title="Còn tiếp",
        story="Đã làm",
        starts_on=date(2019, 1, 1),
        ends_on=date(2025, 12, 31),
    )
    goes_on.directives.add(paper)
    ParticipationFactory(movement=goes_on, agency=cast.member)
    MovementFactory(year=cast.year, title="Không hạn")
    MovementFactory(year=cast.year, title="Đã hết", ends_on=date(2020, 12, 31))
    ActivityFactory(year=cast.year, agency=cast.member)
    RankingFactory(year=cast.year)
    year = opened(cast)
    assert (year.slogan, year.charter.data, year.charter.version) == ("Đoàn kết", {"public_ranks": 2}, 1)
    assert year.memberships.count() == 4
    step = year.phases.get(kind=PhaseKind.CARRY_OUT)
    assert (step.planned_from, step.planned_to, step.moves_on) == (
        date(2021, 2, 28),
        date(2021, 11, 30),
        False,
    )
    assert list(year.cited.values_list("directive", "use")) == [(paper.pk, DirectiveUse.CARRIED_OUT)]
    copies = list(year.movements.order_by("order"))
    assert sorted(row.title for row in copies) == ["Còn tiếp", "Không hạn"]
    copy = year.movements.get(title="Còn tiếp")
    assert (copy.story, copy.starts_on, copy.ends_on) == ("", date(2019, 1, 1), date(2025, 12, 31))
    assert copy.key != goes_on.key
    assert list(copy.directives.all()) == [paper]
    assert "con tiep" in copy.search
    assert not copy.participations.exists()
    for left_behind in (year.activities, year.rankings, year.texts, year.conferences):
        assert not left_behind.exists()
    assert not RoleTerm.objects.filter(starts_on__gte=year.starts_on).exists()
    assert list(audit.verify(audit.cluster_chain(cast.cluster.pk))) == []


def test_nothing_ticked_gives_an_empty_year_with_the_first_rules(cast: Any) -> None:
    cast.year.charter.data = {"public_ranks": 2}
    cast.year.charter.save()
    MovementFactory(year=cast.year)
    year = opened(cast, parts=frozenset())
    assert (year.memberships.count(), year.movements.count(), year.charter.data) == (0, 0, {})
    assert [row.kind for row in year.phases.order_by("order")] == PhaseKind.values
    assert year.phases.get(opened_at__isnull=False).kind == PhaseKind.PREPARE


@pytest.mark.parametrize(
    ("shift", "wanted"),
    [("year", date(2021, 2, 28)), ("start", date(2021, 3, 31)), ("none", None)],
)
def test_days_move_as_chosen(cast: Any, shift: str, wanted: date | None) -> None:
    cast.year.phases.filter(kind=PhaseKind.LAUNCH).update(planned_to=date(2020, 2, 29))
    year = opened(cast, starts_on=date(2021, 1, 31), shift=shift)
    assert year.phases.get(kind=PhaseKind.LAUNCH).planned_to == wanted


def test_a_part_is_registered_once() -> None:
    with pytest.raises(KeyError):
        carry.part("members", "", "", len, lambda *_: 0)  # type: ignore[arg-type]
    names = [part.name for part in carry.parts()]
    assert names[:3] == ["members", "charter", "calendar"]
    assert not {"scores", "rankings", "activities", "people", "terms"} & set(names)


def test_what_is_proposed(cast: Any) -> None:
    wanted = proposed_opening(cast.year)
    assert (wanted.label, wanted.starts_on, wanted.ends_on) == ("2021", date(2021, 1, 1), date(2021, 12, 31))
    assert wanted.parts == ALL - {"slogan"}


# -- who, when, how often ------------------------------------------------------------------------
@pytest.mark.parametrize("who", ["an", "officer"])
@pytest.mark.parametrize("step", [PhaseKind.PREPARE, PhaseKind.PUBLISH, "sealed"])
def test_chair_and_officer_open_it_at_any_step(cast: Any, who: str, step: str) -> None:
    if step == "sealed":
        cast.year.sealed_at = timezone.now()
        cast.year.save()
    else:
        cast.go(step)
    assert opened(cast, getattr(cast, who)).label == "2021"


@pytest.mark.parametrize("who", ["binh", "chi", "lan", "observer"])
def test_nobody_else_does(cast: Any, who: str) -> None:
    with pytest.raises(Refused):
        opened(cast, getattr(cast, who))
    assert ClusterYear.objects.filter(cluster=cast.cluster).count() == 1


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"label": "hai"}, "label"), ({"label": "2021-2020"}, "label"), ({"label": "2020"}, "label"),
        ({"ends_on": date(2021, 1, 1)}, "ends_on"), ({"ends_on": date(2024, 1, 1)}, "ends_on"),
        ({"starts_on": date(2020, 12, 31)}, "starts_on"),
        ({"starts_on": date(2021, 12, 1), "ends_on": date(2022, 12, 1)}, "starts_on"),
        ({"label": "2018", "starts_on": date(2018, 1, 1), "ends_on": date(2018, 12, 31)}, "starts_on"),
        ({"shift": "month"}, "shift"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_at_its_field(cast: Any, changed: dict[str, Any], field: str) -> None:
    with pytest.raises(DomainError) as refused:
        opened(cast, **changed)
    assert [problem.field for problem in refused.value.problems] == [field]
    assert ClusterYear.objects.filter(cluster=cast.cluster).count() == 1


def test_a_year_of_another_name_is_still_the_one_that_follows(cast: Any) -> None:
    year = opened(cast, label="2021-2022", starts_on=date(2021, 2, 1), ends_on=date(2022, 1, 31))
    assert next_year_of(cast.year) == year
    assert open_next_year(SYSTEM, cast.year.pk) == year


def test_sent_twice_it_makes_one_year(cast: Any) -> None:
    first = open_with_terms(cast.scope(cast.an), opening())
    again = open_with_terms(cast.scope(cast.an), opening(parts=frozenset()))
    assert (first.fresh, again.fresh, again.year) == (True, False, first.year)
    assert AuditEvent.objects.filter(action="year_open").count() == 1


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_at_once_open_one_year(cast: Any) -> None:
    outcomes = race(*[lambda who=who: opened(cast, who) for who in (cast.an, cast.officer)])
    assert len({year.pk for year in values(outcomes)}) == 1
    assert len(values(outcomes)) == 2
    year = values(outcomes)[0]
    assert (Phase.objects.filter(year=year).count(), year.memberships.count()) == (7, 4)


def test_a_first_year_starts_with_the_first_rules(cast: Any) -> None:
    cluster = ClusterFactory()
    days = (date(2021, 1, 1), date(2021, 12, 31))
    year = first_year(SYSTEM, cluster.pk, "2021", *days)
    assert first_year(SYSTEM, cluster.pk, "2021", *days) == year
    assert (year.charter.data, year.phases.count()) == ({}, 7)
    with pytest.raises(DomainError):
        first_year(SYSTEM, cluster.pk, "2022", *days)
    with pytest.raises(Refused):
        first_year(Actor.of(cast.scope(cast.officer)), cluster.pk, "2023", *days)


# -- the pages -----------------------------------------------------------------------------------
def fields(page: Any) -> dict[str, Any]:
    """What a browser would send from the wizard's form, without the buttons."""
    body = page.content.decode()
    form = body[body.index('id="mo-nam"') : body.index("</form>", body.index('id="mo-nam"'))]
    sent: dict[str, Any] = {}
    for tag in re.findall(r"<input[^>]*>", form):
        at = {k: html.unescape(v) for k, v in re.findall(r'([\w-]+)="([^"]*)"', tag)}
        kind = at.get("type", "text")
        if kind in ("checkbox", "radio") and "checked" not in tag:
            continue
        sent.setdefault(at["name"], []).append(at.get("value", "on" if kind == "checkbox" else ""))
    for name, options in re.findall(r'<select name="([^"]+)"(.*?)</select>', form, re.S):
        chosen = re.search(r'<option value="([^"]*)"[^>]*selected', options)
        sent[name] = [chosen[1] if chosen else ""]
    sent.pop("csrfmiddlewaretoken", None)
    return sent


def walk(cast: Any, user: Any, *steps: tuple[str, dict[str, Any]]) -> Any:
    """Press through the wizard: each step's button with what is typed before it."""
    client, url = cast.client(user), cast.url("year_open")
    page = client.get(url)
    for to, typed in steps:
        page = client.post(url, {**fields(page), **typed, "to": to})
    return page


def text(page: Any) -> str:
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.content.decode())))


def test_the_chairs_staff_walks_through_and_opens_the_year(cast: Any) -> None:
    MovementFactory(year=cast.year, title="Vì người nghèo")
    page = walk(cast, cast.an, ("2", {}), ("3", {}))
    told = text(page)
    assert "Năm 2021 sẽ có" in told
    assert "01/01/2021 đến hết 31/12/2021" in told
    for name in ("Ngân hàng Nhà nước", "Cục Thống kê", "Vì người nghèo"):
        assert name in told
    assert "Chưa ghi nhiệm kỳ nào" in told
    assert not ClusterYear.objects.filter(label="2021", cluster=cast.cluster).exists()
    done = cast.client(cast.an).post(cast.url("year_open"), {**fields(page), "to": "create"})
    year = ClusterYear.objects.get(cluster=cast.cluster, label="2021")
    assert done.status_code == 302
    assert done.url == cast.url("year_home", year)
    assert (year.memberships.count(), year.movements.count()) == (4, 1)
    again = cast.client(cast.an).post(cast.url("year_open"), {**fields(page), "to": "create"}, follow=True)
    assert "đã được mở trước đó" in text(again)
    assert "Năm 2021 đã mở" in text(cast.client(cast.an).get(cast.url("year_open")))


def test_step_two_tells_the_chairs_staff_who_writes_the_terms(cast: Any) -> None:
    told = text(walk(cast, cast.an, ("2", {})))
    assert "Nhiệm kỳ do chuyên viên Thường trực Hội đồng ghi." in told
    assert "Cục Quản lý thị trường" in told
    assert "Cụm phó năm 2020." in told


def test_the_officer_opens_and_hands_over_in_one_go(cast: Any) -> None:
    ElectionResultFactory(conference__year=cast.year, agency=cast.deputy, role=Role.CHAIR)
    ElectionResultFactory(
        conference=cast.year.conferences.get(), agency=cast.member, role=Role.DEPUTY, order=1
    )
    page = walk(cast, cast.officer, ("2", {}))
    assert "Theo kết quả bầu tại hội nghị ngày 05/01/2021." in text(page)
    page = cast.client(cast.officer).post(cast.url("year_open"), {**fields(page), "to": "3"})
    assert "Từ ngày 05/01/2021" in text(page)
    sent = {**fields(page), "to": "create"}
    for _twice in range(2):
        assert cast.client(cast.officer).post(cast.url("year_open"), sent).status_code == 302
    begun = RoleTerm.objects.filter(starts_on=date(2021, 1, 5)).order_by("role")
    assert [(row.role, row.agency_id) for row in begun] == [
        (Role.CHAIR, cast.deputy.pk),
        (Role.DEPUTY, cast.member.pk),
    ]
    assert ClusterYear.objects.filter(cluster=cast.cluster).count() == 2


def test_terms_that_cannot_be_keep_the_year_closed(cast: Any) -> None:
    typed = {"lead-write": "on", "lead-chair": str(cast.deputy.pk), "lead-deputies_1": str(cast.deputy.pk)}
    page = walk(cast, cast.officer, ("2", {}), ("3", typed))
    assert page.status_code == 422
    assert "không thể vừa là Cụm trưởng vừa là Cụm phó" in text(page)
    page = walk(cast, cast.officer, ("2", {}), ("create", {**typed, "lead-starts_on": "1/1/2030"}))
    assert page.status_code == 422
    assert "Ngày bắt đầu phải nằm trong năm 2021" in text(page)
    assert fields(page)["lead-starts_on"] == ["1/1/2030"]
    page = walk(
        cast, cast.officer, ("2", {}), ("3", {"lead-write": "on", "lead-chair": "", "lead-starts_on": ""})
    )
    assert "Chọn Cụm trưởng" in text(page)
    assert not ClusterYear.objects.filter(cluster=cast.cluster, label="2021").exists()


def test_the_chairs_staff_cannot_write_terms_by_hand_made_fields(cast: Any) -> None:
    typed = {"lead-write": "on", "lead-chair": str(cast.chair.pk), "lead-starts_on": "1/1/2021"}
    page = walk(cast, cast.an, ("2", {}), ("create", typed))
    assert page.status_code == 302
    assert not RoleTerm.objects.filter(starts_on__gte=date(2021, 1, 1)).exists()


def test_going_back_loses_nothing(cast: Any) -> None:
    typed = {
        "label": "2021-2022",
        "starts_on": "1/2/2021",
        "ends_on": "31/1/2022",
        "parts": ["members"],
        "shift": "none",
    }
    page = walk(
        cast, cast.officer, ("2", typed), ("3", {"lead-write": "on", "lead-decision_number": "12/QĐ"}),
        ("2", {}), ("1", {}),
    )  # fmt: skip
    kept = fields(page)
    assert (kept["label"], kept["parts"], kept["shift"]) == (["2021-2022"], ["members"], ["none"])
    assert kept["lead-decision_number"] == ["12/QĐ"]
    page = cast.client(cast.officer).post(cast.url("year_open"), {**kept, "to": "2"})
    assert 'value="12/QĐ"' in page.content.decode()


def test_wrong_days_stand_beside_their_fields(cast: Any) -> None:
    page = walk(cast, cast.an, ("2", {"label": "năm tới", "starts_on": "31/2/2021"}))
    assert page.status_code == 422
    assert fields(page)["starts_on"] == ["31/2/2021"]
    page = walk(cast, cast.an, ("2", {"starts_on": "31/12/2020"}))
    assert "trùng thời gian với năm 2020" in text(page)


@pytest.mark.parametrize("who", ["binh", "chi", "observer"])
def test_the_page_is_refused_to_others(cast: Any, who: str) -> None:
    client = cast.client(getattr(cast, who))
    assert client.get(cast.url("year_open")).status_code == 403
    assert client.post(cast.url("year_open"), {"to": "create"}).status_code == 403


def test_outsiders_and_unknown_years_find_nothing(cast: Any) -> None:
    assert cast.client(cast.dung).get(cast.url("year_open")).status_code == 404
    away = ClusterYearFactory(label="1999")
    assert cast.client(cast.an).get(cast.url("year_open", away)).status_code == 404


@pytest.mark.parametrize("more", [0, 2])
def test_the_pages_cost_the_same_for_any_number_of_rows(
    cast: Any, more: int, django_assert_num_queries: Any
) -> None:
    for _n in range(1 + more):
        MovementFactory(year=cast.year)
    client = cast.client(cast.an)
    page = client.get(cast.url("year_open"))
    with django_assert_num_queries(14):
        client.get(cast.url("year_open"))
    sent = {**fields(client.post(cast.url("year_open"), {**fields(page), "to": "2"})), "to": "3"}
    with django_assert_num_queries(32):
        client.post(cast.url("year_open"), sent)
