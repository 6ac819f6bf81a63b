"""The rotation planner on its page: six years of facts, coming years with reasons, skips; what is proposed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from core.errors import DomainError, Refused
from core.models import AuditEvent
from members.domain.handover import ground_of, proposal_for
from members.domain.planning import outlook, skip, unskip
from members.elections import Elected
from members.enums import Role
from members.models import Agency, Charter, ClusterYear, RoleTerm, RotationSkip
from members.standings import standings
from tests.factories import (
    ClusterYearFactory,
    MembershipFactory,
    RankingEntryFactory,
    RankingFactory,
    RoleTermFactory,
)
from tests.support.race import race, values
from tests.support.six_years import TODAY, SixYears, make_six_years

pytestmark = pytest.mark.django_db


@pytest.fixture
def six() -> Iterator[SixYears]:
    with time_machine.travel(TODAY, tick=False):
        yield make_six_years()


@pytest.fixture
def june() -> Iterator[None]:
    with time_machine.travel("2020-06-15 09:00+07:00", tick=False):
        yield


def place(six: SixYears, name: str = "planner", **kwargs: Any) -> str:
    return reverse(name, kwargs={"cluster": six.cluster.slug, "label": "2026", **kwargs})


def client(user: Any) -> Client:
    made = Client()
    made.force_login(user)
    return made


def text(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def rules(year: ClusterYear, **data: Any) -> None:
    Charter.objects.filter(year=year).update(data=data)


# -- six years -----------------------------------------------------------------------------------
def test_past_years_are_facts_and_coming_years_are_marked(six: SixYears) -> None:
    seen = client(six.member).get(place(six), {"so_nam": "4"}).context
    assert [(one["label"], one["unknown"]) for one in seen["past"]] == [
        ("2021", False), ("2022", True), ("2023", False), ("2024", False), ("2025", False), ("2026", False),
    ]  # fmt: skip
    assert seen["coming"] == ["2027", "2028", "2029", "2030"]
    rows = {row["name"]: row for row in seen["rows"]}
    assert len(rows) == 12  # eleven members of 2026, and one that is gone but was deputy
    assert rows["Bưu điện tỉnh"]["left"] == "không còn là thành viên"
    cells = rows["Bảo hiểm xã hội tỉnh"]["cells"]
    assert [cell["css"] for cell in cells] == [*([""] * 6), *(["plan"] * 4)]
    assert [(one["words"], one["days"]) for one in cells[2]["offices"]] == [
        ("Trưởng", "đến trước 01/07/2023")
    ]
    merged = rows["Bưu điện - Viễn thông tỉnh"]["cells"]
    assert [one["words"] for one in merged[5]["offices"]] == ["Phó 1", "Trưởng"]


def test_every_coming_year_says_why_and_who_is_passed_over(six: SixYears) -> None:
    first, second, third = client(six.member).get(place(six)).context["proposed"]
    assert (first["label"], first["chair"], first["why"]) == (
        "2027",
        "Công ty Điện lực tỉnh",
        "Cụm phó năm 2026.",
    )
    assert [(one["name"], one["why"]) for one in first["deputies"]] == [
        ("Cục Quản lý thị trường tỉnh", "Chưa làm Cụm trưởng lần nào trong các năm đã ghi."),
        ("Cục Thống kê tỉnh", "Chưa làm Cụm trưởng lần nào trong các năm đã ghi."),
    ]
    assert {"name": "Kho bạc Nhà nước", "why": "đã làm Cụm trưởng năm 2024, chưa qua 3 năm"} in first[
        "passed"
    ]
    assert (second["chair"], second["deputies"][0]["why"]) == (
        "Cục Quản lý thị trường tỉnh",
        "Đang là Cụm phó thứ 2 năm 2027.",
    )
    assert third["chair"] == "Cục Thống kê tỉnh"


def test_the_page_prints_as_an_annex(six: SixYears) -> None:
    page = text(client(six.member).get(place(six)))
    for words in (
        "land annex",
        "annex-head",
        "Phụ lục",
        "(Ký, ghi rõ họ tên, đóng dấu)",
        "Lập ngày 15/06/2026",
        "data-print",
    ):
        assert words in page
    assert (
        "Cụm phó năm trước làm Cụm trưởng năm sau; không làm lại Cụm trưởng trong 3 năm; 2 Cụm phó." in page
    )
    assert "style=" not in page.split("<main", 1)[1].split("</main>", 1)[0]


@pytest.mark.parametrize(
    ("typed", "years", "wrong"),
    [("1", 1, False), ("10", 10, False), ("0", 3, True), ("11", 3, True), ("hai", 3, True), ("-1", 3, True),
     ("²", 3, True), ("9" * 5000, 3, True), ("", 3, False)],
)  # fmt: skip
def test_the_number_of_years(six: SixYears, typed: str, years: int, wrong: bool) -> None:
    answer = client(six.member).get(place(six), {"so_nam": typed})
    assert answer.status_code == 200
    assert len(answer.context["coming"]) == years
    assert bool(answer.context["error"]) == wrong
    assert not wrong or answer.context["typed"] == typed[:20]


# -- skips ---------------------------------------------------------------------------------------
def test_an_agency_is_passed_over_with_a_reason_and_takes_its_turn_again(six: SixYears) -> None:
    sent = {"agency": six.agencies[11].pk, "label": "2027", "reason": "đang sắp xếp lại bộ máy"}
    answer = client(six.leader).post(place(six, "planner_skip"), sent, follow=True)
    first = answer.context["proposed"][0]
    assert first["chair"] == "Cục Quản lý thị trường tỉnh"
    assert first["why"].startswith("Cụm phó năm trước không đủ điều kiện.")
    assert {"name": "Điện lực", "why": "tạm bỏ qua: đang sắp xếp lại bộ máy"} in first["passed"]
    row = next(row for row in answer.context["rows"] if row["name"] == "Công ty Điện lực tỉnh")
    assert row["cells"][6]["skipped"]
    taken = RotationSkip.objects.get()
    event = AuditEvent.objects.latest("id")
    assert (event.action, event.reason) == ("rotation_skip", "đang sắp xếp lại bộ máy")
    back = client(six.officer).post(place(six, "planner_unskip", pk=taken.pk), follow=True)
    assert back.context["proposed"][0]["chair"] == "Công ty Điện lực tỉnh"
    assert AuditEvent.objects.latest("id").action == "rotation_unskip"
    again = client(six.officer).post(place(six, "planner_unskip", pk=taken.pk), follow=True)
    assert "đã được gỡ trước đó" in text(again)


@pytest.mark.parametrize(
    ("more", "field"),
    [({"agency": ""}, "agency"), ({"agency": "999999"}, "agency"), ({"label": "2026"}, "label"),
     ({"label": "2099"}, "label"), ({"reason": "  "}, "reason"), ({"reason": "x" * 301}, "reason")],
)  # fmt: skip
def test_what_is_wrong_with_a_skip_is_said_and_kept(six: SixYears, more: dict[str, str], field: str) -> None:
    sent = {"agency": six.agencies[0].pk, "label": "2027", "reason": "lý do này", **more}
    answer = client(six.officer).post(place(six, "planner_skip"), sent)
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert RotationSkip.objects.count() == 0
    assert field == "reason" or "lý do này" in text(answer)


def test_an_agency_is_passed_over_once_a_year(six: SixYears) -> None:
    sent = {"agency": six.agencies[0].pk, "label": "2027", "reason": "bận"}
    client(six.officer).post(place(six, "planner_skip"), sent)
    answer = client(six.officer).post(place(six, "planner_skip"), sent)
    assert answer.status_code == 422
    assert "Đơn vị đã được bỏ qua năm này." in text(answer)


def test_leads_and_the_officer_skip_everybody_inside_sees(cast: Any, june: None) -> None:
    RotationSkip.objects.create(cluster=cast.cluster, agency=cast.other, label="2021", reason="bận")
    row = RotationSkip.objects.get()
    sent = {"agency": cast.member.pk, "label": "2021", "reason": "bận"}
    for user in (cast.chi, cast.lan, cast.observer):
        page = cast.client(user).get(cast.url("planner"))
        assert page.status_code == 200
        assert cast.url("planner_skip") not in text(page)
        assert cast.client(user).post(cast.url("planner_skip"), sent).status_code == 403
        assert cast.client(user).post(cast.url("planner_unskip", pk=row.pk)).status_code == 403
        with pytest.raises(Refused):
            skip(cast.scope(user), cast.member.pk, "2021", "bận")
        with pytest.raises(Refused):
            unskip(cast.scope(user), row.pk)
    for user in (cast.an, cast.binh, cast.officer):
        assert cast.url("planner_skip") in text(cast.client(user).get(cast.url("planner")))
        assert cast.client(user).post(cast.url("planner_skip"), sent).status_code == 302
        RotationSkip.objects.filter(agency=cast.member).delete()
    assert cast.client(cast.dung).get(cast.url("planner")).status_code == 404
    assert cast.client(cast.dung).post(cast.url("planner_skip"), sent).status_code == 404
    assert cast.client().get(cast.url("planner")).status_code == 302
    assert cast.client(cast.an).get(cast.url("planner_skip")).status_code == 405


def test_the_skip_of_another_cluster_is_left_alone(cast: Any, june: None) -> None:
    foreign = RotationSkip.objects.create(
        cluster=ClusterYearFactory(label="2019").cluster, agency=cast.other, label="2021", reason="bận"
    )
    for pk in (foreign.pk, 10**9):
        assert cast.client(cast.an).post(cast.url("planner_unskip", pk=pk)).status_code == 302
    assert cast.client(cast.an).post(cast.url("planner_unskip", pk=10**30)).status_code == 404
    assert RotationSkip.objects.filter(pk=foreign.pk).exists()


def test_a_skip_needs_a_reason_a_member_and_a_coming_year(cast: Any, june: None) -> None:
    with pytest.raises(DomainError) as caught:
        skip(cast.scope(cast.an), 0, "2020", "")
    assert [problem.field for problem in caught.value.problems] == ["agency", "label", "reason"]


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_of_two_same_skips_at_once_one_stands(cast: Any) -> None:
    scope = cast.scope(cast.an)
    outcomes = race(
        lambda: skip(scope, cast.member.pk, "2021", "bận"), lambda: skip(scope, cast.member.pk, "2021", "bận")
    )
    assert len(values(outcomes)) == 1
    assert RotationSkip.objects.count() == 1


# -- years that wait, years unknown ----------------------------------------------------------------
def test_a_year_that_is_opened_and_has_no_chair_yet_is_the_first_of_the_coming(cast: Any) -> None:
    RoleTerm.objects.update(ends_on=date(2021, 1, 1))
    coming = ClusterYearFactory(cluster=cast.cluster, label="2021", ends_on=date(2022, 1, 31))
    MembershipFactory(year=coming, agency=cast.member, order=1)
    MembershipFactory(year=coming, agency=cast.deputy, order=2, left_on=date(2021, 9, 1))
    seen = outlook(cast.cluster.pk, 2, date(2021, 2, 1))
    assert (seen.proposed[0].span.label, seen.proposed[0].span.last) == ("2021", date(2022, 1, 31))
    first = seen.proposed[0]
    assert (first.chair, first.why.because) == (cast.member.pk, "no_fit_deputy")
    passed = {why.agency_id: why.code for why in first.passed}
    assert passed == {cast.chair.pk: "gone", cast.deputy.pk: "leaves"}


def test_a_past_year_nobody_knows_stays_a_fact(cast: Any) -> None:
    RoleTerm.objects.all().delete()
    seen = outlook(cast.cluster.pk, 1, date(2021, 2, 1))
    assert [(line.span.label, line.chairs) for line in seen.facts] == [("2020", ())]
    assert (seen.proposed[0].span.label, seen.proposed[0].chair) == ("2021", cast.chair.pk)


def test_a_new_cluster_proposes_for_its_first_year(cast: Any) -> None:
    RoleTerm.objects.all().delete()
    seen = outlook(cast.cluster.pk, 1, date(2020, 2, 1))
    assert (seen.facts, seen.proposed[0].span.label, seen.proposed[0].chair) == ([], "2020", cast.chair.pk)
    answer = cast.client(cast.chi)
    with time_machine.travel("2020-02-01 09:00+07:00", tick=False):
        page = answer.get(cast.url("planner"))
    assert page.context["past"] == []
    assert page.context["coming"] == ["2020", "2021", "2022"]


def test_an_agency_that_was_dissolved_is_passed_over(cast: Any) -> None:
    Agency.objects.filter(pk=cast.deputy.pk).update(closed_on=date(2020, 11, 1))
    first = outlook(cast.cluster.pk, 1, date(2020, 12, 1)).proposed[0]
    assert first.chair == cast.member.pk
    assert ("gone", date(2020, 11, 1)) in [(why.code, why.day) for why in first.passed]


# -- by rank -------------------------------------------------------------------------------------
def test_ranks_of_the_newest_revision_decide_when_the_charter_says_so(cast: Any, june: None) -> None:
    rules(cast.year, rotation_rule="rank", rotation_gap=0, deputies=1)
    for revision, best in ((1, cast.deputy), (2, cast.other)):
        ranking = RankingFactory(year=cast.year, revision=revision, reason="sửa" if revision > 1 else "")
        RankingEntryFactory(ranking=ranking, agency=best, rank=1)
        RankingEntryFactory(ranking=ranking, agency=cast.member, rank=2)
        RankingEntryFactory(ranking=ranking, agency=cast.chair, rank=None)
    assert standings(cast.cluster.pk) == {"2020": {cast.other.pk: 1, cast.member.pk: 2}}
    page = cast.client(cast.chi).get(cast.url("planner"))
    first, second = page.context["proposed"][:2]
    assert (first["chair"], first["why"]) == ("Bảo hiểm xã hội tỉnh", "Xếp thứ 1 năm 2020.")
    assert second["why"].startswith("Chưa có xếp hạng năm 2021, nên theo danh sách.")


@pytest.mark.parametrize(
    ("data", "chair", "words"),
    [
        (
            {"rotation_rule": "list"},
            "Cục Quản lý thị trường tỉnh",
            "Tiếp theo Ngân hàng Nhà nước trong danh sách",
        ),
        ({"rotation_rule": "free"}, "", "hội nghị bầu"),
    ],
)
def test_the_rule_of_the_charter_is_the_one_that_is_used(
    cast: Any, june: None, data: dict[str, str], chair: str, words: str
) -> None:
    rules(cast.year, **data)
    first = cast.client(cast.chi).get(cast.url("planner")).context["proposed"][0]
    assert first["chair"] == chair
    assert words in first["why"]


def test_when_everybody_is_passed_over_the_page_says_so(cast: Any, june: None) -> None:
    for agency in cast.agencies:
        RotationSkip.objects.create(cluster=cast.cluster, agency=agency, label="2021", reason="bận")
    answer = cast.client(cast.chi).get(cast.url("planner"), {"so_nam": "1"})
    assert answer.context["proposed"][0]["why"] == "Không đơn vị nào đủ điều kiện."
    assert "chưa đề xuất" in text(answer)
    assert "bận" in text(answer)


# -- what a hand-over starts with ----------------------------------------------------------------
def test_the_office_is_proposed_whom_the_rule_names(cast: Any, june: None) -> None:
    rules(cast.year, rotation_rule="list", rotation_gap=0, deputies=1)
    RotationSkip.objects.create(cluster=cast.cluster, agency=cast.deputy, label="2021", reason="bận")
    found = proposal_for(ground_of(cast.year))
    assert (found.chair_id, found.deputy_ids, found.elected) == (cast.member.pk, (), False)
    assert [pick.agency_id for pick in found.planned.deputies] == [cast.other.pk]
    page = cast.client(cast.officer).get(reverse("admin:members_clusteryear_rotate", args=[cast.year.pk]))
    assert "Đề xuất: Cục Thống kê làm Cụm trưởng. Tiếp theo Ngân hàng Nhà nước trong danh sách" in text(page)


def test_those_elected_go_before_the_rule(cast: Any, june: None) -> None:
    found = proposal_for(ground_of(cast.year), Elected(cast.other.pk, (cast.member.pk,), date(2021, 1, 4)))
    assert (found.chair_id, found.deputy_ids, found.elected) == (cast.other.pk, (cast.member.pk,), True)
    assert found.planned.chair == cast.deputy.pk
    strange = proposal_for(ground_of(cast.year), Elected(999_999, (), date(2021, 1, 4)))
    assert (strange.chair_id, strange.elected) == (cast.deputy.pk, False)


def test_a_later_year_that_has_its_chair_does_not_count_for_an_earlier_one(cast: Any) -> None:
    ClusterYearFactory(cluster=cast.cluster, label="2021")
    RoleTerm.objects.update(ends_on=date(2021, 1, 5))
    RoleTermFactory(cluster=cast.cluster, agency=cast.other, role=Role.CHAIR, starts_on=date(2021, 1, 5))
    assert proposal_for(ground_of(cast.year)).planned.chair == cast.deputy.pk


# -- queries -------------------------------------------------------------------------------------
@pytest.mark.parametrize("number", [1, 3])
def test_the_page_costs_thirteen_queries(cast: Any, number: int, django_assert_num_queries: Any) -> None:
    for step in range(1, number):
        year = ClusterYearFactory(cluster=cast.cluster, label=str(2020 + step))
        MembershipFactory(year=year, agency=cast.other, order=1)
        MembershipFactory(year=year, order=2)
        RoleTermFactory(
            cluster=cast.cluster,
            agency=cast.other,
            starts_on=date(2020 + step, 1, 5),
            ends_on=date(2021 + step, 1, 5),
        )
    for step in range(number):
        RotationSkip.objects.create(
            cluster=cast.cluster, agency=cast.member, label=str(2030 + step), reason="bận"
        )
        RankingEntryFactory(ranking=RankingFactory(year=cast.year, revision=step + 1, reason="sửa"))
    cast.client(cast.officer).get(cast.url("planner"), {"so_nam": str(number)})
    with django_assert_num_queries(13):
        cast.client(cast.officer).get(cast.url("planner"), {"so_nam": str(number)})
