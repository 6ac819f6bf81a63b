"""What a person typed into a form that cannot be taken now, told back field by field so that it can be copied."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import QueryDict

LONGEST = 20_000
_SECRET = re.compile(r"csrf|password|secret|token|credential|otp|^code$|^login$|^next$", re.IGNORECASE)
_ROW = re.compile(r"^(?P<form>.+)-(?P<number>\d+)-(?P<field>\w+)$")
_NOT_TYPED = (forms.BooleanField, forms.ChoiceField, forms.FileField, forms.ModelChoiceField)


@dataclass(frozen=True)
class Typed:
    """A field and what stood in it."""

    label: str
    value: str


def typed_fields(data: QueryDict, module: str = "") -> list[Typed]:
    """Texts, figures and days of a posted form in their order, named as its form names them.

    The form is the one of ours that knows most of the names; of several, one near ``module`` (where the view is). A
    field nobody knows is shown when it reads like words. Secrets, hidden fields, choices and ticks are left out; long
    texts are cut after 20,000 characters.
    """
    names = [_ROW.sub(r"\g<field>", name) for name in data]
    known = {name: field for form in _likely(set(names), module) for name, field in form.base_fields.items()}
    found = []
    for name, values in data.lists():
        if _SECRET.search(name.rsplit("-", 1)[-1]):
            continue
        row = _ROW.match(name)
        field = known.get(row["field"] if row else name)
        if field is not None and (field.widget.is_hidden or isinstance(field, _NOT_TYPED)):
            continue
        label = str(field.label or name) if field is not None else name
        if row:
            label = f"{label} ({int(row['number']) + 1})"
        found += [
            Typed(label, value.strip()[:LONGEST])
            for value in values
            if value.strip() and (field is not None or _reads_like_words(value.strip()))
        ]
    return found


def _reads_like_words(value: str) -> bool:
    return any(sign in value for sign in " ,.") or not value.isascii()


def _likely(names: set[str], module: str) -> list[Any]:
    """Our forms that know at least one of the names, the best last, so that its words win."""
    app = module.partition(".")[0]

    def score(form: Any) -> tuple[int, bool, bool, int, str]:
        near = form.__module__ == module, form.__module__.partition(".")[0] == app
        return len(names & set(form.base_fields)), *near, -len(form.base_fields), form.__qualname__

    return sorted((form for form in _ours(forms.BaseForm) if names & set(form.base_fields)), key=score)


def _ours(base: Any) -> Iterator[Any]:
    for form in base.__subclasses__():
        if hasattr(form, "base_fields") and not form.__module__.startswith(("django.", "allauth.")):
            yield form
        yield from _ours(form)
