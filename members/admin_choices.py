"""Choice fields of the admin site: agencies by name without a query for each, clusters of the office only."""

from __future__ import annotations

from typing import Any

from django.db.models import F
from django.http import HttpRequest

from members.models import Agency, AgencyName, Cluster


def agency_choices(request: HttpRequest) -> list[tuple[int | str, str]]:
    """Every agency under its newest name in Vietnamese order; one query per request."""
    kept: list[tuple[int | str, str]] | None = request.__dict__.get("_agency_choices")
    if kept is None:
        rows = AgencyName.objects.order_by(F("valid_from").asc(nulls_first=True)).values_list(
            "agency", "sort_key", "name"
        )
        newest = {agency: (key, name) for agency, key, name in rows}
        ordered = sorted(newest.items(), key=lambda item: item[1])
        kept = [("", "---------"), *((agency, name) for agency, (_key, name) in ordered)]
        request.__dict__["_agency_choices"] = kept
    return kept


class Choices:
    """For a model or an inline whose rows point to agencies or clusters."""

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """One list of agencies for all rows of a page; clusters that the office covers."""
        office = self.office(request)  # type: ignore[attr-defined]
        target = db_field.related_model
        if target is Cluster and office and not office.every_cluster:
            kwargs["queryset"] = Cluster.objects.filter(pk__in=office.cluster_ids)
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)  # type: ignore[misc]
        if target is Agency and field is not None:
            field.choices = agency_choices(request)
        return field
