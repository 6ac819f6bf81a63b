"""The council's pages: every cluster that is followed, by council member in charge, and one of them."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.access import Can, office_page
from core.dates import format_date, local_today
from core.exporters import content_disposition
from core.folding import sort_key
from core.paging import BadCursor
from core.quantity import format_number
from core.workbooks import WorkbookExporter
from members.council import Council
from members.council_exports import council_xlsx
from members.enums import Level, PhaseKind, Role
from members.filters import CouncilFilter
from members.models import Cluster
from members.overview import Index, Row, index_of, observers_of, rows_of, seats_on
from members.overview_cluster import year_lines
from members.queries import term_rows
from members.views.members import days_words, role_words

AFTER, BEFORE = "sau", "truoc"
NAMED = 3  # late agencies named in the list; the page of the cluster names all
EXPORTED = 5_000


def office_context(request: HttpRequest, tab: str, **more: Any) -> dict[str, Any]:
    """What every page of the council needs in its template."""
    office: Council = request.office  # type: ignore[attr-defined]
    about = {"office": office, "can": Can(office), "can_admin": office.is_officer, "tab": tab}
    return about | more


def filtered(request: HttpRequest, today: date) -> tuple[CouncilFilter, Index]:
    """The filter of the address and the clusters that fit. Raises ``Http404`` for what nobody offered."""
    council: Council = request.office  # type: ignore[attr-defined]
    index = index_of(council, today)
    people = {user: name for listed in index.observers.values() for user, name in listed}
    named = dict(sorted(people.items(), key=lambda item: sort_key(item[1])))
    form = CouncilFilter(request.GET, named)
    if not form.is_known:
        raise Http404
    return form, index.narrowed(form.asked(), today)


@office_page("council_view")
def council(request: HttpRequest) -> HttpResponse:
    """Fifty clusters of those that fit: year and step, who is late, who leads, who is in charge."""
    today = local_today(timezone.now())
    form, index = filtered(request, today)
    try:
        entries, after, before = index.page(request.GET.get(AFTER, ""), request.GET.get(BEFORE, ""))
    except BadCursor as error:
        raise Http404 from error
    rows = rows_of(entries, index, today)
    context = office_context(
        request, "clusters",
        form=form, narrowed=form.is_narrowed, rows=[row_for_page(row) for row in rows], today=today,
        caption=_caption(len(index.entries), index.total), total=index.total,
        next=form.address(**{AFTER: after}) if after else "", prev=form.address(**{BEFORE: before}) if before else "",
        address=reverse("council"), export_url=reverse("council_export") + form.address(),
        rotate_url=reverse("council_rotate") + form.address(),
    )  # fmt: skip
    return render(request, "members/council.html", context)


@office_page("council_view")
def council_export(request: HttpRequest) -> HttpResponse:
    """Every cluster that fits, as a workbook."""
    today = local_today(timezone.now())
    _form, index = filtered(request, today)
    return workbook(council_xlsx(rows_of(index.entries[:EXPORTED], index, today), today))


def workbook(exporter: WorkbookExporter) -> HttpResponse:
    """A workbook as a download."""
    response = HttpResponse(exporter.render(), content_type=exporter.content_type)
    response["Content-Disposition"] = content_disposition(exporter.filename)
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _caption(number: int, total: int) -> str:
    if number == total:
        return ngettext("%(count)s cụm", "%(count)s cụm", number) % {"count": format_number(number)}
    words = {"count": format_number(number), "total": format_number(total)}
    return ngettext("%(count)s trong %(total)s cụm", "%(count)s trong %(total)s cụm", number) % words


def row_for_page(row: Row) -> dict[str, Any]:
    """A cluster as the list draws it: ready words."""
    named = [one.name for one in row.late[:NAMED]]
    more = len(row.late) - len(named)
    return {
        "pk": row.entry.pk,
        "name": row.entry.name,
        "url": reverse("council_cluster", kwargs={"slug": row.entry.slug}),
        "depth": min(row.depth, 3),
        "level": Level(row.entry.level).label,
        "place": row.entry.place,
        "parent": row.parent,
        "label": row.entry.label,
        "older": ", ".join(row.older),
        "step": row.step,
        "step_of": f"{row.step_order}/{len(PhaseKind.values)}" if row.step else "",
        "due": row.due,
        "overdue": row.overdue,
        "closed": row.year is not None and row.year.is_sealed,
        "late": len(row.late),
        "late_names": ", ".join(named) + (_(" và %(more)s đơn vị khác") % {"more": more} if more > 0 else ""),
        "chair": row.chair.name if row.chair else "",
        "deputies": ", ".join(seat.name for seat in row.deputies),
        "observers": ", ".join(row.observers),
        "members": row.members,
    }


@office_page("council_view")
def council_people(request: HttpRequest) -> HttpResponse:
    """Clusters by council member in charge, and those that nobody is in charge of."""
    today = local_today(timezone.now())
    index = index_of(request.office, today)  # type: ignore[attr-defined]
    rows = {row.entry.pk: row for row in rows_of(index.entries, index, today)}
    people: dict[int, dict[str, Any]] = {}
    alone = []
    for entry in index.entries:
        cared = index.observers.get(entry.pk, [])
        for user, name in cared:
            one = people.setdefault(user, {"name": name, "rows": [], "late": 0})
            one["rows"].append(row_for_page(rows[entry.pk]))
            one["late"] += bool(rows[entry.pk].late)
        if not cared:
            alone.append(row_for_page(rows[entry.pk]))
    ordered = sorted(people.items(), key=lambda item: sort_key(item[1]["name"]))
    listed = [{"id": f"nguoi-{user}", **one} for user, one in ordered]
    context = office_context(request, "people", people=listed, alone=alone, total=index.total)
    return render(request, "members/council_people.html", context)


@office_page("council_view")
def council_cluster(request: HttpRequest, slug: str) -> HttpResponse:
    """One cluster: its years, who leads and led, late agencies, clusters inside it."""
    office: Council = request.office  # type: ignore[attr-defined]
    today = local_today(timezone.now())
    cluster = office.clusters().select_related("parent").filter(slug=slug).first()
    if cluster is None:
        raise Http404
    cared = observers_of([cluster.pk], today).get(cluster.pk, [])
    terms = term_rows(cluster.pk)
    context = office_context(
        request, "clusters",
        cluster=cluster, facts=_facts(cluster, [name for _user, name in cared], office),
        years=[_year(line, office) for line in year_lines(cluster, today)],
        seats=[
            {"role": role_words(str(Role(seat.role).label), seat.order), "name": seat.name, "since": seat.since}
            for seat in seats_on([cluster.pk], today).get(cluster.pk, [])
        ],
        terms=[_term(row, today) for row in terms[:20]], more_terms=max(0, len(terms) - 20),
        children=[
            {"name": child.name, "url": reverse("council_cluster", kwargs={"slug": child.slug})}
            for child in office.clusters().filter(parent=cluster).order_by("name", "pk")
        ],
        may_rotate=office.actor.covers(cluster.pk),
    )  # fmt: skip
    return render(request, "members/council_cluster.html", context)


def _facts(cluster: Cluster, cared: list[str], office: Council) -> list[dict[str, str]]:
    rows = [
        {"label": _("Cấp"), "value": str(Level(cluster.level).label)},
        {"label": _("Địa bàn"), "value": cluster.place or "–"},
    ]
    if cluster.parent:
        seen = office.sees(cluster.parent.pk)
        url = reverse("council_cluster", kwargs={"slug": cluster.parent.slug}) if seen else ""
        rows.append({"label": _("Thuộc"), "value": cluster.parent.name, "url": url})
    return [
        *rows,
        {"label": _("Thành viên Hội đồng phụ trách"), "value": ", ".join(cared) or _("Chưa phân công")},
    ]


def _year(line: Any, office: Council) -> dict[str, Any]:
    """A year of a cluster; a superuser without a function there is led to the admin site."""
    year = line.year
    if office.superuser:
        url = reverse("admin:members_clusteryear_change", args=[year.pk])
    else:
        url = reverse("year_home", kwargs={"cluster": year.cluster.slug, "label": year.label})
    return {
        "label": year.label,
        "url": url,
        "period": f"{format_date(year.starts_on)}–{format_date(year.ends_on)}",
        "step": line.step,
        "due": line.due,
        "overdue": line.overdue,
        "closed": year.is_sealed,
        "members": line.members,
        "chair": line.chair,
        "late": [{"name": one.name, "text": "; ".join(one.sentences)} for one in line.late],
        "sample": year.sample,
    }


def _term(row: Any, today: date) -> dict[str, Any]:
    holds = row.starts_on <= today and (row.ends_on is None or row.ends_on > today)
    return {
        "when": days_words(row.starts_on, row.ends_on).capitalize(),
        "title": f"{role_words(row.role, row.order)}: {row.name}",
        "text": " · ".join(word for word in (row.basis, row.decision) if word),
        "url": "",
        "end": holds,
    }
