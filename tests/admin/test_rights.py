"""Who gets into the admin site, and what an officer may not do there (rows A2, A14)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
import time_machine
from django.contrib import admin
from django.test import Client
from django.urls import get_resolver, reverse

from members import office
from members.enums import Function
from members.models import Agency, AgencyName, Cluster, ClusterYear, Membership, Person
from tests.admin.tools import change, form_data, url
from tests.factories import (
    ActivityFactory,
    AgencyFactory,
    ClusterFactory,
    ClusterYearFactory,
    MembershipFactory,
    OfficerFactory,
    PersonFactory,
    RankingEntryFactory,
    RoleTermFactory,
    UserFactory,
)

# Inlines carry their settings as JSON in an attribute, which may end in two braces.
pytestmark = [pytest.mark.django_db, pytest.mark.typed_braces]


def addresses() -> list[str]:
    """Every address of the admin site, with ids of nothing."""
    found = []
    for pattern in admin.site.get_urls():
        parts = [pattern, *getattr(pattern, "url_patterns", [])]
        for part in parts:
            name = getattr(part, "name", None)
            if name:
                found.append(name)
    return sorted(set(found))


def address(name: str) -> str:
    for arguments in ([], ["1"], [1], ["members"]):
        try:
            return reverse(f"admin:{name}", args=arguments)
        except Exception:
            continue
    return ""


def test_there_are_addresses_to_try() -> None:
    assert len(addresses()) > 60
    assert get_resolver()


@pytest.mark.parametrize("who", ["an", "binh", "chi", "lan", "dung", "observer"])
def test_nobody_without_the_office_gets_in_anywhere(cast: Any, who: str) -> None:
    client = cast.client(getattr(cast, who))
    door = reverse("admin:login")
    for name in addresses():
        place = address(name)
        if place and name not in ("login", "logout", "password_change"):
            for answer in (client.get(place), client.post(place)):
                assert (name, answer.status_code) == (name, 302)
                assert answer.url.startswith(door), name
    assert client.get(door).status_code == 403


def test_the_refusal_says_who_may(cast: Any) -> None:
    page = cast.client(cast.an).get(reverse("admin:index"), follow=True).content.decode()
    assert "Chỉ chuyên viên Thường trực Hội đồng" in page


def test_a_visitor_is_led_to_the_one_sign_in_page_and_back(cast: Any) -> None:
    wanted = reverse("admin:members_clusteryear_changelist")
    answer = Client().get(wanted)
    assert answer.status_code == 302
    assert answer.url == f"{reverse('account_login')}?next={wanted}"
    assert Client().get(reverse("admin:login")).status_code == 302


def test_the_flag_of_django_opens_nothing(cast: Any) -> None:
    flagged = UserFactory(is_staff=True)
    assert cast.client(flagged).get(reverse("admin:index"), follow=True).status_code == 403
    assert office.load(flagged) is None


def test_the_office_begins_and_ends_by_its_days(cast: Any) -> None:
    person = OfficerFactory(cluster=cast.cluster, starts_on=date(2021, 1, 5), ends_on=date(2021, 3, 1))
    client = cast.client(person.user)
    for moment, status in (
        ("2021-01-04 23:59:59+07:00", 403),
        ("2021-01-05 00:00:00+07:00", 200),
        ("2021-02-28 23:59:59+07:00", 200),
        ("2021-03-01 00:00:00+07:00", 403),
    ):
        with time_machine.travel(moment, tick=False):
            client.force_login(person.user)
            assert (moment, client.get(reverse("admin:index"), follow=True).status_code) == (moment, status)


def test_a_switched_off_superuser_is_out_at_the_next_request(cast: Any) -> None:
    client = cast.client(cast.root)
    assert client.get(reverse("admin:index")).status_code == 200
    cast.root.is_active = False
    cast.root.save()
    assert client.get(reverse("admin:index")).status_code == 302


def test_entering_costs_one_query_for_an_officer_and_none_for_a_superuser(
    cast: Any, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(1):
        assert office.load(cast.officer).covers(cast.cluster.pk)
    with django_assert_num_queries(0):
        assert office.load(cast.root).covers(None)


# -- other clusters ------------------------------------------------------------------------------
@pytest.fixture
def away(cast: Any) -> ClusterYear:
    """A year of another cluster with something of everything."""
    year = ClusterYearFactory(label="2020", cluster__name="Cụm xa lạ", cluster__short_name="Cụm xa lạ")
    member = MembershipFactory(year=year, agency__name="Sở Xa lạ", order=1).agency
    RoleTermFactory(cluster=year.cluster, agency=member)
    ActivityFactory(year=year, agency=member, confirmed=True, title="Việc xa lạ")
    RankingEntryFactory(ranking__year=year, agency=member, rank=1)
    PersonFactory(agency=member, user__username="nguoi-xa-la")
    return year


@pytest.mark.parametrize(
    "model",
    [m for m in admin.site._registry if admin.site._registry[m].cluster_path],
    ids=lambda m: m._meta.label_lower,
)
def test_rows_of_other_clusters_are_as_if_they_were_not_there(
    cast: Any, away: ClusterYear, model: Any
) -> None:
    """A2: neither in lists nor by their id, to look at, to change, to delete."""
    client = cast.client(cast.officer)
    holder = admin.site._registry[model]
    path = holder.cluster_path.removesuffix("_id")
    row = model._base_manager.filter(**{path: away.cluster_id}).first()
    assert "xa lạ" not in client.get(url(model, "changelist")).content.decode()
    if row is None:
        return
    for page in ("change", "delete", "history"):
        theirs = client.get(url(model, page, row.pk))
        nobody = client.get(url(model, page, 987_654_321))
        assert (page, theirs.status_code) == (page, nobody.status_code)
        assert theirs.status_code in (302, 403, 404)
        assert client.post(url(model, page, row.pk), {"post": "yes"}).status_code in (302, 403, 404, 405)
    assert model._base_manager.filter(pk=row.pk).exists()


@pytest.mark.parametrize("page", ["rotate", "replace", "open_next"])
def test_the_lead_of_another_cluster_is_not_handed_over(cast: Any, away: ClusterYear, page: str) -> None:
    client = cast.client(cast.officer)
    place = reverse(f"admin:members_clusteryear_{page}", args=[away.pk])
    assert client.get(place).status_code == 404
    assert client.post(place, {"confirm": "1"}).status_code == 404
    assert ClusterYear.objects.filter(cluster=away.cluster_id).count() == 1


def test_people_and_agencies_of_other_clusters_are_not_the_officers(cast: Any, away: ClusterYear) -> None:
    client = cast.client(cast.officer)
    stranger = Person.objects.get(user__username="nguoi-xa-la")
    assert "nguoi-xa-la" not in client.get(url(Person, "changelist")).content.decode()
    assert client.get(url(Person, "change", stranger.pk)).status_code == 302
    assert client.get(url(Agency, "change", stranger.agency_id)).status_code == 302
    form = client.get(url(Person, "add")).content.decode()
    assert "nguoi-xa-la" not in form
    assert "Sở Xa lạ" not in form


def test_an_officer_gives_no_rights_in_another_cluster(cast: Any, away: ClusterYear) -> None:
    """Taking the agency in as a member first does not help either."""
    client = cast.client(cast.officer)
    stranger = Membership.objects.get(year=away).agency
    MembershipFactory(year=cast.year, agency=stranger, order=9)
    newcomer = UserFactory()
    answer = client.post(
        url(Person, "add"),
        {"user": newcomer.pk, "agency": stranger.pk, "function": "clerk", "starts_on": "1/1/2020"},
    )
    assert answer.status_code == 200
    assert "không thuộc cụm bạn phụ trách" in answer.content.decode()
    assert not Person.objects.filter(user=newcomer).exists()


def test_an_officer_makes_no_officers_and_no_superusers(cast: Any) -> None:
    client = cast.client(cast.officer)
    newcomer = UserFactory()
    data = {"user": newcomer.pk, "agency": cast.member.pk, "starts_on": "1/1/2020", "all_clusters": "on"}
    for function in (Function.OFFICER, Function.OBSERVER):
        assert client.post(url(Person, "add"), data | {"function": function}).status_code == 200
    assert not Person.objects.filter(user=newcomer).exists()
    mine = Person.objects.get(user=cast.officer)
    assert client.post(url(Person, "change", mine.pk), {"all_clusters": "on"}).status_code in (302, 403)
    mine.refresh_from_db()
    assert not mine.all_clusters
    assert client.get("/admin/auth/user/").status_code == 403
    assert (
        client.post(f"/admin/auth/user/{cast.officer.pk}/change/", {"is_superuser": "on"}).status_code == 403
    )


def test_an_officer_adds_a_clerk_of_a_covered_agency(cast: Any) -> None:
    newcomer = UserFactory()
    data = {"user": newcomer.pk, "agency": cast.member.pk, "function": "clerk", "starts_on": "1/1/2020"}
    assert cast.client(cast.officer).post(url(Person, "add"), data).status_code == 302
    assert cast.scope(newcomer).agency_id == cast.member.pk


def test_an_agency_that_stands_in_two_clusters_is_changed_by_who_covers_both(cast: Any) -> None:
    MembershipFactory(year=ClusterYearFactory(label="2020"), agency=cast.member, order=1)
    one, both = cast.client(cast.officer), cast.client(OfficerFactory().user)
    assert one.post(url(Agency, "change", cast.member.pk), {"kind": "party"}).status_code == 403
    assert change(both, cast.member, kind="party").status_code == 302


def test_an_officer_of_one_cluster_opens_no_cluster_and_sees_only_the_own(cast: Any) -> None:
    ClusterFactory(name="Cụm xa lạ")
    client = cast.client(cast.officer)
    assert client.get(url(Cluster, "add")).status_code == 403
    assert "Cụm xa lạ" not in client.get(url(ClusterYear, "add")).content.decode()
    everywhere = cast.client(OfficerFactory().user)
    assert everywhere.get(url(Cluster, "add")).status_code == 200
    assert "Cụm xa lạ" in everywhere.get(url(ClusterYear, "add")).content.decode()


# -- what nobody may -----------------------------------------------------------------------------
READ_ONLY = sorted(
    (model for model, holder in admin.site._registry.items() if holder.read_only),
    key=lambda m: m._meta.label_lower,
)


# Links and sessions are ended by an action of the list.
REVOKED = {"members.calendarfeed", "members.invitation", "usersessions.usersession"}


def test_the_list_of_what_is_only_shown() -> None:
    assert [model._meta.label_lower for model in READ_ONLY] == [
        "conference.conference", "core.auditevent", "core.audithead", "core.storedfile", "members.calendarfeed",
        "members.carryover", "members.charterversion", "members.invitation", "members.membership",
        "members.phaseextension", "members.roleterm", "members.rotationskip", "movements.activity",
        "movements.beneficiary", "publishing.annualsummary", "publishing.handover", "publishing.yeartext",
        "scoring.ranking", "usersessions.usersession",
    ]  # fmt: skip


@pytest.mark.parametrize("model", READ_ONLY, ids=lambda model: model._meta.label_lower)
def test_what_is_only_shown_is_neither_made_nor_changed_nor_deleted(cast: Any, model: Any) -> None:
    client = cast.client(cast.root)
    assert client.post(url(model, "add"), {}).status_code == 403
    row = model._base_manager.first()
    if row is not None:
        assert client.post(url(model, "change", row.pk), {}).status_code == 403
        assert client.post(url(model, "delete", row.pk), {"post": "yes"}).status_code == 403
    shown = client.get(url(model, "changelist")).content.decode()
    assert ('name="action"' in shown) == (model._meta.label_lower in REVOKED)


def test_a_closed_year_does_not_change(cast: Any) -> None:
    ClusterYear.objects.filter(pk=cast.year.pk).update(sealed_at="2021-02-01T00:00:00Z")
    client = cast.client(cast.root)
    place = url(ClusterYear, "change", cast.year.pk)
    page = client.get(place)
    assert page.status_code == 200
    assert 'name="_save"' not in page.content.decode()
    assert client.post(place, form_data(page)).status_code == 403


def test_nothing_is_deleted_that_something_points_to(cast: Any) -> None:
    client = cast.client(cast.root)
    for row in (cast.cluster, cast.member):
        assert client.post(url(type(row), "delete", row.pk), {"post": "yes"}).status_code == 403
        assert type(row)._base_manager.filter(pk=row.pk).exists()
    unused = AgencyFactory(name="Cục Nhầm")
    assert client.post(url(Agency, "delete", unused.pk), {"post": "yes"}).status_code == 302
    assert not AgencyName.objects.filter(name="Cục Nhầm").exists()
    for model in (Person, ClusterYear):
        row = model._base_manager.first()
        assert client.post(url(model, "delete", row.pk), {"post": "yes"}).status_code == 403


def test_an_officer_of_every_cluster_gives_oneself_nothing(cast: Any) -> None:
    Person.objects.filter(user=cast.officer).update(all_clusters=True, cluster=None)
    client = cast.client(cast.officer)
    data = {"user": cast.officer.pk, "agency": cast.chair.pk, "function": "leader", "starts_on": "1/1/2020"}
    answer = client.post(url(Person, "add"), data)
    assert answer.status_code == 200
    assert "Không ai tự giao chức năng cho mình" in answer.content.decode()
    clerk = PersonFactory(agency=cast.chair)
    assert client.post(url(Person, "change", clerk.pk), data).status_code == 200
    own = PersonFactory(user=cast.officer, agency=cast.chair, ends_on=date(2030, 1, 1))
    longer = change(client, own, ends_on="")
    assert "Không ai tự giao chức năng cho mình" in longer.content.decode()
    own.refresh_from_db()
    assert own.ends_on == date(2030, 1, 1)
    assert Person.objects.filter(user=cast.officer).count() == 2
