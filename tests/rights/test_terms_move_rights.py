"""Rights move with the term, by themselves, in sessions that are open (rows A5, A10, T10)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.urls import reverse

from core.dates import LOCAL_ZONE
from members.enums import Basis, PhaseKind
from members.models import RoleTerm
from tests.factories import ClusterYearFactory, MembershipFactory, RoleTermFactory
from tests.rights.places import WORKING

pytestmark = pytest.mark.django_db
TERM_STARTS = date(2021, 1, 5)
MIDNIGHT = datetime(2021, 1, 5, tzinfo=LOCAL_ZONE)
CHAIRS_PAGES = ("phase_advance",)
CHAIRS_ONLY = {"phase_advance", "phase_step_back", "calendar_edit", "charter_edit", "year_open"}


def passes_on(cast: Any) -> Any:
    """The chair goes to the deputy from 05/01/2021; 2021 is open, 2020 not yet sealed."""
    year = ClusterYearFactory(cluster=cast.cluster, label="2021", open_phase=PhaseKind.PREPARE)
    for order, agency in enumerate(cast.agencies, 1):
        MembershipFactory(year=year, agency=agency, order=order)
    RoleTerm.objects.filter(cluster=cast.cluster).update(ends_on=TERM_STARTS)
    RoleTermFactory(cluster=cast.cluster, agency=cast.deputy, starts_on=TERM_STARTS, basis=Basis.ELECTED)
    return year


@pytest.mark.parametrize("label", ["2020", "2021"])
def test_t10_at_midnight_the_same_sessions_swap_the_chairs_pages(cast: Any, label: str) -> None:
    year = passes_on(cast)
    year = year if label == "2021" else cast.year
    with time_machine.travel(MIDNIGHT - timedelta(seconds=10), tick=False) as clock:
        old, new = cast.client(cast.new_session(cast.an)), cast.client(cast.new_session(cast.binh))
        for name in CHAIRS_PAGES:
            assert old.get(cast.url(name, year)).status_code == 200
            assert new.get(cast.url(name, year)).status_code == 403
        clock.move_to(MIDNIGHT - timedelta(seconds=1))
        assert new.get(cast.url("phase_advance", year)).status_code == 403
        clock.move_to(MIDNIGHT)
        for name in CHAIRS_PAGES:
            assert old.get(cast.url(name, year)).status_code == 403
            assert new.get(cast.url(name, year)).status_code == 200


def opened(cast: Any, client: Any, year: Any) -> set[str]:
    """Every page without a thing of its own that opens."""
    pages = [one for one in WORKING if "GET" in one.methods and not one.parts]
    return {one.name for one in pages if client.get(cast.url(one.name, year)).status_code == 200}


def test_t10_every_page_of_the_chair_goes_over_and_nothing_else(cast: Any) -> None:
    year = passes_on(cast)
    with time_machine.travel(MIDNIGHT - timedelta(seconds=10), tick=False) as clock:
        old, new = cast.client(cast.new_session(cast.an)), cast.client(cast.new_session(cast.binh))
        chairs, deputys = opened(cast, old, year), opened(cast, new, year)
        clock.move_to(MIDNIGHT)
        assert opened(cast, new, year) == chairs
        lost = chairs - opened(cast, old, year)
    assert chairs - deputys == CHAIRS_ONLY
    assert lost >= chairs - deputys


def test_a10_last_years_chair_changes_nothing_any_more(cast: Any) -> None:
    year = passes_on(cast)
    with time_machine.travel(MIDNIGHT + timedelta(days=30)):
        old = cast.client(cast.new_session(cast.an))
        step = {"phase": PhaseKind.PREPARE}
        assert old.post(cast.url("phase_advance", year), step).status_code == 403
        assert old.post(cast.url("movement_add", year), {"title": "Phong trào"}).status_code == 403
        assert old.post(cast.url("phase_advance"), {"phase": PhaseKind.CARRY_OUT}).status_code == 403
        assert year.phases.get(closed_at=None, opened_at__isnull=False).kind == PhaseKind.PREPARE
        assert not year.movements.exists()


def test_a10_control_in_its_term_it_could(cast: Any) -> None:
    year = passes_on(cast)
    with time_machine.travel(MIDNIGHT - timedelta(days=2)):
        cast.client(cast.new_session(cast.an)).post(cast.url("movement_add", year), {"title": "Phong trào"})
        answer = cast.client(cast.an).get(cast.url("movement_add", year))
        assert answer.status_code == 200


def test_a5_a_function_that_ends_at_the_end_of_the_year_is_gone_at_midnight(cast: Any) -> None:
    cast.chi.people.update(ends_on=date(2021, 1, 1))
    new_year = datetime(2021, 1, 1, tzinfo=LOCAL_ZONE)
    with time_machine.travel(new_year - timedelta(seconds=2), tick=False) as clock:
        client = cast.client(cast.new_session(cast.chi))
        assert client.get(cast.url("year_home")).status_code == 200
        clock.move_to(new_year)
        assert client.get(cast.url("year_home")).status_code == 404
        assert client.post(cast.url("activity_add"), {"title": "Muộn"}).status_code == 404


def test_a5_a_disabled_account_is_out_at_the_next_request(cast: Any) -> None:
    client = cast.client(cast.chi)
    assert client.get(cast.url("year_home")).status_code == 200
    cast.chi.is_active = False
    cast.chi.save()
    assert client.get(cast.url("year_home")).url.startswith(reverse("account_login"))


def test_a5_a_changed_password_ends_the_other_sessions(cast: Any) -> None:
    client = cast.client(cast.chi)
    assert client.get(cast.url("year_home")).status_code == 200
    cast.chi.set_password("mot-mat-khau-khac-2020")
    cast.chi.save()
    assert client.get(cast.url("year_home")).url.startswith(reverse("account_login"))
