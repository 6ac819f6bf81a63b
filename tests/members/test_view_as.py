"""An officer looks at the cluster as one of its people: read only, audited, for an hour at most."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.urls import reverse

from core.models import AuditEvent
from members.enums import Function
from members.eyes import scope_for
from members.models import Person
from movements.models import Activity
from tests.factories import (
    ActivityFactory,
    ClusterYearFactory,
    MembershipFactory,
    OfficerFactory,
    PersonFactory,
)
from tests.members.people_support import row_of, text, today

pytestmark = pytest.mark.django_db
User = get_user_model()
STOP = reverse("view_as_stop")


def start(cast: Any, user: Any, whom: Person, reason: str = "Hỗ trợ nhập số liệu") -> Any:
    return cast.client(user).post(cast.url("view_as_start", pk=whom.pk), {"reason": reason})


def watching(cast: Any) -> Any:
    """The officer's browser, looking as Chi."""
    assert start(cast, cast.officer, row_of(cast.chi)).status_code == 302
    return cast.client(cast.officer)


# -- looking --------------------------------------------------------------------------------------
def test_the_officer_sees_what_the_other_sees_drafts_too(cast: Any) -> None:
    draft = ActivityFactory(year=cast.year, agency=cast.member, title="Bản nháp của Cục Thống kê")
    assert "Bản nháp của Cục Thống kê" not in text(cast.client(cast.officer).get(cast.url("activity_list")))
    client = watching(cast)
    page = text(client.get(cast.url("activity_list")))
    assert "Bản nháp của Cục Thống kê" in page
    assert "Bạn đang xem như <b>chi</b>" in page
    assert "chỉ đọc" in page
    assert client.get(cast.url("activity_detail", pk=draft.pk)).status_code == 200


def test_every_page_of_the_cluster_has_the_banner(cast: Any) -> None:
    client = watching(cast)
    for name in ("year_home", "member_list", "people", "movement_list", "ranking", "conference"):
        assert "Bạn đang xem như" in text(client.get(cast.url(name))), name


def test_the_account_in_the_corner_is_the_officers(cast: Any) -> None:
    page = text(watching(cast).get(cast.url("year_home")))
    assert "<b>officer</b>" in page


def test_every_write_is_refused(cast: Any) -> None:
    own = ActivityFactory(year=cast.year, agency=cast.member)
    client = watching(cast)
    for name, kwargs in (
        ("activity_add", {}), ("activity_edit", {"pk": own.pk}), ("activity_state", {"pk": own.pk}),
    ):  # fmt: skip
        answer = client.post(cast.url(name, **kwargs), {"title": "x"})
        assert (name, answer.status_code) == (name, 403)
        assert "chỉ xem, không ghi được gì" in text(answer)
    assert Activity.objects.get() == own
    event = AuditEvent.objects.filter(action="refused").first()
    assert event
    assert event.actor_id == cast.officer.pk


def test_nor_does_the_officer_keep_the_own_rights_meanwhile(cast: Any) -> None:
    client = watching(cast)
    assert client.get(cast.url("phase_advance")).status_code == 403
    assert client.post(cast.url("view_as_start", pk=row_of(cast.lan).pk), {"reason": "x"}).status_code == 403


def test_own_pages_and_other_clusters_stay_the_officers(cast: Any) -> None:
    Person.objects.filter(user=cast.officer).update(cluster=None, all_clusters=True)
    away = ClusterYearFactory(label="2020")
    client = watching(cast)
    assert client.get("/admin/").status_code == 200
    other = reverse("year_home", kwargs={"cluster": away.cluster.slug, "label": "2020"})
    assert "Bạn đang xem như" not in text(client.get(other))


def test_two_queries_for_the_scope_of_whoever_looks_with_the_own_eyes(
    cast: Any, rf: Any, django_assert_num_queries: Any
) -> None:
    request = rf.get("/")
    request.user, request.session = cast.officer, {}
    with django_assert_num_queries(2):
        assert scope_for(request, cast.cluster.slug, "2020").watcher_id is None


# -- beginning ------------------------------------------------------------------------------------
def test_beginning_and_ending_are_in_the_audit_of_the_cluster(cast: Any) -> None:
    client = watching(cast)
    answer = client.post(STOP)
    assert (answer.status_code, answer["Location"]) == (302, cast.url("year_home"))
    assert "Bạn đang xem như" not in text(client.get(cast.url("year_home")))
    begun, ended = AuditEvent.objects.order_by("id")
    assert (begun.action, ended.action) == ("view_as_start", "view_as_stop")
    assert begun.chain == ended.chain == f"cluster:{cast.cluster.pk}"
    assert {begun.actor_id, ended.actor_id} == {cast.officer.pk}
    assert begun.reason == "Hỗ trợ nhập số liệu"
    assert json.loads(begun.after)["user_id"] == cast.chi.pk
    assert json.loads(begun.after)["drafts"] is True
    assert begun.role.startswith("council/officer/")
    client.post(STOP)
    assert AuditEvent.objects.count() == 2


def test_a_reason_is_demanded(cast: Any) -> None:
    answer = start(cast, cast.officer, row_of(cast.chi), reason=" ")
    assert (answer.status_code, "Ghi lý do xem" in text(answer)) == (422, True)
    assert not AuditEvent.objects.exists()


@pytest.mark.parametrize("who", ["chi", "lan", "an", "binh", "observer"])
def test_only_officers_look(cast: Any, who: str) -> None:
    assert start(cast, getattr(cast, who), row_of(cast.binh if who != "binh" else cast.an)).status_code in (
        403,
        404,
    )
    assert start(cast, getattr(cast, who), row_of(getattr(cast, who))).status_code == 403


def test_only_people_of_the_cluster_are_looked_as(cast: Any) -> None:
    assert start(cast, cast.officer, row_of(cast.dung)).status_code == 404
    assert cast.client(cast.officer).get(cast.url("view_as_start", pk=row_of(cast.chi).pk)).status_code == 405
    stranger = OfficerFactory(cluster=ClusterYearFactory(label="2020").cluster)
    assert start(cast, stranger.user, row_of(cast.chi)).status_code == 404


def test_never_as_a_superuser_an_officer_or_a_disabled_account(cast: Any) -> None:
    boss = PersonFactory(user=cast.root, agency=cast.member)
    colleague = OfficerFactory(agency=row_of(cast.officer).agency, cluster=cast.cluster)
    double = PersonFactory(user=colleague.user, agency=cast.member)
    switched_off = PersonFactory(agency=cast.member, user__is_active=False)
    left = PersonFactory(agency=cast.member, ends_on=today())
    for whom in (boss, colleague, double, switched_off, left, row_of(cast.officer), row_of(cast.observer)):
        assert start(cast, cast.officer, whom).status_code == 422
    assert not AuditEvent.objects.filter(action="view_as_start").exists()


# -- ending ---------------------------------------------------------------------------------------
def test_it_ends_after_an_hour(cast: Any, time_machine: Any) -> None:
    time_machine.move_to("2021-03-01 08:00 +0700", tick=False)
    client = watching(cast)
    for _time in range(3):
        time_machine.shift(timedelta(minutes=20) - timedelta(seconds=1 / 3))
        assert "Bạn đang xem như" in text(client.get(cast.url("year_home")))
    time_machine.shift(1)
    page = text(client.get(cast.url("year_home")))
    assert "Bạn đang xem như" not in page
    assert "view_as" not in client.session


def test_it_ends_with_the_officers_function(cast: Any) -> None:
    client = watching(cast)
    Person.objects.filter(user=cast.officer).update(ends_on=today())
    assert client.get(cast.url("year_home")).status_code == 404


def test_it_ends_when_the_other_leaves_or_rises(cast: Any) -> None:
    client = watching(cast)
    Person.objects.filter(user=cast.chi).update(ends_on=today())
    assert "Bạn đang xem như" not in text(client.get(cast.url("year_home")))
    Person.objects.filter(user=cast.chi).update(ends_on=None)
    client = watching(cast)
    PersonFactory(user=cast.chi, function=Function.OFFICER, all_clusters=True)
    assert "Bạn đang xem như" not in text(client.get(cast.url("year_home")))


def test_it_ends_at_sign_out(cast: Any) -> None:
    client = watching(cast)
    client.post(reverse("account_logout"))
    assert AuditEvent.objects.order_by("id").last().action == "view_as_stop"  # type: ignore[union-attr]
    client.force_login(cast.officer)
    assert "Bạn đang xem như" not in text(client.get(cast.url("year_home")))


def test_a_year_the_other_may_not_open_is_not_there_and_the_way_back_leads_to_the_first(cast: Any) -> None:
    later = ClusterYearFactory(cluster=cast.cluster, label="2021")
    MembershipFactory(year=later, agency=cast.other, order=1)
    client = watching(cast)
    assert client.get(cast.url("year_home", year=later)).status_code == 404
    assert client.get(reverse("work"))["Location"] == cast.url("year_home")
    client.post(STOP)
    assert client.get(cast.url("year_home", year=later)).status_code == 200
