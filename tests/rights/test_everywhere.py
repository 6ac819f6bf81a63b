"""Attacks tried on every address at once: foreign ids, missing tokens, caches, odd addresses (rows A2, A6, A8, I11)."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from members.enums import PhaseKind
from scoring.models import CriteriaTable
from tests.factories import (
    ActivityFactory,
    AgencyFactory,
    ClusterYearFactory,
    MembershipFactory,
    RoleTermFactory,
)
from tests.rights.places import WORKING, Address, numbers, row_of, things

pytestmark = [pytest.mark.django_db, pytest.mark.once]
MISSING = 987_654_321
SAID_BEFORE = {
    "extension_take_back",
    "planner_unskip",
}  # what is gone already answers the second press like the first
WITH_ID = [address for address in WORKING if {"pk", "agency"} & set(address.parts)]


def foreign() -> dict[str, Any]:
    """The same kinds of rows in another cluster."""
    away = MembershipFactory(year=ClusterYearFactory(label="2020"))
    RoleTermFactory(cluster=away.year.cluster, agency=away.agency)
    rows = things(away.year, away.agency, away.year.cluster)
    CriteriaTable.objects.filter(year=away.year).update(
        is_shared=False
    )  # a shared one is in everybody's library
    activity = ActivityFactory(year=away.year, agency=away.agency, confirmed=True)
    return rows | {"activity": activity.pk, "agency": AgencyFactory().pk}


def own(cast: Any) -> dict[str, Any]:
    """Rows of the cast's member."""
    return things(cast.year, cast.member, cast.cluster)


def url(cast: Any, address: Address, rows: dict[str, Any]) -> str:
    return str(cast.url(address.name, **numbers(address, rows)))


def body(response: Any, pk: int) -> str:
    """The page without its token and without the id asked for."""
    text = re.sub(r'(name="csrfmiddlewaretoken" value=|"token": )"\w+"', "", response.content.decode())
    return text.replace(f"/{pk}/", "/ID/").replace(
        "/1/", "/ID/"
    )  # the first page or version may bear the same number


@pytest.mark.parametrize("who", ["an", "chi", "officer"])
def test_a2_an_id_of_another_cluster_is_like_one_that_does_not_exist(cast: Any, who: str) -> None:
    pks = foreign()
    client = cast.client(getattr(cast, who))
    for address in WITH_ID:
        pk = pks[row_of(address)]
        for method in set(address.view.methods) & {"GET", "POST"}:
            theirs = client.generic(method, url(cast, address, pks))
            nobody = client.generic(method, url(cast, address, pks | {row_of(address): MISSING}))
            assert (address.name, method, theirs.status_code) == (address.name, method, nobody.status_code)
            again = (302,) if address.name in SAID_BEFORE else ()
            assert theirs.status_code in (400, 403, 404, 409, *again)
            assert body(theirs, pk) == body(nobody, MISSING)


def test_a2_control_the_same_ids_open_in_their_own_cluster(cast: Any) -> None:
    pks = own(cast)
    opened = {"evidence_file": 410, "launch_file": 410, "term_file": 404}  # no row has bytes on disk
    opened |= dict.fromkeys(("evidence_preview", "evidence_small", "evidence_version"), 404)
    others = ("activity_import_run", "activity_import_errors", "activity_import_file")
    opened |= dict.fromkeys(others, 404)  # somebody else's upload
    opened["registration_actual"] = 403  # the agency's own in this step
    opened |= {"criteria_version": 302, "appeal_file": 410, "appeal_paper": 404, "adjustment_file": 404}
    opened |= dict.fromkeys(("criteria_import_run", "criteria_import_file"), 404)
    opened |= dict.fromkeys(("sheet_import_run", "sheet_import_file", "sheet_totals"), 404)
    opened |= {"sheet_import": 403, "check_file": 404}  # the agency's own; no bytes on disk
    for address in WITH_ID:
        if "GET" in address.methods and not address.name.endswith("_edit"):
            who = cast.officer if address.name.startswith("person") else cast.an
            answer = cast.client(who).get(url(cast, address, pks))
            assert (address.name, answer.status_code) == (address.name, opened.get(address.name, 200))


@pytest.mark.parametrize("phase", [PhaseKind.CARRY_OUT, PhaseKind.PUBLISH])
def test_a6_no_write_without_the_token(cast: Any, phase: str) -> None:
    pks = own(cast)
    cast.go(phase)
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.an)
    for address in WORKING:
        if "POST" in address.view.methods:
            status = client.post(url(cast, address, pks), {"title": "x"}).status_code
            assert (address.name, status) == (address.name, 403)


def test_a8_private_pages_are_kept_by_no_cache(cast: Any) -> None:
    pks = own(cast)
    cast.go(PhaseKind.PUBLISH)
    client = cast.client(cast.an)
    for address in WORKING:
        if "GET" not in address.view.methods:
            continue
        for asker in (client, Client()):
            answer = asker.get(url(cast, address, pks))
            assert "no-store" in answer.headers["Cache-Control"], address.name
            assert "Cookie" in answer.headers["Vary"], address.name


@pytest.mark.parametrize(
    "tail",
    ["hoat-dong/99999999999999999999/", "hoat-dong/%00/", "hoat-dong/-1/", "don-vi/99999999999999999999/"],
)
def test_i11_odd_ids_are_not_found_and_never_a_fault(cast: Any, tail: str) -> None:
    assert cast.client(cast.an).get(cast.url("year_home") + tail).status_code == 404


@pytest.mark.parametrize(
    "query", ["?q=%00", "?q=%ff%fe", "?trang=1e9", "?sau=-1", "?tu=99999999999999999999", "?q=" + "a" * 5000]
)
def test_i11_odd_questions_never_a_fault(cast: Any, query: str) -> None:
    for address in WORKING:
        if "GET" in address.methods and not address.parts:
            assert cast.client(cast.an).get(cast.url(address.name) + query).status_code < 500, address.name


def test_c16_what_was_typed_into_a_form_whose_step_closed_is_given_back(cast: Any) -> None:
    cast.go(PhaseKind.DELIBERATE)
    client = cast.client(cast.chi)
    answer = client.post(
        cast.url("activity_add"), {"title": "Thăm bà mẹ <b>Việt Nam</b> anh hùng", "when": "5/1"}
    )
    page = answer.content.decode()
    assert answer.status_code == 403
    assert "Thăm bà mẹ &lt;b&gt;Việt Nam&lt;/b&gt; anh hùng" in page
    assert "Bình xét" in page
    assert "textarea" not in client.get(cast.url("activity_add")).content.decode()
