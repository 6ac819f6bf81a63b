"""The list of everything published, by cluster and year, for the front door; the same bytes for everybody."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db.models import OuterRef, QuerySet, Subquery
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from core.dates import LOCAL_ZONE, format_date
from publishing import memory
from publishing.domain.canonical import parse
from publishing.models import AnnualSummary
from publishing.render import pages

YEARS_A_PAGE = 24


def home(language: str, number: int) -> pages.Page | None:
    """Page ``number`` of the list, from 1; None beyond the last one. One query, none when remembered."""
    key = ("home", language, number)
    remembered: pages.Page | None = None if settings.DEBUG else memory.shelves.get(key)
    if remembered is not None:
        return remembered
    before = memory.stamp()
    html = _home(language, number)
    if html is None:
        return None
    page = pages.made(html)
    memory.shelves.put_as_of(key, page, before)
    return page


def in_force() -> QuerySet[AnnualSummary]:
    """The newest version of every year, clusters by name in addresses, newest year first."""
    newest = AnnualSummary.objects.filter(year=OuterRef("year")).order_by("-number").values("pk")[:1]
    rows = AnnualSummary.objects.filter(pk=Subquery(newest)).select_related("year__cluster")
    return rows.order_by("year__cluster__slug", "-year__starts_on")


def _home(language: str, number: int) -> str | None:
    first = (number - 1) * YEARS_A_PAGE
    rows = list(in_force()[first : first + YEARS_A_PAGE + 1])
    if not rows and number > 1:
        return None
    with translation.override(language):
        here = reverse("home")
        context = {
            "groups": _groups(rows[:YEARS_A_PAGE], language),
            "foreign": language != "vi",
            "prev": f"{here}?trang={number - 1}" if number > 2 else here if number == 2 else "",
            "next": f"{here}?trang={number + 1}" if len(rows) > YEARS_A_PAGE else "",
            **pages.other_language("home", {}),
        }
        return render_to_string("home.html", context)


def _groups(rows: list[AnnualSummary], language: str) -> list[dict[str, Any]]:
    """Clusters with their published years; the newest year of each shows its first places."""
    groups: dict[str, dict[str, Any]] = {}
    for row in rows:
        data = parse(row.content)
        renderer = pages.RENDERERS[data["schema"]]
        slug = row.year.cluster.slug
        group = groups.setdefault(slug, {"name": data["cluster"]["name"], "items": []})
        ranking = renderer.ranking(data, language)
        group["items"].append(
            {
                "title": _("Tổng kết năm %(label)s") % {"label": row.year.label},
                "url": reverse("summary_public", kwargs={"cluster": slug, "label": row.year.label}),
                "meta": _meta(row),
                "ranks": ranking["items"] if ranking and not group["items"] else [],
            }
        )
    return list(groups.values())


def _meta(row: AnnualSummary) -> str:
    day = format_date(row.published_at.astimezone(LOCAL_ZONE).date())
    if row.number == 1:
        return _("Công bố ngày %(day)s") % {"day": day}
    return _("Bản đính chính số %(number)d, công bố ngày %(day)s") % {"number": row.number, "day": day}
