"""Verbs that touch the same rows at once wait for each other in one order: names, clusters, years, agencies, audit.

Each test stands a verb still where another could get between its locks; none may end in a deadlock, and nothing may be
written over what the other did. SQLite's writers wait for each other in any case.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from core.errors import DomainError
from members.domain import agencies, formation
from members.domain.actor import SYSTEM
from members.domain.agencies import NewAgency, add_name, make_agency
from members.domain.formation import form_clusters
from members.domain.formation_plan import plan_of
from members.domain.memberships import join
from members.domain.succession import Succession, reorganise
from members.domain.terms import lock_cluster
from members.models import Agency, ClusterYear, Membership, Phase, PhaseExtension
from tests.council.table import member, order, read, workbook
from tests.factories import AgencyFactory
from tests.support.race import errors, meeting_point, race

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
DAY = date(2020, 7, 1)
NEW = NewAgency("Sở Y tế", "Sở Y tế")


def dissolve(agency: Agency, *after: int) -> list[int]:
    return reorganise(SYSTEM, Succession("merge" if after else "", (agency.pk,), after, DAY, "1/QĐ", DAY))


def before(monkeypatch: Any, module: Any, name: str, meet: Callable[[], None], *, then: bool = False) -> None:
    """Meet the other runner before (or after) a step of a verb."""
    step = getattr(module, name)

    def slow(*args: Any, **more: Any) -> Any:
        if not then:
            meet()
        found = step(*args, **more)
        if then:
            meet()
        return found

    monkeypatch.setattr(module, name, slow)


def rows_of(cast: Any, *names: str, **more: Any) -> Any:
    """A table for the cast's cluster in 2020."""
    rows = [member(name, cast.cluster.slug, name=cast.cluster.name, label="2020") | more for name in names]
    return read(workbook(rows))


def form(table: Any, seen: str = "") -> Any:
    word = order(DAY)
    return form_clusters(SYSTEM, table, word, seen=seen or plan_of(table, word).mark, source="")


# -- one name, one agency ------------------------------------------------------------------------
def import_and_join(cast: Any) -> list[Any]:
    table = read(workbook([member("Sở Y tế")]))
    seen = plan_of(table, order()).mark
    return race(
        lambda: form_clusters(SYSTEM, table, order(), seen=seen, source=""),
        lambda: join(SYSTEM, cast.year.pk, NEW, DAY, reason="x"),
    )


def test_an_import_and_a_page_make_an_agency_once(cast: Any) -> None:
    outcomes = import_and_join(cast)
    assert all(isinstance(error, DomainError) for error in errors(outcomes)), outcomes
    assert Agency.objects.filter(names__name="Sở Y tế").count() == 1


def test_without_the_lock_there_would_be_two(cast: Any, monkeypatch: Any, on_postgres: bool) -> None:
    """Control: both look before either writes."""
    meet = meeting_point(2)
    monkeypatch.setattr(agencies, "hold", lambda _name: None)
    monkeypatch.setattr(formation, "hold", lambda _name: None)
    before(monkeypatch, formation, "_make_agencies", meet)
    before(monkeypatch, agencies, "_code_with_name", meet, then=True)
    monkeypatch.setattr(agencies, "_free_code", lambda _short: "ma-khac")
    import_and_join(cast)
    assert Agency.objects.filter(names__name="Sở Y tế").count() == (2 if on_postgres else 1)


def test_a_name_in_use_is_refused_and_that_of_who_ends_is_free(cast: Any) -> None:
    with transaction.atomic():
        make_agency(NEW, DAY)
    with pytest.raises(DomainError, match="so-y-te"):
        join(SYSTEM, cast.year.pk, NewAgency("SỞ  y tế", "SYT"), DAY, reason="x")
    name = str(cast.member)
    (after,) = reorganise(
        SYSTEM, Succession("merge", (cast.member.pk,), (NewAgency(name, "Mới"),), DAY, "1/QĐ", DAY)
    )
    assert str(Agency.objects.get(pk=after)) == name


# -- locks in one order --------------------------------------------------------------------------
def test_a_merge_waits_for_who_writes_in_the_year(cast: Any, monkeypatch: Any) -> None:
    """A verb of the year holds the year and comes to the agency; the merge must not hold the agency before the year."""
    meet = meeting_point(2, 1)
    before(monkeypatch, agencies, "check_reach", meet)
    monkeypatch.setattr("members.domain.succession.check_reach", agencies.check_reach)
    sixth = AgencyFactory()
    step = Phase.objects.filter(year=cast.year).first()
    assert step is not None

    def give() -> None:
        with transaction.atomic():
            ClusterYear.objects.select_for_update(of=("self",)).get(pk=cast.year.pk)
            meet()
            PhaseExtension.objects.create(phase=step, agency=cast.member, until=DAY, reason="x")

    assert errors(race(give, lambda: dissolve(cast.member, sixth.pk))) == []


def test_an_import_and_a_new_name_do_not_hold_each_other_up(cast: Any, monkeypatch: Any) -> None:
    """A new name holds its agency and comes to the audit of the installation; the import must not hold that before."""
    sixth = AgencyFactory(code="thu-sau")
    add_name(SYSTEM, sixth.pk, "Đơn vị thứ sáu", "Thứ sáu", date(2019, 1, 1))
    meet = meeting_point(2, 1)
    before(monkeypatch, agencies, "fill_sort_key", meet)
    before(monkeypatch, formation, "_make_clusters", meet)
    table = rows_of(cast, "Sở Y tế", "Đơn vị thứ sáu")
    seen = plan_of(table, order(DAY)).mark
    outcomes = race(
        lambda: form(table, seen), lambda: add_name(SYSTEM, sixth.pk, "Đơn vị số sáu", "Số sáu", DAY)
    )
    assert all(isinstance(error, DomainError) for error in errors(outcomes)), outcomes


# -- nothing over what another wrote -------------------------------------------------------------
def test_a_year_sealed_meanwhile_is_left_alone(cast: Any) -> None:
    meet = meeting_point(2)

    def seal() -> None:
        with transaction.atomic():
            year = ClusterYear.objects.select_for_update(of=("self",)).get(pk=cast.year.pk)
            year.sealed_at = timezone.now()
            year.save(update_fields=["sealed_at"])
            meet()
            time.sleep(0.7)

    def end() -> None:
        meet()
        dissolve(cast.member)

    race(seal, end)
    assert Membership.objects.get(year=cast.year, agency=cast.member).left_on is None


def test_an_import_looks_again_once_it_has_the_locks(cast: Any) -> None:
    meet = meeting_point(2)
    table = rows_of(cast, "Sở Y tế", str(AgencyFactory()))
    seen = plan_of(table, order(DAY)).mark
    sixth = Agency.objects.latest("pk")

    def enter() -> None:
        with transaction.atomic():
            lock_cluster(cast.cluster.pk)
            Membership.objects.create(year=cast.year, agency=sixth, order=5, joined_on=DAY)
            meet()
            time.sleep(0.7)

    def late() -> None:
        meet()
        form(table, seen)

    found = errors(race(enter, late))
    assert [type(error) for error in found] == [DomainError], found
    assert "vừa thay đổi" in str(found[0])
