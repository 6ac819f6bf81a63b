"""What the pages of an activity share."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from django.urls import reverse

from core import files
from members.scope import Scope
from movements.domain.record import Record, activity_for, load_record


def address(scope: Scope, name: str, pk: int) -> str:
    """The address of a page of one activity, or of one file."""
    return reverse(name, kwargs={"cluster": scope.cluster.slug, "label": scope.year.label, "pk": pk})


def list_address(scope: Scope) -> str:
    """The list of the year's activities."""
    return scope.address("activity_list")


def record_or_404(scope: Scope, pk: int) -> Record:
    """An activity with all that belongs to it; 404 when it is not the person's to see."""
    activity = activity_for(scope, pk)
    if activity is None:
        raise Http404
    return load_record(activity)


def file_row(row: Any) -> dict[str, Any]:
    """A file beside its size and icon."""
    return {
        "name": row.name,
        "icon": files.icon_of(row.file.content_type),
        "size": files.size_words(row.file.size),
    }


def ids_of(words: list[str]) -> set[int]:
    """The numbers among the values of a form field."""
    return {int(word) for word in words if word.isdecimal() and len(word) < 19}
