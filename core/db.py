"""What both databases say differently, behind one name."""

from __future__ import annotations

from typing import Any

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
