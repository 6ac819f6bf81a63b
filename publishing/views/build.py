"""Working pages of the summary: where it stands, the preview, the publication."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from core.access import RIGHTS, may, page
from core.errors import DomainError
from members.scope import Scope
from publishing.domain import facts, release
from publishing.domain.canonical import parse
from publishing.domain.changes import changes
from publishing.domain.conditions import conditions
from publishing.domain.texts import texts_of
from publishing.enums import TextKind
from publishing.forms import PublishForm
from publishing.models import AnnualSummary
from publishing.render import pages
from publishing.tasks import handover_address

MOST_CHANGES = 40


@page("summary_view")
def summary_build(request: HttpRequest) -> HttpResponse:
    """Where the summary stands: conditions with links to the fix, texts, versions, and the one next step."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    found = conditions(scope.year)
    versions = _versions(scope)
    blocked = [line for line in found if not line.ok and not line.remark]
    inside = may(scope, "summary_preview")
    same = bool(versions) and inside and release.draft(scope.year).sha256 == versions[0]["sha256"]
    context = {
        "nav": "summary",
        "conditions": [_line(line, scope) for line in found],
        "blocked": len(blocked),
        "versions": versions,
        "same": same,
        "inside": inside,
        "texts": _overview(scope) if inside else [],
        "why_not": _why_not(scope, bool(blocked), same),
        "handover_url": handover_address(scope),
    }
    return render(request, "publishing/summary_build.html", context)


def _line(line: Any, scope: Scope) -> dict[str, Any]:
    url = release.link(line, scope.cluster.slug, scope.year.label) if line.link else ""
    return {
        "ok": line.ok,
        "text": line.sentence,
        "url": url,
        "kind": "warn" if line.remark else "",
        "action": "",
    }


def _versions(scope: Scope) -> list[dict[str, Any]]:
    """Published versions, newest first; one query, content left in the database."""
    rows = AnnualSummary.objects.filter(year=scope.year).order_by("-number").defer("content")
    where = {"cluster": scope.cluster.slug, "label": scope.year.label}
    return [
        {
            "number": row.number,
            "at": row.published_at,
            "sha256": row.sha256,
            "reason": row.reason,
            "url": reverse("summary_version", kwargs={**where, "number": row.number}),
        }
        for row in rows
    ]


def _overview(scope: Scope) -> list[dict[str, Any]]:
    texts = texts_of(scope.year)
    return [
        {
            "label": TextKind(kind).label,
            "count": len(texts[kind]),
            "first": texts[kind][0] if texts[kind] else "",
        }
        for kind in TextKind.values
    ]


def _why_not(scope: Scope, blocked: bool, same: bool) -> str:
    """Why the button cannot be pressed now; empty when it can."""
    if not may(scope, "summary_publish"):
        return scope.refusal(RIGHTS["summary_publish"])
    if blocked:
        return _("Còn điều kiện chưa đạt ở danh sách bên dưới.")
    if same:
        return _("Số liệu không khác bản đang có hiệu lực, nên không có gì mới để công bố.")
    return ""


@page("summary_preview")
def summary_preview(request: HttpRequest) -> HttpResponse:
    """Exactly the public page, from the tables as they stand, marked as not published."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    where = {"cluster": scope.cluster.slug, "label": scope.year.label}
    built = release.draft(scope.year)
    language = "en" if (get_language() or "vi").startswith("en") else "vi"
    html = pages.preview(
        built.data,
        built.sha256,
        language,
        reverse("summary_build", kwargs=where),
        pages.other_language("summary_preview", where),
    )
    return HttpResponse(html)


@page("summary_publish", methods=("GET", "POST"))
def summary_publish(request: HttpRequest) -> HttpResponse:
    """Strong confirmation: what becomes visible to whom, its hash, what differs; the word publishes."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    last = release.in_force(scope.year)
    if request.method != "POST":
        return _confirm(request, scope, last)
    if last and last.sha256 == request.POST.get("expected"):  # pressed twice, or somebody else was first
        return _already(request, scope, last)
    form = PublishForm(request.POST, correction=last is not None)
    if not form.is_valid():
        return _confirm(request, scope, last, form)
    sent = form.cleaned_data
    try:
        version = release.publish(scope, sent["expected"], sent["word"], sent.get("reason", ""))
    except DomainError as error:
        return _refused(request, scope, form, error)
    messages.success(request, _("Đã công bố bản số %(number)d.") % {"number": version.number})
    return redirect("summary_build", cluster=scope.cluster.slug, label=scope.year.label)


def _refused(request: HttpRequest, scope: Scope, form: PublishForm, error: DomainError) -> HttpResponse:
    """Say why nothing was written; somebody who pressed second sees the version of who pressed first."""
    last = release.in_force(scope.year)
    if last and last.sha256 == form.cleaned_data["expected"]:
        return _already(request, scope, last)
    for problem in error.problems:
        known = problem.field in ("word", "reason") and problem.field in form.fields
        form.add_error(problem.field if known else None, problem.sentence)
    status = 409 if any(problem.field == "expected" for problem in error.problems) else 200
    return _confirm(request, scope, last, form, error, status)


def _already(request: HttpRequest, scope: Scope, last: AnnualSummary) -> HttpResponse:
    messages.info(request, release.same_as(last))
    return redirect("summary_build", cluster=scope.cluster.slug, label=scope.year.label)


def _confirm(
    request: HttpRequest,
    scope: Scope,
    last: AnnualSummary | None,
    form: PublishForm | None = None,
    error: DomainError | None = None,
    status: int = 200,
) -> HttpResponse:
    read = error if isinstance(error, release.NotPublished) else None
    found = read.lines if read else conditions(scope.year)
    built = read.built if read else release.draft(scope.year)
    blocked = [line for line in found if not line.ok and not line.remark]
    if form is None:
        form = PublishForm(correction=last is not None, initial={"expected": built.sha256})
    elif form.data.get("expected") != built.sha256:  # the next confirmation is for what is shown now
        form.data = {**form.data.dict(), "expected": built.sha256}  # type: ignore[attr-defined]
    differing = changes(parse(last.content), built.data) if last else []
    context = {
        "nav": "summary",
        "form": form,
        "blocked": [_line(line, scope) for line in blocked],
        "sha256": built.sha256,
        "next_number": last.number + 1 if last else 1,
        "last": last,
        "same": last is not None and last.sha256 == built.sha256,
        "rows": [
            {"field": one.where, "mine": one.after, "theirs": one.before} for one in differing[:MOST_CHANGES]
        ],
        "more": max(0, len(differing) - MOST_CHANGES),
        "shown": _shown(built.data),
        "address": reverse(
            "summary_public", kwargs={"cluster": scope.cluster.slug, "label": scope.year.label}
        ),
    }
    return render(request, "publishing/summary_publish.html", context, status=status)


def _shown(data: Any) -> list[str]:
    """What everybody will be able to read, counted."""
    ranks = len(data["ranking"]["entries"]) if data["ranking"] else 0
    texts = sum(len(paragraphs) for paragraphs in data["texts"].values())
    return [
        _("%(count)d đơn vị thành viên") % {"count": len(data["members"])},
        _("%(count)d thứ hạng; %(rest)d đơn vị không công bố thứ hạng")
        % {"count": ranks, "rest": len(facts.unranked(data))},
        _("%(count)d phong trào, %(activities)d hoạt động đã xác nhận")
        % {"count": len(data["movements"]), "activities": len(data["activities"])},
        _("%(count)d khoản đóng góp") % {"count": len(data["contributions"])},
        _("%(count)d đoạn nội dung do Cụm viết") % {"count": texts},
    ]
