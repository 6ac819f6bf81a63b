"""What both databases say differently, behind one name."""

from __future__ import annotations

import contextlib
import sqlite3
import zlib
from collections.abc import Iterator
from typing import Any

from django.db import connection
from django.db.models import Aggregate, CharField, QuerySet, Subquery


class Joined(Aggregate):
    """The distinct values of a column as one text, "3,7"; for a subquery that must bring several ids along."""

    function = "GROUP_CONCAT"
    template = "%(function)s(%(distinct)s%(expressions)s)"
    output_field = CharField()
    allow_distinct = True

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        """PostgreSQL wants text and a separator."""
        template = "STRING_AGG(%(distinct)s(%(expressions)s)::text, ',')"
        return self.as_sql(compiler, connection, template=template, **context)


def joined(rows: QuerySet[Any], column: str) -> Subquery:
    """The values of ``column`` of the rows, which name an outer row, as one text or NULL; one subquery."""
    alone = rows.order_by().annotate(_one=Joined(column, distinct=True))
    alone.query.group_by = None
    return Subquery(alone.values("_one"), output_field=CharField())


def hold(name: str) -> None:
    """Wait until nobody else holds ``name``, and hold it to the end of the transaction.

    For what no row stands for yet, such as an agency that two people are about to make. On SQLite a transaction that
    writes is alone anyway (``transaction_mode`` IMMEDIATE).
    """
    if not connection.in_atomic_block:
        raise RuntimeError("hold() outside a transaction holds nothing")
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [zlib.crc32(name.encode())])


@contextlib.contextmanager
def wide_statements() -> Iterator[None]:
    """Let a statement carry as many values as SQLite really takes, instead of the 999 that Django assumes.

    For writing thousands of rows at once; PostgreSQL has no such limit.
    """
    features: Any = connection.features
    if connection.vendor != "sqlite":
        yield
        return
    connection.ensure_connection()
    before = features.max_query_params
    features.max_query_params = connection.connection.getlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER)
    try:
        yield
    finally:
        features.max_query_params = before
