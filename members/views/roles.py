"""Who led the cluster in which year, who holds what on a day, and the terms that come to be outside a hand-over."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from core import files, staging
from core.access import may, page
from core.dates import DateError, format_date, parse_date
from core.errors import DomainError, Problem
from core.exporters import content_disposition
from core.formfields import said
from core.models import StagedUpload
from members.domain.actor import Actor
from members.domain.offices import record_term, start_acting
from members.domain.rotation import Term, leading_on
from members.domain.terms import term_of, terms_of
from members.domain.timeline import Drawing, Line, drawing, lines
from members.enums import Basis, Function, Role
from members.exports import roles_xlsx
from members.forms import show
from members.models import Membership, RoleTerm
from members.role_forms import ActingForm, RecordForm
from members.role_queries import LARGEST_ID, Names, people_on, span_of, term_records, years_of
from members.scope import Scope
from members.views.members import days_words

log = logging.getLogger(__name__)
YEAR_WIDTH, HEAD_HEIGHT, LABEL_HEIGHT, ROW_HEIGHT = 84, 24, 20, 56  # of the drawing, in pixels


@page("roles_view")
def roles(request: HttpRequest) -> HttpResponse:
    """The terms over all years, drawn and as a table; who holds what on a day."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    records = {record.pk: record for record in term_records(scope.year.cluster_id)}
    names = Names(record.agency_id for record in records.values())
    terms = [term_of(record) for record in records.values()]
    years = years_of(scope.year.cluster_id)
    rows = lines([span_of(year) for year in years], terms)
    book = _Book(scope, records, names)
    deputies = max((term.order for term in terms if term.role == Role.DEPUTY), default=1)
    context = {
        "nav": "members",
        "rows": [book.row(line, deputies) for line in reversed(rows)],
        "heads": book.heads(deputies),
        "chart": book.chart(drawing(rows, terms), deputies),
        "asked": _on_day(request, scope, terms, names, deputies),
        "export_url": scope.address("roles_export"),
        "replace_url": _replace_url(scope),
    }
    return render(request, "members/roles.html", context)


def _replace_url(scope: Scope) -> str:
    """The admin page that replaces the lead within the year, for the officer while the year is open."""
    if not may(scope, "term_record") or scope.sealed:
        return ""
    return reverse("admin:members_clusteryear_replace", args=[scope.year.pk])


def office_words(role: str, order: int, deputies: int) -> str:
    """Cụm trưởng; Cụm phó; Cụm phó thứ 2 where there are several."""
    label = str(Role(role).label)
    if role == Role.CHAIR or max(order, deputies) < 2:
        return label
    return _("%(role)s thứ %(order)s") % {"role": label, "order": order}


class _Book:
    """Terms as the page draws them."""

    def __init__(self, scope: Scope, records: dict[int, RoleTerm], names: Names) -> None:
        self.scope, self.records, self.names = scope, records, names

    def heads(self, deputies: int) -> list[str]:
        """The offices as columns."""
        seats = [(str(Role.CHAIR), 1), *((str(Role.DEPUTY), order) for order in range(1, deputies + 1))]
        return [office_words(role, order, deputies) for role, order in seats]

    def row(self, line: Line, deputies: int) -> dict[str, Any]:
        """A year with a cell for each office."""
        seats = [line.chairs, *(line.seat(order) for order in range(1, deputies + 1))]
        heads = self.heads(deputies)
        over = [(1, term) if term.role == Role.CHAIR else (1 + term.order, term) for term in line.over]
        return {
            "label": line.span.label,
            "current": line.span.label == self.scope.year.label,
            "opened": line.opened,
            "cells": [
                {
                    "head": head,
                    "terms": [self.cell(term, line) for term in seat],
                    "unknown": not seat and column == 1,
                    "over": [self.over(term) for place, term in over if place == column and not seat],
                }
                for column, (head, seat) in enumerate(zip(heads, seats, strict=True), 1)
            ],
        }

    def cell(self, term: Term, line: Line) -> dict[str, Any]:
        """A term in its year: the days only where it does not cover the whole year."""
        record = self.records[term.pk or 0]
        whole = term.starts_on <= line.span.first and term.covers(line.span.last)
        return {
            "name": self.names.full(term.agency_id, term.starts_on),
            "url": self.scope.address("agency_detail", pk=term.agency_id),
            "own": term.agency_id in self.scope.agency_ids,
            "days": "" if whole else days_words(term.starts_on, term.ends_on),
            "acting": term.role == Role.CHAIR and record.basis == Basis.ACTING,
            "basis": str(Basis(record.basis).label),
            "paper": paper_words(record),
            "note": record.note,
            "file_url": self.scope.address("term_file", pk=record.pk) if record.decision_file_id else "",
        }

    def over(self, term: Term) -> str:
        """Who goes on until the new one takes over."""
        return _("Đến trước %(day)s: %(agency)s") % {
            "day": format_date(term.ends_on) if term.ends_on else "",
            "agency": self.names.short(term.agency_id, term.starts_on),
        }

    def chart(self, drawn: Drawing | None, deputies: int) -> dict[str, Any] | None:
        """The drawing with names and classes."""
        if drawn is None:
            return None
        return {
            "years": drawn.years,
            "width": len(drawn.years) * YEAR_WIDTH,
            "height": HEAD_HEIGHT + len(drawn.rows) * ROW_HEIGHT,
            "rows": [
                {
                    "label": office_words(*office, deputies),
                    "bands": [self.band(band) for band in bands],
                    "y": HEAD_HEIGHT + place * ROW_HEIGHT,
                    "band_y": HEAD_HEIGHT + place * ROW_HEIGHT + LABEL_HEIGHT,
                }
                for place, (office, bands) in enumerate(drawn.rows)
            ],
        }

    def band(self, band: Any) -> dict[str, Any]:
        """A stretch with its words."""
        if band.term is None:
            return {"band": band, "css": "band-none", "text": _("chưa rõ"), "title": _("Chưa rõ Cụm trưởng")}
        term = band.term
        acting = term.role == Role.CHAIR and self.records[term.pk].basis == Basis.ACTING
        name = self.names.short(term.agency_id, term.starts_on)
        title = (
            f"{self.names.full(term.agency_id, term.starts_on)}, {days_words(term.starts_on, term.ends_on)}"
        )
        return {
            "band": band,
            "css": "band-acting" if acting else f"band-{term.role}",
            "text": _("%(agency)s (tạm quyền)") % {"agency": name} if acting else name,
            "title": title,
        }


def paper_words(record: RoleTerm) -> str:
    """ "12/QĐ-UBND ngày 05/01/2021"."""
    if record.decision_number and record.decision_date:
        return _("%(number)s ngày %(day)s") % {
            "number": record.decision_number, "day": format_date(record.decision_date),
        }  # fmt: skip
    return record.decision_number or (format_date(record.decision_date) if record.decision_date else "")


# Who holds what on a day ----------------------------------------------------------------------------------------


def _on_day(
    request: HttpRequest, scope: Scope, terms: list[Term], names: Names, deputies: int
) -> dict[str, Any]:
    """The answer for ``?ngay=``; a day that cannot be read keeps what was typed and says why."""
    typed = request.GET.get("ngay", "").strip()
    day, error = scope.today, ""
    if typed:
        try:
            day = parse_date(typed)
        except DateError as unreadable:
            return {"typed": typed[:60], "error": said(unreadable)}
    leading = leading_on(terms, day)
    people = people_on(scope.year.cluster_id, (term.agency_id for term in leading), day)
    shows_staff = may(scope, "roles_people")
    offices = [
        {
            "office": office_words(term.role, term.order, deputies),
            "name": names.full(term.agency_id, day),
            "days": days_words(term.starts_on, term.ends_on),
            "people": [
                one for one in people
                if shows_staff and one.agency_id == term.agency_id and one.function in (Function.LEADER, Function.CLERK)
            ],
        }
        for term in leading
    ]  # fmt: skip
    return {
        "typed": typed or format_date(day),
        "day": format_date(day),
        "error": error,
        "today": day == scope.today,
        "offices": offices,
        "chairless": not any(term.role == Role.CHAIR for term in leading),
        "council": [
            (str(Function(function).label), [one for one in people if one.function == function])
            for function in (Function.OBSERVER, Function.OFFICER)
        ],
        "shows_staff": shows_staff,
    }


@page("roles_view")
def roles_export(request: HttpRequest) -> HttpResponse:
    """All terms as a workbook."""
    exporter = roles_xlsx(request.scope)  # type: ignore[attr-defined]
    response = HttpResponse(exporter.render(), content_type=exporter.content_type)
    response["Content-Disposition"] = content_disposition(exporter.filename)
    return response


@page("roles_view")
def term_file(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The paper of a term as a download; one whose bytes are not those that were stored is refused."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    if pk > LARGEST_ID:
        raise Http404
    records = RoleTerm.objects.filter(cluster=scope.year.cluster_id, decision_file__isnull=False)
    record = records.select_related("decision_file").filter(pk=pk).first()
    if record is None or record.decision_file is None:
        raise Http404
    kind = next((one for one in files.KINDS if one.content_type == record.decision_file.content_type), None)
    number = (record.decision_number or format_date(record.starts_on)).replace("/", "-")
    name = files.shown_name(_("quyet-dinh-%(number)s") % {"number": number}, kind)
    try:
        return files.serve(record.decision_file, name)
    except files.FileDamaged:
        log.error("damaged file sha256=%s term=%s", record.decision_file.sha256, record.pk)
        return render(request, "movements/file_damaged.html", {"name": name}, status=410)


# Terms outside a hand-over --------------------------------------------------------------------------------------


@page("term_record", methods=("GET", "POST"))
def term_record(request: HttpRequest) -> HttpResponse:
    """A term of the past that was not known before."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    members = Membership.objects.filter(year__cluster=scope.year.cluster_id).order_by(
        "-year__starts_on", "order"
    )
    ids = list(dict.fromkeys(members.values_list("agency", flat=True)))
    names = Names(ids)
    agencies = [(pk, names.full(pk, scope.year.ends_on)) for pk in ids]
    if request.method != "POST":
        return _form_page(request, "members/term_record.html", RecordForm(agencies=agencies))
    form = RecordForm(request.POST, request.FILES, agencies=agencies)
    staged = _staged(request, form)
    if not form.is_valid():
        return _form_page(request, "members/term_record.html", form, staged, 422)
    try:
        with transaction.atomic():
            record = form.record(staged.file if staged else None)
            record_term(Actor.of(scope), scope.year.cluster_id, record)
            staging.release([staged] if staged else [])
    except DomainError as error:
        show(form, [_beside(problem) for problem in error.problems])
        return _form_page(request, "members/term_record.html", form, staged, 422)
    messages.success(request, _("Đã ghi nhiệm kỳ."))
    return redirect(scope.address("roles"))


@page("term_record", methods=("GET", "POST"))
def acting_start(request: HttpRequest) -> HttpResponse:
    """A deputy takes the chair for the time being."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    terms = terms_of(scope.year.cluster_id)
    running = [term for term in leading_on(terms, scope.today) if term.role == Role.DEPUTY]
    names = Names(term.agency_id for term in terms)
    agencies = [
        (
            term.agency_id,
            f"{names.full(term.agency_id, scope.today)} ({office_words(term.role, term.order, len(running))})",
        )
        for term in running
    ]
    chair = next((term for term in leading_on(terms, scope.today) if term.role == Role.CHAIR), None)
    more: dict[str, Any] = {
        "none": not agencies,
        "chair": names.full(chair.agency_id, scope.today) if chair else "",
    }
    if request.method != "POST":
        form = ActingForm(agencies=agencies, initial={"starts_on": scope.today})
        return _form_page(request, "members/acting_start.html", form, **more)
    form = ActingForm(request.POST, request.FILES, agencies=agencies)
    staged = _staged(request, form)
    if not form.is_valid():
        return _form_page(request, "members/acting_start.html", form, staged, 422, **more)
    try:
        with transaction.atomic():
            start_acting(Actor.of(scope), scope.year.cluster_id, form.order(staged.file if staged else None))
            staging.release([staged] if staged else [])
    except DomainError as error:
        show(form, [_beside(problem) for problem in error.problems])
        return _form_page(request, "members/acting_start.html", form, staged, 422, **more)
    messages.success(request, _("Đã ghi Cụm phó tạm quyền Cụm trưởng."))
    return redirect(scope.address("roles"))


def _beside(problem: Problem) -> Problem:
    """Clashes speak of an office: on these forms they belong to the agency."""
    return replace(problem, field="agency") if problem.field in Role.values else problem


def _staged(request: HttpRequest, form: Any) -> StagedUpload | None:
    """The chosen file, kept over errors; a refused one becomes an error beside its field."""
    user_id = int(request.user.pk or 0)
    upload = request.FILES.get("decision_file")
    if upload:
        done = staging.stage(user_id, [upload])  # type: ignore[list-item]
        for sentence in done.refusals:
            form.add_error("decision_file", sentence)
        return done.staged[0] if done.staged else None
    return next(iter(staging.staged_by(user_id, [request.POST.get("staged", "")])), None)


def _form_page(
    request: HttpRequest,
    name: str,
    form: Any,
    staged: StagedUpload | None = None,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    return render(request, name, {"nav": "members", "form": form, "staged": staged, **more}, status=status)
