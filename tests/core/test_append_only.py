"""The database itself refuses to change or remove what must stay."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from core import append_only, audit
from core.models import AuditEvent
from publishing.models import AnnualSummary
from tests.factories import ClusterFactory, ClusterYearFactory, MembershipFactory
from tests.support.tables import guards_lifted

pytestmark = pytest.mark.django_db


def event() -> Any:
    return audit.record("site", "test", ClusterFactory(), actor_id=1)


def summary() -> Any:
    member = MembershipFactory(year=ClusterYearFactory())
    return AnnualSummary.objects.create(
        year=member.year, number=1, schema=1, content="{}", sha256="0" * 64, published_at="2021-02-01T00:00:00Z",
        published_by=member.agency,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("make", "field"), [(event, "reason"), (summary, "content")], ids=["audit", "summary"]
)
def test_rows_are_neither_changed_nor_removed(make: Callable[[], Any], field: str) -> None:
    row = make()
    table = row._meta.db_table
    ways: list[Callable[[], Any]] = [
        lambda: type(row).objects.filter(pk=row.pk).update(**{field: "x"}),
        lambda: type(row).objects.filter(pk=row.pk).delete(),
        row.delete,
        row.save,
        lambda: connection.cursor().execute(f'UPDATE "{table}" SET {field} = %s', ["x"]),
        lambda: connection.cursor().execute(f'DELETE FROM "{table}"'),
    ]
    pk = row.pk
    for way in ways:
        with pytest.raises(DatabaseError, match="append-only table"), transaction.atomic():
            way()
        row.pk = pk
        assert getattr(type(row).objects.get(pk=pk), field) != "x"


def test_control_with_the_triggers_lifted_the_same_statement_goes_through() -> None:
    row = event()
    with guards_lifted(connection):
        AuditEvent.objects.filter(pk=row.pk).update(reason="x")
    assert AuditEvent.objects.get(pk=row.pk).reason == "x"
    with pytest.raises(DatabaseError), transaction.atomic():
        AuditEvent.objects.filter(pk=row.pk).update(reason="y")


def test_the_operation_goes_forwards_and_backwards() -> None:
    table = ClusterFactory()._meta.db_table
    operation = append_only.AppendOnly(table)
    assert operation.deconstruct() == ("AppendOnly", [table], {})
    editor = SimpleNamespace(connection=connection)
    operation.code(None, editor)
    with pytest.raises(DatabaseError, match="append-only table"), transaction.atomic():
        ClusterFactory().delete()
    operation.reverse_code(None, editor)
    ClusterFactory().delete()
