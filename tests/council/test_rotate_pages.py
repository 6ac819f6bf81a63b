"""Handing over in many clusters in one go: proposals, choices, each written by itself."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
import time_machine
from django.urls import reverse

from members.enums import Role
from members.models import Cluster, ClusterYear, RoleTerm
from tests.admin.tools import form_data
from tests.factories import (
    AgencyFactory,
    ClusterYearFactory,
    MembershipFactory,
    OfficerFactory,
    RoleTermFactory,
)

pytestmark = pytest.mark.django_db
PAPER = {"basis": "appointed", "decision_number": "12/QĐ-HĐTĐKT", "decision_date": "04/01/2021"}


@pytest.fixture(autouse=True)
def _in_january() -> Iterator[None]:
    with time_machine.travel("2021-01-05 09:00+07:00", tick=False):
        yield


@pytest.fixture
def office(cast: Any) -> Any:
    """An officer of every cluster."""
    return OfficerFactory(user__username="all").user


@pytest.fixture
def second(cast: Any) -> Cluster:
    """Another cluster that can hand over."""
    year = ClusterYearFactory(label="2020", cluster__name="Khối thứ hai", cluster__slug="khoi-hai")
    for place, role in enumerate((Role.CHAIR, Role.DEPUTY, None), 1):
        agency = AgencyFactory(name=f"Sở thứ {place}", short_name=f"Sở {place}")
        MembershipFactory(year=year, agency=agency, order=place)
        if role:
            RoleTermFactory(cluster=year.cluster, agency=agency, role=role)
    cluster: Cluster = year.cluster
    return cluster


def shown(cast: Any, user: Any, *clusters: Cluster, **more: str) -> Any:
    query = "&".join(
        [*(f"cum={one.pk}" for one in clusters), *(f"{key}={value}" for key, value in more.items())]
    )
    return cast.client(user).get(f"{reverse('council_rotate')}?{query}")


def sent(cast: Any, user: Any, page: Any, button: str, **fields: Any) -> Any:
    data: dict[str, Any] = form_data(page) | PAPER | fields | {button: "1"}
    data["cum"] = [row["form"].prospect.cluster.pk for row in page.context["listed"]]
    return cast.client(user).post(reverse("council_rotate"), data)


def chairs(cluster: Cluster) -> list[tuple[str, date, date | None]]:
    terms = RoleTerm.objects.filter(cluster=cluster, role=Role.CHAIR).order_by("starts_on")
    return [(str(term.agency), term.starts_on, term.ends_on) for term in terms]


def results(answer: Any) -> list[tuple[str, str]]:
    assert answer.status_code == 200
    return [(line["name"], line["code"]) for line in answer.context["lines"]]


@pytest.mark.nplusone_ok  # each cluster is written by itself, in its own transaction
def test_each_cluster_is_proposed_with_a_reason_and_written_by_itself(
    cast: Any, office: Any, second: Cluster
) -> None:
    page = shown(cast, office, cast.cluster, second)
    data = form_data(page)
    assert page.context["served"] == "2021"
    assert data[f"c{cast.cluster.pk}-chair"] == str(cast.deputy.pk)
    assert "Cụm phó năm 2020" in page.content.decode()
    assert not ClusterYear.objects.filter(label="2021").exists()
    done = sent(cast, office, page, "confirm")
    assert results(done) == [(cast.cluster.name, "done"), ("Khối thứ hai", "done")]
    day = date(2021, 1, 5)
    assert chairs(second) == [("Sở thứ 1", date(2020, 1, 1), day), ("Sở thứ 2", day, None)]
    assert RoleTerm.objects.filter(starts_on=day, decision_number="12/QĐ-HĐTĐKT").count() >= 2
    assert ClusterYear.objects.filter(label="2021").count() == 2
    again = sent(cast, office, page, "confirm")
    assert {code for _name, code in results(again)} == {"repeated"}
    assert len(chairs(second)) == 2


@pytest.mark.nplusone_ok  # each cluster is written by itself, in its own transaction
def test_what_is_wrong_in_one_cluster_stops_no_other(cast: Any, office: Any, second: Cluster) -> None:
    page = shown(cast, office, cast.cluster, second)
    wrong = {f"c{second.pk}-starts_on": "01/01/2023"}
    checked = sent(cast, office, page, "check", **wrong)
    assert checked.status_code == 200
    assert "Ngày bắt đầu phải nằm trong năm 2021" in checked.content.decode()
    assert len(chairs(cast.cluster)) == 1
    done = sent(cast, office, page, "confirm", **wrong)
    assert results(done) == [(cast.cluster.name, "done"), ("Khối thứ hai", "refused")]
    assert done.context["again"].endswith(f"?nam=2021&cum={second.pk}")
    assert len(chairs(second)) == 1


def test_the_choice_is_the_offices(cast: Any, office: Any, second: Cluster) -> None:
    page = shown(cast, office, cast.cluster, second)
    data = form_data(page)
    data.pop(f"c{second.pk}-take")
    fields = {f"c{cast.cluster.pk}-chair": cast.other.pk, f"c{cast.cluster.pk}-deputy": cast.member.pk}
    data = data | PAPER | {key: str(value) for key, value in fields.items()} | {"confirm": "1"}
    done = cast.client(office).post(reverse("council_rotate"), data | {"cum": [cast.cluster.pk, second.pk]})
    assert results(done) == [(cast.cluster.name, "done")]
    assert chairs(cast.cluster)[-1][0] == "Bảo hiểm xã hội tỉnh"
    deputy = RoleTerm.objects.get(cluster=cast.cluster, role=Role.DEPUTY, ends_on=None)
    assert deputy.agency == cast.member


def test_who_handed_over_meanwhile_is_not_overwritten(cast: Any, office: Any, second: Cluster) -> None:
    page = shown(cast, office, second)
    RoleTerm.objects.filter(cluster=second, role=Role.DEPUTY).update(ends_on=date(2020, 12, 1))
    done = sent(cast, office, page, "confirm")
    assert results(done) == [("Khối thứ hai", "refused")]
    assert "Vừa có người khác đổi nhiệm kỳ" in done.context["lines"][0]["text"]


def test_the_paper_is_asked_for_once(cast: Any, office: Any, second: Cluster) -> None:
    page = shown(cast, office, second)
    answer = sent(cast, office, page, "confirm", decision_number="", decision_date="01/01/2022")
    assert answer.status_code == 422
    words = answer.content.decode()
    assert "phải ghi số quyết định" in words
    assert "không thể ở sau hôm nay" in words
    assert form_data(answer)[f"c{second.pk}-chair"] == form_data(page)[f"c{second.pk}-chair"]
    assert len(chairs(second)) == 1


def test_clusters_that_cannot_hand_over_say_why(cast: Any, office: Any, second: Cluster) -> None:
    ClusterYear.objects.filter(cluster=second).update(label="2018")
    page = shown(cast, office, cast.cluster, second, nam="2021")
    assert [one["name"] for one in page.context["unable"]] == ["Khối thứ hai"]
    assert "không có năm trước của năm 2021" in page.content.decode()


def test_an_officer_of_one_cluster_reaches_no_other(cast: Any, second: Cluster) -> None:
    page = shown(cast, cast.officer, cast.cluster, second)
    assert [row["name"] for row in page.context["listed"]] == [cast.cluster.name]
    assert shown(cast, cast.observer, cast.cluster).status_code == 403
    assert shown(cast, cast.an, cast.cluster).status_code == 404
    assert cast.client(cast.officer).get(reverse("council_rotate") + "?cum=x").status_code == 404


def test_all_that_the_filter_finds_and_a_hundred_at_most(
    cast: Any, office: Any, second: Cluster, monkeypatch: Any
) -> None:
    page = cast.client(office).get(reverse("council_rotate") + "?q=khoi+thu")
    assert [row["name"] for row in page.context["listed"]] == ["Khối thứ hai"]
    monkeypatch.setattr("members.domain.many.MOST", 1)
    page = cast.client(office).get(reverse("council_rotate"))
    assert (len(page.context["listed"]) + len(page.context["unable"]), page.context["left_out"]) == (1, 2)


def test_the_queries_of_a_preview_grow_by_a_bounded_number(
    cast: Any, office: Any, second: Cluster, django_assert_max_num_queries: Any
) -> None:
    client = cast.client(office)
    with django_assert_max_num_queries(12 + 16 * 2):
        assert (
            client.get(f"{reverse('council_rotate')}?cum={cast.cluster.pk}&cum={second.pk}").status_code
            == 200
        )
