"""The members of a year as of a day: who, in which role, since when; clusters around; the papers the year cites."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from core.access import page
from core.dates import format_date
from core.formfields import DayField
from members.models import ClusterYear, Directive
from members.nested import nearby
from members.queries import (
    LinkRow,
    MemberRow,
    TermRow,
    links_among,
    member_rows,
    term_rows,
    year_directives,
)
from members.scope import Scope


class AsOf(forms.Form):
    """The day the page is about; the name stands in addresses."""

    ngay = DayField(label=gettext_lazy("Vào ngày"), required=False)

    def __init__(self, data: Any, *, year: ClusterYear, usual: date) -> None:
        """Read the address; without a day the usual one is shown."""
        typed = {"ngay": data.get("ngay") or format_date(usual)}
        super().__init__(typed, auto_id="loc_%s")
        self.year = year

    def clean_ngay(self) -> date | None:
        """A day of the year: memberships of other days stand on the pages of other years."""
        day: date | None = self.cleaned_data["ngay"]
        if day and not self.year.starts_on <= day <= self.year.ends_on:
            words = {"first": format_date(self.year.starts_on), "last": format_date(self.year.ends_on)}
            sentence = _("Ngày phải nằm trong năm %(label)s: từ %(first)s đến %(last)s.")
            raise ValidationError(sentence % {"label": self.year.label, **words})
        return day


def usual_day(scope: Scope) -> date:
    """Today where it lies in the year, else the year's last day."""
    year = scope.year
    return scope.today if year.starts_on <= scope.today <= year.ends_on else year.ends_on


@page("year_view")
def member_list(request: HttpRequest) -> HttpResponse:
    """Members of the year as of a day, counted on it; who left or comes later; clusters around; roles; directives."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    usual = usual_day(scope)
    form = AsOf(request.GET, year=scope.year, usual=usual)
    day = (form.cleaned_data["ngay"] if form.is_valid() else None) or usual
    members = member_rows(scope.year, day)
    links = links_among(row.agency_id for row in members)
    context = {
        "nav": "members",
        "form": form,
        "day": day,
        "asked": day != usual,
        "rows": [_member(scope, row, links) for row in members if row.covers(day)],
        "others": [_member(scope, row, links) for row in members if not row.covers(day)],
        "caption": _counted(sum(row.covers(day) for row in members), day),
        "dated": any(row.joined_on or row.left_on for row in members),
        "terms": [term_item(scope, row) for row in term_rows(scope.cluster.pk, since=scope.year.starts_on)],
        "papers": _papers(year_directives(scope.year)),
        "nearby": nearby(scope),
    }
    return render(request, "members/member_list.html", context)


def _counted(number: int, day: date) -> str:
    """ "07 đơn vị thành viên ngày 31/12/2020": counted, never typed; below ten with a zero, as papers write it."""
    sentence = ngettext(
        "%(count)s đơn vị thành viên ngày %(day)s", "%(count)s đơn vị thành viên ngày %(day)s", number
    )
    return sentence % {"count": f"{number:02d}", "day": format_date(day)}


def _member(scope: Scope, row: MemberRow, links: dict[int, list[LinkRow]]) -> dict[str, Any]:
    return {
        "row": row,
        "url": scope.address("agency_detail", pk=row.agency_id),
        "own": row.agency_id in scope.agency_ids,
        "role": role_words(row.role_label, row.role_order),
        "days": days_words(row.joined_on, row.left_on),
        "links": link_words(links.get(row.agency_id, [])),
    }


def link_words(links: list[LinkRow]) -> list[str]:
    """ "Kế thừa A, B từ ngày 01/07/2020", "C kế thừa từ ngày …"."""
    groups: dict[tuple[bool, date], list[str]] = {}
    for link in links:
        groups.setdefault((link.later, link.on), []).append(link.name)
    sentences = []
    for (later, on), names in groups.items():
        words = _("%(names)s kế thừa từ ngày %(day)s") if later else _("Kế thừa %(names)s từ ngày %(day)s")
        sentences.append(words % {"names": ", ".join(names), "day": format_date(on)})
    return sentences


def role_words(label: str, order: int) -> str:
    """ "Cụm phó thứ 2" for a second deputy."""
    return _("%(role)s thứ %(order)s") % {"role": label, "order": order} if label and order > 1 else label


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
