"""The quick entry grid as a formset: what a browser sends, by plain POST of all rows or row by row."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django import forms
from django.forms.formsets import BaseFormSet
from django.http import QueryDict

from core import submit
from core.folding import clean_line
from movements.domain.quick import (
    ACTIVITIES,
    COLUMNS,
    GIFTS,
    NEW,
    PREFIX,
    ROWS_LIMIT,
    Column,
    Sent,
    is_key,
    tidy,
)

GROUP_LIMIT = 300  # characters of the name of an activity
MOST_READ = 300  # so many rows are shown again when more than ROWS_LIMIT were sent


def _cell(column: Column) -> forms.CharField:
    return forms.CharField(label=column.label, required=False, strip=False)


class _RowForm(forms.Form):
    """Hidden parts of a row; the cells come from the columns of its grid."""

    key = forms.CharField(required=False, widget=forms.HiddenInput)
    pk = forms.CharField(required=False, widget=forms.HiddenInput)
    mark = forms.CharField(required=False, widget=forms.HiddenInput)
    group = forms.CharField(required=False, widget=forms.HiddenInput, max_length=300)


class GiftRowForm(_RowForm):
    """A row of contributions."""


class ActivityRowForm(_RowForm):
    """A row of activities."""


for _form, _grid in ((GiftRowForm, GIFTS), (ActivityRowForm, ACTIVITIES)):
    _form.base_fields |= {column.name: _cell(column) for column in COLUMNS[_grid]}
_ROW_FORMS = {GIFTS: GiftRowForm, ACTIVITIES: ActivityRowForm}


def rows_of(grid: str, data: QueryDict) -> BaseFormSet[Any]:
    """The posted rows as a formset; one row too many is one of its errors."""
    made = forms.formset_factory(
        _ROW_FORMS[grid], extra=0, max_num=ROWS_LIMIT, absolute_max=MOST_READ, validate_max=True
    )
    return made(data, prefix=PREFIX)


def sent_rows(grid: str, data: QueryDict, group: str = "") -> Iterator[Sent]:
    """The posted rows in their order; a new one without a group of its own goes into ``group``."""
    formset = rows_of(grid, data)
    formset.is_valid()
    group = clean_line(group[:GROUP_LIMIT])
    for order, form in enumerate(formset.forms):
        yield sent_row(grid, form.data, form.prefix or "", group=group, order=order)


def sent_row(
    grid: str,
    data: Mapping[str, str],
    prefix: str = "",
    *,
    group: str = "",
    order: int = 0,
    live: bool = False,
) -> Sent:
    """One row out of posted fields; a key that is none is a new one."""

    def field(name: str) -> str:
        return str(data.get(f"{prefix}-{name}" if prefix else name, ""))

    key, pk = field("key"), field("pk")
    recorded = int(pk) if pk.isdecimal() and len(pk) < 19 else None
    own = clean_line(field("group")[:GROUP_LIMIT])
    return Sent(
        key=key if is_key(key) else submit.new_key(),
        cells=tidy(grid, {column.name: field(column.name) for column in COLUMNS[grid]}),
        pk=recorded,
        mark=field("mark") or NEW,
        group=own or (group if recorded is None else ""),
        live=live,
        order=order,
    )


def ids(words: Iterable[str]) -> list[int]:
    """Ids out of ticks, each once, in their order."""
    return list(dict.fromkeys(int(word) for word in words if word.isdecimal() and len(word) < 19))
