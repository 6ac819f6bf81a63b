"""Helpers of the components in templates/cotton/: proportions of bars, inputs with Bootstrap's classes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django import template
from django.forms import BoundField
from django.utils.safestring import SafeString

register = template.Library()

ICONS_OF_STATES = {
    "ok": "circle-check",
    "wait": "hourglass",
    "warn": "alert-triangle",
    "err": "alert-circle",
    "info": "info-circle",
}


def _percent(value: Any, largest: Any) -> str:
    """A share of the largest as an SVG length: never below nothing, never above all."""
    whole = Decimal(str(largest or 0))
    part = Decimal(str(value or 0))
    if whole <= 0 or part <= 0:
        return "0%"
    return f"{min(part / whole, Decimal(1)) * 100:.2f}%"


@register.filter
def state_icon(kind: str) -> str:
    """The usual icon of a kind of state; empty when the kind has none."""
    return ICONS_OF_STATES.get(kind, "")


@register.simple_tag
def share(value: Any, largest: Any) -> str:
    """``{% share 3 7 %}`` gives ``42.86%``."""
    return _percent(value, largest)


@register.filter
def with_shares(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Rows of a bar chart with their ``share`` of the longest bar."""
    drawn = list(rows)
    largest = max((Decimal(str(row["value"] or 0)) for row in drawn), default=Decimal(0))
    return [{**row, "share": _percent(row["value"], largest)} for row in drawn]


@register.simple_tag
def control(field: BoundField, label: str = "", css: str = "", placeholder: str | None = None) -> SafeString:
    """One input drawn without its label: Bootstrap's classes, the mark of an error and a name for screen readers."""
    widget = field.field.widget
    kind = getattr(widget, "input_type", "")
    base = (
        "form-select"
        if kind == "select"
        else "form-check-input"
        if kind in ("checkbox", "radio")
        else "form-control"
    )
    classes = [base, css, widget.attrs.get("class", ""), "is-invalid" if field.errors else ""]
    attrs: dict[str, str | bool] = {"class": " ".join(name for name in classes if name)}
    if label:
        attrs["aria-label"] = label
    if placeholder is not None:
        attrs["placeholder"] = placeholder
    return field.as_widget(attrs=attrs)


@register.filter
def field_of(form: Any, name: str) -> BoundField:
    """The bound field of a name that is only known while the page is drawn."""
    return form[name]  # type: ignore[no-any-return]


@register.filter
def errors_of(forms: Any) -> list[dict[str, str]]:
    """Every error of a form, a formset or a list of them, with the id of its input: for the summary on top."""
    found: list[dict[str, str]] = []
    for form in forms if isinstance(forms, list | tuple) else [forms]:
        if hasattr(form, "forms"):  # a formset
            found += [{"id": "", "label": "", "text": str(text)} for text in form.non_form_errors()]
            found += errors_of(list(form.forms))
            continue
        found += [{"id": "", "label": "", "text": str(text)} for text in form.non_field_errors()]
        found += [
            {"id": field.id_for_label, "label": str(field.label), "text": str(text)}
            for field in form
            for text in field.errors
        ]
    return found
