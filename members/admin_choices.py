"""Choice fields of the admin site: one list for all rows of a page, agencies by name, clusters of the office only."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import F, Model
from django.http import HttpRequest

from members.models import Agency, AgencyName, Cluster, Directive

Rows = dict[str, Model]


class KnownChoiceField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A choice among rows that are loaded once for the whole page, not once for each row of a formset."""

    known: Callable[[], Rows]

    def to_python(self, value: Any) -> Any:
        """The row, or an error for one that is not on the list."""
        if value in self.empty_values:
            return None
        key = str(value.pk if isinstance(value, Model) else value)
        try:
            return self.known()[key]
        except KeyError as error:
            raise ValidationError(self.error_messages["invalid_choice"], code="invalid_choice") from error


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


def directive_choices(request: HttpRequest) -> list[tuple[int | str, str]]:
    """Every paper, oldest first; one query per request."""
    rows = _rows(request, Directive)
    return [("", "---------"), *((int(pk), str(row)) for pk, row in rows.items())]


CHOICES: dict[Any, Callable[[HttpRequest], list[tuple[int | str, str]]]] = {
    Agency: agency_choices,
    Directive: directive_choices,
}


def _rows(request: HttpRequest, model: Any) -> Rows:
    """All rows of a model by id, as text; one query per request."""
    kept: dict[Any, Rows] = request.__dict__.setdefault("_known_rows", {})
    if model not in kept:
        kept[model] = {str(row.pk): row for row in model._default_manager.order_by(*model._meta.ordering)}
    return kept[model]


class Choices:
    """For a model or an inline whose rows point to agencies, papers or clusters."""

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """One list for all rows of a page; clusters that the office covers."""
        office = self.office(request)  # type: ignore[attr-defined]
        target = db_field.related_model
        if target is Cluster and office and not office.every_cluster:
            kwargs["queryset"] = Cluster.objects.filter(pk__in=office.cluster_ids)
        if target in CHOICES:
            kwargs["form_class"] = KnownChoiceField
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)  # type: ignore[misc]
        if target in CHOICES:
            field.known = lambda: _rows(request, target)
            field.choices = CHOICES[target](request)
        return field
