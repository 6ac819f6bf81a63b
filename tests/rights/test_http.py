"""Every address × role over HTTP, in one open and one closed step; an address without a row fails."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from cluster_app.rights import COUNCILS, HATS
from core.access import RIGHTS, may
from members import council
from members.enums import AgencyKind, Function, PhaseKind
from members.models import Associate
from movements.domain.record import activity_for
from tests.factories import ClusterFactory, PersonFactory
from tests.rights.places import (
    WORK,
    WORKING,
    Address,
    addresses,
    allowed_for_one,
    numbers,
    of_kind,
    row_of,
    things,
)
from tests.rights.places_scoring import of_scoring

pytestmark = [pytest.mark.django_db, pytest.mark.once]

FREE = {"work", "account_login", "account_logout", "account_change_password"}
PUBLIC = {
    "summary_public", "summary_version", "summary_data", "summary_version_data", "healthz", "readyz", "home",
    "calendar_feed", "public_activities", "public_activity", "public_activity_card", "public_activity_picture",
}  # fmt: skip
LINKS = {"invitation"}  # opened by a secret
SIGN_IN = {"mfa_authenticate", "openid_login", "openid_connect_callback"}
ROLES = {
    "outsider": "dung",
    "member clerk": "chi",
    "member leader": "lan",
    "chair staff": "an",
    "deputy staff": "binh",
    "outside scorer": "outside",
    "observer": "observer",
    "officer": "officer",
}
# Roles of the table that differ from others by what they may do with one thing only: predicates cover them.
BY_PREDICATE = {"clerk with more time", "successor's clerk", "chair's stand-in"}
OF_ONE = {"activity_edit": "activity_edit"}  # the right that is asked about the one thing of the address
ABOVE = of_kind("above")
OWN = of_kind("own")


def test_every_address_is_of_a_kind_that_is_known() -> None:
    kinds = {"working", "above", "own", "public", "link", "sign_in", "free"}
    assert {one.kind for one in addresses()} <= kinds
    assert {one.name for one in of_kind("free")} - ({"styleguide"} if settings.DEBUG else set()) == FREE
    assert {one.name for one in of_kind("public")} == PUBLIC
    assert {one.name for one in of_kind("link")} == LINKS
    assert {one.name for one in of_kind("sign_in")} <= SIGN_IN
    assert len(WORKING) >= 55
    assert len(ABOVE) >= 7
    assert len(OWN) >= 15


def test_every_working_page_has_a_right() -> None:
    assert [one.name for one in WORKING if getattr(one.view, "right", None) not in RIGHTS] == []
    assert [one.name for one in WORKING if one.view.write_right not in RIGHTS] == []
    assert [one.name for one in WORKING if RIGHTS[one.view.right].above] == []
    assert [one.name for one in ABOVE if not RIGHTS[one.view.right].above] == []


def expectation(
    cast: Any, scope: Any, address: Address, role: str, method: str, pks: dict[str, int]
) -> set[int]:
    """The statuses that the table of rights allows for this cell; ``scope`` is the role's."""
    if role == "outsider":
        return {404} if method in address.methods else {404, 405}
    if method not in address.methods:
        return {405}
    if not may(scope, address.view.right) or (method == "POST" and not may(scope, address.view.write_right)):
        return {403}
    if row_of(address) == "activity":
        activity = activity_for(scope, pks["activity"])
        if activity is None:
            return {404}
        if not may(scope, OF_ONE.get(address.name, "activity_view"), activity):
            return {403}
    if (found := of_scoring(scope, address, pks, cast, method)) is not None:
        return found
    if (more := allowed_for_one(scope, address, pks, cast)) is not None:
        return more
    if address.name in ("movement_join", "term_file"):
        return {404}  # an empty form names no agency of the person's; the term has no file
    if address.name == "member_changes" and method == "POST":
        return {404}  # an empty form names no kind of change
    if address.name.startswith("handover"):
        return {200, 302, 403, 404, 422}  # no chair has changed in this cluster: its own tests have one
    return {200} if method == "GET" else {200, 302, 400, 409, 422}


def user_of(cast: Any, role: str) -> Any:
    """The account of a column; who scores from outside is nobody of the cast."""
    if role != "outside scorer":
        return getattr(cast, ROLES[role])
    if not hasattr(cast, "outside"):
        cast.outside = PersonFactory(agency__kind=AgencyKind.PROVINCIAL).user
        Associate.objects.create(year=cast.year, agency=cast.outside.people.get().agency)
    return cast.outside


def url(cast: Any, address: Address, pks: dict[str, int]) -> str:
    return str(cast.url(address.name, **numbers(address, pks)))


@pytest.mark.parametrize("phase", [PhaseKind.CARRY_OUT, PhaseKind.PUBLISH])
@pytest.mark.parametrize(
    "role",
    [
        pytest.param(role, marks=pytest.mark.both if role == "chair staff" else ())
        for role in (*ROLES, "anonymous")
    ],
)
def test_each_address(cast: Any, role: str, phase: str) -> None:
    pks = things(cast.year, cast.member, cast.cluster)
    cast.go(phase)
    client = cast.client(None if role == "anonymous" else user_of(cast, role))
    anonymous, scope, wrong = role == "anonymous", None, []
    for address in WORKING:
        for method in ("GET", "POST"):
            status = client.generic(method, url(cast, address, pks)).status_code
            if not anonymous and (scope is None or (method == "POST" and status < 400)):
                scope = cast.scope(
                    getattr(cast, ROLES[role])
                )  # loaded again after whatever may have changed it
            wanted = {302, 401} if anonymous else expectation(cast, scope, address, role, method, pks)
            if status not in wanted:
                wrong.append((address.name, method, status, wanted))
    assert not wrong, "\n".join(map(str, wrong))


def test_the_roles_are_those_of_the_table() -> None:
    assert set(ROLES) | BY_PREDICATE == set(HATS)


# -- above the clusters --------------------------------------------------------------------------
def council_user(cast: Any, role: str) -> Any:
    """An account of a column of the second table; the cast's cluster is its own."""
    if role in ("nobody", "superuser"):
        return cast.chi if role == "nobody" else cast.root
    function = Function.OFFICER if role.startswith("officer") else Function.OBSERVER
    scope = {"all_clusters": True} if role.endswith("all") else {"cluster": cast.cluster}
    return PersonFactory(function=function, agency__kind=AgencyKind.COUNCIL, **scope).user


@pytest.mark.parametrize("role", [*COUNCILS, "anonymous"])
@pytest.mark.parametrize("whose", ["own", "other"])
def test_each_address_above_the_clusters(cast: Any, role: str, whose: str, rf: Any) -> None:
    other = ClusterFactory()
    slug = cast.cluster.slug if whose == "own" else other.slug
    user = None if role == "anonymous" else council_user(cast, role)
    client = Client()
    request = rf.get("/")
    if user:
        client.force_login(user)
        request.user = user
    wrong = []
    for address in ABOVE:
        for method in ("GET", "POST"):
            status = client.generic(
                method, reverse(address.name, kwargs={"slug": slug} if "slug" in address.parts else {})
            ).status_code
            if role == "anonymous":
                wanted = {302, 401}
            elif method not in address.methods:
                wanted = {405}
            elif role == "nobody":
                wanted = {404}
            elif not may(council.load(request), address.view.right):
                wanted = {403}
            elif "slug" in address.parts and whose == "other" and role.endswith("of one"):
                wanted = {404}
            else:
                wanted = {200} if method == "GET" else {200, 302, 400, 404, 422}
            if status not in wanted:
                wrong.append((address.name, method, status, wanted))
    assert not wrong, "\n".join(map(str, wrong))


# -- about oneself -------------------------------------------------------------------------------
@pytest.mark.parametrize("who", ["chi", "dung", "officer", "root", None])
def test_each_page_about_oneself(cast: Any, who: str | None) -> None:
    client = cast.client(getattr(cast, who)) if who else Client()
    wrong = []
    for address in OWN:
        for method in address.methods:
            place = reverse(address.name, kwargs=dict.fromkeys(address.parts, 987_654))
            status = client.generic(method, place).status_code
            wanted = {200, 302, 400, 404, 409, 422} if who else {302, 401}
            if status not in wanted:
                wrong.append((address.name, method, status, wanted))
    assert not wrong, "\n".join(map(str, wrong))


def test_working_addresses_stand_below_the_cluster_year() -> None:
    assert all(one.route.startswith(WORK) for one in WORKING)
