"""Which agencies a year cannot do without: rows of any app that tie an agency to the year."""

from __future__ import annotations

from typing import Any

from django.db import models

from members.models import Agency, Cluster, ClusterYear, Membership


def agencies_in_use(year: ClusterYear) -> frozenset[int]:
    """Agencies that rows of higher apps tie to the year: any model that points to an agency and leads to the year."""
    found: set[int] = set()
    for relation in Agency._meta.get_fields(include_hidden=True):
        if not isinstance(relation, models.ManyToOneRel) or relation.related_model is Membership:
            continue
        if way := _way_to_year(relation.related_model):
            rows = relation.related_model._base_manager.filter(**{way: year})
            found |= {pk for pk in rows.values_list(relation.field.name, flat=True).distinct() if pk}
    return frozenset(found)


def _way_to_year(model: Any, depth: int = 2) -> str:
    """``year``, ``movement__year``, … of a model whose rows belong to a year; empty for others."""
    keys = [field for field in model._meta.get_fields() if field.many_to_one and field.concrete]
    for field in keys:
        if field.related_model is ClusterYear:
            return str(field.name)
    for field in keys if depth else ():
        if not field.null and field.related_model not in (Agency, Cluster):
            way = _way_to_year(field.related_model, depth - 1)
            if way:
                return f"{field.name}__{way}"
    return ""
