"""The members of a year: who, in which role, since when; and the papers the year cites."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from core.access import page
from core.dates import format_date
from members.models import Directive
from members.queries import MemberRow, TermRow, member_rows, term_rows, year_directives
from members.scope import Scope


@page("year_view")
def member_list(request: HttpRequest) -> HttpResponse:
    """Members in charter order with their roles of the year; terms since then; directives."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    members = member_rows(scope.year)
    context = {
        "nav": "members",
        "rows": [_member(scope, row) for row in members],
        "dated": any(row.joined_on or row.left_on for row in members),
        "terms": [term_item(scope, row) for row in term_rows(scope.cluster.pk, since=scope.year.starts_on)],
        "papers": _papers(year_directives(scope.year)),
    }
    return render(request, "members/member_list.html", context)


def _member(scope: Scope, row: MemberRow) -> dict[str, Any]:
    return {
        "row": row,
        "url": scope.address("agency_detail", pk=row.agency_id),
        "own": row.agency_id in scope.agency_ids,
        "role": role_words(row.role_label, row.role_order),
        "days": days_words(row.joined_on, row.left_on),
    }


def role_words(label: str, order: int) -> str:
    """ "Cụm phó (2)" for a second deputy."""
    return f"{label} ({order})" if label and order > 1 else label


def days_words(first: Any, last: Any) -> str:
    """Half-open days as people say them: "từ 01/07/2020, đến trước 01/10/2020"; empty for always."""
    parts = []
    if first:
        parts.append(_("từ %(day)s") % {"day": format_date(first)})
    if last:
        parts.append(_("đến trước %(day)s") % {"day": format_date(last)})
    return ", ".join(parts)


def term_item(scope: Scope, row: TermRow, *, linked: bool = True) -> dict[str, Any]:
    """A term as ``<c-timeline>`` draws it; the dot of a term that holds today is filled."""
    words = [row.basis, row.decision]
    holds = row.starts_on <= scope.today and (row.ends_on is None or row.ends_on > scope.today)
    return {
        "when": days_words(row.starts_on, row.ends_on).capitalize(),
        "title": f"{role_words(row.role, row.order)}: {row.name}"
        if linked
        else role_words(row.role, row.order),
        "text": " · ".join(word for word in words if word),
        "url": scope.address("agency_detail", pk=row.agency_id) if linked else "",
        "end": holds,
    }


def _papers(cited: list[tuple[str, Directive]]) -> list[tuple[str, list[Directive]]]:
    """The papers by use."""
    groups: dict[str, list[Directive]] = {}
    for use, paper in cited:
        groups.setdefault(use, []).append(paper)
    return list(groups.items())
