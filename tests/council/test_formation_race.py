"""Two imports at once make one agency and one cluster (C10, C19), with a control that makes two."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction

from core.errors import DomainError
from members.domain import formation
from members.domain.actor import SYSTEM
from members.domain.formation import form_clusters
from members.domain.formation_plan import plan_of
from members.models import Agency, AgencyName, Cluster
from tests.council.table import member, order, read, workbook
from tests.support.race import errors, meeting_point, race, values

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


def run(cluster: str) -> Any:
    """An import of a new agency into a cluster of its own, by another code each time."""
    table = read(workbook([member("Sở Y tế", cluster, agency=f"ma-{cluster}")]))
    return form_clusters(SYSTEM, table, order(), seen=plan_of(table, order()).mark, source="")


def test_two_imports_of_one_new_agency_make_it_once() -> None:
    outcomes = race(lambda: run("khoi-a"), lambda: run("khoi-b"))
    assert len(values(outcomes)) == 1
    (error,) = errors(outcomes)
    assert isinstance(error, DomainError)
    assert "Đơn vị này đã có với mã" in str(error)
    assert Agency.objects.filter(names__name="Sở Y tế").count() == 1


def test_the_same_file_twice_at_once_is_written_once() -> None:
    table = read(workbook([member("Sở Y tế"), member("Sở Công Thương")]))
    seen = plan_of(table, order()).mark
    outcomes = race(*[lambda: form_clusters(SYSTEM, table, order(), seen=seen, source="") for _ in range(2)])
    assert errors(outcomes) == []
    assert sorted(outcome.repeated for outcome in values(outcomes)) == [False, True]
    assert Cluster.objects.filter(slug="khoi-a").count() == 1
    assert AgencyName.objects.filter(name="Sở Y tế").count() == 1


def test_without_the_lock_two_are_made(monkeypatch: Any) -> None:
    """The control: the same look and the same write, each look before the other's write."""
    meet = meeting_point(2)
    monkeypatch.setattr(formation, "hold", lambda _name: None)

    def careless(cluster: str) -> None:
        table = read(workbook([member("Sở Y tế", cluster, agency=f"ma-{cluster}")]))
        plan = plan_of(table, order())
        meet()
        with transaction.atomic():
            formation._make_agencies(plan)

    outcomes = race(lambda: careless("khoi-a"), lambda: careless("khoi-b"))
    assert errors(outcomes) == []
    assert Agency.objects.filter(names__name="Sở Y tế").count() == 2
