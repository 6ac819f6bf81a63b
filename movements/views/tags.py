"""Labels and criteria of a year: the list, one renamed, a list pasted, order, retiring."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import SuspiciousOperation
from django.db.models import Count, IntegerField, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from core.access import check, may, page
from core.errors import DomainError, Stale
from core.quantity import format_number
from members.scope import Scope
from movements.domain import tags
from movements.enums import TagKind
from movements.forms.library import TagForm
from movements.models import Activity, Evidence, Tag

ACTIONS: dict[str, Callable[[Scope, int], Tag]] = {
    "retire": lambda scope, pk: tags.retire_tag(scope, pk, retired=True),
    "restore": lambda scope, pk: tags.retire_tag(scope, pk, retired=False),
    "up": lambda scope, pk: tags.move_tag(scope, pk, up=True),
    "down": lambda scope, pk: tags.move_tag(scope, pk, up=False),
}


@page("year_view", methods=("GET", "POST"), write_right="tag_edit")
def tag_list(request: HttpRequest) -> HttpResponse:
    """Everybody reads the labels of the year; a POST adds one."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    if request.method != "POST":
        return _show(request, TagForm())
    form = TagForm(request.POST)
    if not form.is_valid():
        return _show(request, form, status=422)
    try:
        tags.save_tag(scope, form.draft())
    except DomainError as error:
        form.show(error.problems)
        return _show(request, form, status=422)
    messages.success(request, _("Đã thêm “%(label)s”.") % {"label": form.cleaned_data["label"]})
    return redirect(scope.address("tags"))


def _show(
    request: HttpRequest, form: TagForm, *, text: str = "", problems: Any = (), status: int = 200
) -> HttpResponse:
    scope: Scope = request.scope  # type: ignore[attr-defined]
    rows = Tag.objects.filter(year=scope.year).order_by("kind", "order", "id")
    files = Evidence.tags.through.objects.filter(tag=OuterRef("pk"), evidence__removed_at__isnull=True)
    activities = Activity.tags.through.objects.filter(tag=OuterRef("pk"))
    counted = rows.annotate(files=_number(files), acts=_number(activities))
    found = list(counted)
    groups = [
        {"kind": kind, "title": title, "rows": [_row(scope, tag) for tag in found if tag.kind == kind]}
        for kind, title in ((TagKind.CRITERION, _("Tiêu chí")), (TagKind.FREE, _("Nhãn thường")))
    ]
    context = {
        "nav": "activities",
        "groups": groups,
        "form": form,
        "edits": may(scope, "tag_edit"),
        "text": text,
        "problems": problems,
        "paste_url": scope.address("tag_paste"),
        "address": scope.address("tags"),
    }
    return render(request, "movements/tag_list.html", context, status=status)


def _number(carrying: Any) -> Coalesce:
    """How many rows of a table carry the tag; counted apart, so that two tables are never multiplied."""
    counted = carrying.order_by().values("tag").annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(counted, output_field=IntegerField()), Value(0))


def _row(scope: Scope, tag: Any) -> dict[str, Any]:
    return {
        "pk": tag.pk,
        "code": tag.code,
        "label": tag.label,
        "retired": tag.retired_at is not None,
        "files": format_number(tag.files),
        "acts": format_number(tag.acts),
        "edit_url": scope.address("tag_edit", pk=tag.pk),
        "change_url": scope.address("tag_change", pk=tag.pk),
        "library_url": f"{scope.address('library')}?nhan={tag.pk}" if not tag.retired_at else "",
    }


@page("tag_edit", methods=("POST",))
def tag_paste(request: HttpRequest) -> HttpResponse:
    """A whole list at once; every bad line is named and nothing is written then."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    text = request.POST.get("text", "")[:60_000]
    try:
        done = tags.paste_tags(scope, text)
    except DomainError as error:
        sentences = [problem.sentence for problem in error.problems]
        return _show(request, TagForm(), text=text, problems=sentences, status=422)
    messages.success(
        request,
        _("Thêm %(added)s, đổi tên %(renamed)s, giữ nguyên %(same)s.")
        % {"added": done.added, "renamed": done.renamed, "same": done.same},
    )
    return redirect(scope.address("tags"))


@page("tag_edit", methods=("GET", "POST"))
def tag_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Rename one; of two people the second sees the other's name first."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    tag = _tag(scope, pk)
    if request.method != "POST":
        first = {"code": tag.code, "label": tag.label, "version": tag.version}
        return _edit(request, tag, TagForm(initial=first))
    form = TagForm(request.POST)
    if not form.is_valid():
        return _edit(request, tag, form, status=422)
    try:
        tags.save_tag(scope, form.draft(), pk, version=form.cleaned_data["version"] or 0)
    except DomainError as error:
        form.show(error.problems)
        return _edit(request, tag, form, status=422)
    except Stale:
        standing = _tag(scope, pk)
        posted: Any = form.data
        data = posted.copy()
        data["version"] = str(standing.version)
        return _edit(request, standing, TagForm(data), status=409, is_stale=True)
    messages.success(request, _("Đã lưu “%(label)s”.") % {"label": form.cleaned_data["label"]})
    return redirect(scope.address("tags"))


def _edit(
    request: HttpRequest, tag: Tag, form: TagForm, *, status: int = 200, is_stale: bool = False
) -> HttpResponse:
    scope: Scope = request.scope  # type: ignore[attr-defined]
    context = {
        "nav": "activities", "tag": tag, "form": form, "is_stale": is_stale, "list_url": scope.address("tags"),
    }  # fmt: skip
    return render(request, "movements/tag_form.html", context, status=status)


@page("tag_edit", methods=("POST",))
def tag_change(request: HttpRequest, pk: int) -> HttpResponse:
    """Retire, offer again, up, down."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    verb = ACTIONS.get(request.POST.get("action", ""))
    if verb is None:
        raise SuspiciousOperation("unknown action")
    _tag(scope, pk)
    verb(scope, pk)
    return redirect(f"{scope.address('tags')}#nhan-{pk}")


def _tag(scope: Scope, pk: int) -> Tag:
    check(scope, "tag_edit")
    tag = Tag.objects.filter(year=scope.year, pk=pk).first() if pk < 2**63 else None
    if tag is None:
        raise Http404
    return tag
