"""Every working address × role over HTTP, in one open and one closed step; an address without a row fails."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver

from cluster_app.rights import HATS
from core.access import RIGHTS, may
from members.enums import PhaseKind
from movements.domain.record import activity_for
from tests.factories import ActivityFactory, EvidenceFactory, MovementFactory

pytestmark = pytest.mark.django_db

WORK = "lam-viec/<slug:cluster>/<year:label>/"
FREE = {"healthz", "readyz", "home", "work", "account_login", "account_logout", "account_change_password"}
PUBLIC = {"summary_public", "summary_version", "summary_data", "summary_version_data"}
ROLES = {
    "outsider": "dung",
    "member clerk": "chi",
    "member leader": "lan",
    "chair staff": "an",
    "deputy staff": "binh",
    "observer": "observer",
    "officer": "officer",
}
OF_ONE = {"activity_edit": "activity_edit"}  # the right that is asked about the one thing of the address


@dataclass(frozen=True)
class Address:
    """A page: its name, route and view."""

    name: str
    route: str
    view: Any


def addresses(resolver: Any = None, prefix: str = "") -> Iterator[Address]:
    """All addresses of the project but the admin site's and the static files'."""
    for entry in (resolver or get_resolver()).url_patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            if entry.namespace != "admin":
                yield from addresses(entry, route)
        elif isinstance(entry, URLPattern):
            yield Address(str(entry.name), route.removeprefix("/"), entry.callback)


WORKING = sorted((one for one in addresses() if one.route.startswith(WORK)), key=lambda one: one.name)


def test_every_address_is_a_working_page_with_a_right_or_known_as_open() -> None:
    others = [one for one in addresses() if one not in WORKING]
    assert {one.name for one in others} - FREE - PUBLIC <= ({"styleguide"} if settings.DEBUG else set())
    assert {one.name for one in others if getattr(one.view, "right", "") == "public"} == PUBLIC | {
        "healthz",
        "readyz",
        "home",
    }
    assert [one.name for one in WORKING if getattr(one.view, "right", None) not in RIGHTS] == []
    assert [one.name for one in WORKING if one.view.write_right not in RIGHTS] == []
    assert len(WORKING) >= 20


def things(cast: Any) -> dict[str, int]:
    """The row that each address with a number shows."""
    activity = ActivityFactory(year=cast.year, agency=cast.member, submitted=True)
    return {
        "activity": activity.pk,
        "evidence": EvidenceFactory(activity=activity).pk,
        "movement": MovementFactory(year=cast.year).pk,
        "agency": cast.member.pk,
    }


def expectation(cast: Any, address: Address, role: str, method: str, pks: dict[str, int]) -> set[int]:
    """The statuses that the table of rights allows for this cell."""
    if role == "outsider":
        return {404} if method in address.view.methods else {404, 405}
    if method not in address.view.methods:
        return {405}
    scope = cast.scope(getattr(cast, ROLES[role]))
    if not may(scope, address.view.right) or (method == "POST" and not may(scope, address.view.write_right)):
        return {403}
    if address.name.startswith(("activity_", "evidence_")) and "pk" in address.route:
        activity = activity_for(scope, pks["activity"])
        if activity is None:
            return {404}
        if not may(scope, OF_ONE.get(address.name, "activity_view"), activity):
            return {403}
    if address.name == "movement_join":
        return {404}  # an empty form names no agency of the person's
    if address.name == "evidence_file":
        return {410}  # the factory's file has no bytes on disk: refused, and never a fault
    return {200} if method == "GET" else {200, 302, 400, 409, 422}


@pytest.mark.parametrize("phase", [PhaseKind.CARRY_OUT, PhaseKind.PUBLISH])
@pytest.mark.parametrize("role", [*ROLES, "anonymous"])
def test_each_address(cast: Any, role: str, phase: str) -> None:
    pks = things(cast)
    cast.go(phase)
    client = cast.client(None if role == "anonymous" else getattr(cast, ROLES[role]))
    wrong = []
    for address in WORKING:
        kind = address.name.split("_")[0]
        pk = pks.get(kind) if "pk" in address.route else None
        url = cast.url(address.name, **({"pk": pk} if pk else {}))
        for method in ("GET", "POST"):
            status = client.generic(method, url).status_code
            wanted = {302} if role == "anonymous" else expectation(cast, address, role, method, pks)
            if status not in wanted:
                wrong.append((address.name, method, status, wanted))
    assert wrong == []


def test_the_roles_are_those_of_the_table() -> None:
    assert set(ROLES) == set(HATS)
