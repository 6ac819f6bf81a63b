"""Forming and re-forming clusters from a workbook: the file, everything it would change, written when confirmed."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import files, sheets, staging, submit
from core.access import office_page
from core.dates import format_date, local_today
from core.errors import DomainError
from core.formfields import DayField
from core.models import StagedUpload
from members.council import Council
from members.council_exports import formation_xlsx
from members.domain.formation import form_clusters
from members.domain.formation_plan import plan_of
from members.domain.formation_shape import ClusterPlan, Formation, Order
from members.domain.formation_sheet import FIELDS
from members.enums import GroupKind, Role
from members.models import ClusterYear
from members.overview import index_of
from members.views.council import office_context, workbook
from members.views.members import role_words

MOST_FAULTS = 500
MOST_CLUSTERS = 60
MOST_NAMES = 12


class FormationForm(forms.Form):
    """The file, the day from which it holds, whether it lists every member."""

    file = forms.FileField(
        label=gettext_lazy("Tệp Excel tổ chức cụm"), required=False, allow_empty_file=True,
        widget=forms.ClearableFileInput(attrs={"accept": ",".join(files.XLSX.extensions)}),
    )  # fmt: skip
    effective_on = DayField(label=gettext_lazy("Có hiệu lực từ ngày"))
    complete = forms.BooleanField(
        label=gettext_lazy("Tệp ghi đủ thành viên: đơn vị không có trong tệp rời cụm từ ngày này"),
        required=False,
    )
    staged = forms.CharField(required=False, max_length=43, widget=forms.HiddenInput)
    seen = forms.CharField(required=False, max_length=16, widget=forms.HiddenInput)


@office_page("clusters_form", methods=("GET", "POST"))
def council_form(request: HttpRequest) -> HttpResponse:
    """Takes the file, shows every change and every fault, writes when confirmed."""
    today = local_today(timezone.now())
    if request.method != "POST":
        return _upload(request, FormationForm(initial={"effective_on": today}))
    form = FormationForm(request.POST, request.FILES)
    staged = _staged(request, form)
    if not form.is_valid() or staged is None or "edit" in request.POST:
        if staged is None and "file" not in form.errors and "edit" not in request.POST:
            form.add_error("file", _("Chọn tệp Excel (.xlsx) đã điền."))
        return _upload(request, form, staged, 200 if "edit" in request.POST else 422)
    if "confirm" in request.POST:
        return _write(request, form, staged)
    return _preview(request, form, staged, plan_of(_table(staged), _order(request, form)))


def _staged(request: HttpRequest, form: FormationForm) -> StagedUpload | None:
    """The chosen file, kept from step to step; a refused one becomes a sentence beside its field."""
    user_id = int(request.user.pk or 0)
    upload = request.FILES.get("file")
    if upload is None:
        return next(iter(staging.staged_by(user_id, [request.POST.get("staged", "")])), None)
    done = staging.stage(user_id, [upload])  # type: ignore[list-item]
    for sentence in done.refusals:
        form.add_error("file", sentence)
    row = done.staged[0] if done.staged else None
    if row and row.file.content_type != files.XLSX.content_type:
        staging.release([row])
        form.add_error("file", _("Tệp “%(name)s” không phải tệp Excel (.xlsx).") % {"name": row.name})
        return None
    return row


def _order(request: HttpRequest, form: FormationForm) -> Order:
    council: Council = request.office  # type: ignore[attr-defined]
    data = form.cleaned_data
    today = local_today(timezone.now())
    return Order(data["effective_on"], data["complete"], today, gives_functions=council.superuser)


def _table(staged: StagedUpload) -> sheets.Table:
    with files.open_stored(staged.file) as content:
        return sheets.read(content, FIELDS)


def _write(request: HttpRequest, form: FormationForm, staged: StagedUpload) -> HttpResponse:
    """Write once; whoever presses twice, or sends a file that is written already, is told so."""
    council: Council = request.office  # type: ignore[attr-defined]
    order = _order(request, form)
    told: list[bool] = []

    def work() -> str:
        done = form_clusters(
            council.actor, _table(staged), order, seen=form.cleaned_data["seen"], source=staged.file.sha256
        )
        told.append(done.repeated)
        return reverse("council")

    try:
        outcome = submit.once(council.user_key(), request.POST.get(submit.FIELD, ""), work)
    except DomainError as error:
        plan = plan_of(_table(staged), order)
        return _preview(request, form, staged, plan, error=str(error) if not plan.faults else "")
    if outcome.first and not any(told):
        messages.success(request, _("Đã ghi tổ chức cụm theo tệp “%(name)s”.") % {"name": staged.name})
    else:
        messages.info(request, _("Tệp này đã được nhập trước đó: không có gì để ghi thêm."))
    return redirect(outcome.address)


def _upload(
    request: HttpRequest, form: FormationForm, staged: StagedUpload | None = None, status: int = 200
) -> HttpResponse:
    hint = _("Tệp .xlsx theo mẫu, nhiều nhất %(size)s và 5.000 dòng.") % {"size": files.limit_words()}
    context = office_context(
        request, "form", form=form, staged=staged, hint=hint, titles=[field.title for field in FIELDS[1:]]
    )
    return render(request, "members/council_form.html", context, status=status)


def _preview(
    request: HttpRequest, form: FormationForm, staged: StagedUpload, plan: Formation, error: str = ""
) -> HttpResponse:
    """Everything the file would do. 422 with faults, 409 when it was another plan that was confirmed."""
    touched = plan.touched
    counts = _counts(plan)
    hidden = {
        "effective_on": format_date(form.cleaned_data["effective_on"]),
        "complete": "on" if form.cleaned_data["complete"] else "",
        "staged": staged.token,
        "seen": plan.mark,
        submit.FIELD: submit.clean_key(request.POST.get(submit.FIELD, "")) if not error else submit.new_key(),
    }
    context = office_context(
        request, "form",
        form=form, staged=staged, plan=plan, error=error, hidden=hidden, counts=counts,
        faults=plan.faults[:MOST_FAULTS], more_faults=max(0, len(plan.faults) - MOST_FAULTS),
        clusters=[_cluster(one, plan.names) for one in touched[:MOST_CLUSTERS]],
        more_clusters=max(0, len(touched) - MOST_CLUSTERS),
        agencies=[{"name": one.name, "code": one.code} for one in plan.agencies[: MOST_NAMES * 4]],
        more_agencies=max(0, len(plan.agencies) - MOST_NAMES * 4),
        remarks=plan.remarks[:MOST_NAMES * 2], day=form.cleaned_data["effective_on"],
        nothing=not touched and not plan.faults,
    )  # fmt: skip
    status = 422 if plan.faults else 409 if error else 200
    return render(request, "members/council_form_preview.html", context, status=status)


def _counts(plan: Formation) -> list[dict[str, Any]]:
    touched = plan.touched
    numbers = (
        (_("Cụm mới"), sum(one.cluster is None for one in touched)),
        (_("Cụm thay đổi"), sum(one.cluster is not None for one in touched)),
        (_("Đơn vị vào cụm"), sum(len(one.joins) for one in touched)),
        (_("Đơn vị rời cụm"), sum(len(one.leaves) for one in touched)),
        (_("Đơn vị mới"), len(plan.agencies)),
        (_("Nhiệm kỳ mới"), sum(len(one.offices) for one in touched)),
    )
    return [{"label": label, "value": value} for label, value in numbers]


def _cluster(one: ClusterPlan, names: dict[int, str]) -> dict[str, Any]:
    name = one.values.get("name") or (one.cluster.name if one.cluster else one.slug)
    kind = one.values.get("kind") or (one.cluster.kind if one.cluster else GroupKind.CUM)
    return {
        "slug": one.slug,
        "name": name,
        "kind": GroupKind(kind).label,
        "new": one.cluster is None,
        "new_year": one.year is None,
        "label": one.label,
        "day": one.day,
        "changes": one.changes,
        "parent": one.parent if one.cluster is None else "",
        "lines": [line for line in _lines(one, names) if line["text"]],
        "offices": [
            {"role": role_words(str(Role(o.term.role).label), o.term.order), "name": names.get(o.term.agency_id, "?"),
             "day": o.term.starts_on}
            for o in one.offices
        ],
    }  # fmt: skip


def _lines(one: ClusterPlan, names: dict[int, str]) -> list[dict[str, str]]:
    ended = [
        _("%(role)s %(name)s") % {"role": Role(t.role).label, "name": names.get(t.agency_id, "?")}
        for t in one.ended
    ]
    came = _few([names.get(join.agency, "?") for join in one.joins])
    left = _few([names.get(leave.agency, "?") for leave in one.leaves])
    return [
        {"label": _("Vào cụm (%(count)s)") % {"count": len(one.joins)}, "text": came},
        {"label": _("Rời cụm (%(count)s)") % {"count": len(one.leaves)}, "text": left},
        {"label": _("Đổi thứ tự"), "text": _("%(count)s đơn vị") % {"count": len(one.moves)} if one.moves else ""},
        {"label": _("Thôi nhiệm kỳ"), "text": _few(ended)},
        {"label": _("Phụ trách"), "text": ", ".join(name for _user, _agency, name in one.in_charge)},
    ]  # fmt: skip


def _few(names: list[str]) -> str:
    shown = ", ".join(names[:MOST_NAMES])
    more = len(names) - MOST_NAMES
    return shown + (_(" và %(more)s đơn vị khác") % {"more": more} if more > 0 else "")


@office_page("clusters_form")
def council_template(request: HttpRequest) -> HttpResponse:
    """The workbook to fill in: empty, or with the members of the followed clusters as they stand (``?co-san=1``)."""
    if request.GET.get("co-san") != "1":
        return workbook(formation_xlsx())
    today = local_today(timezone.now())
    index = index_of(request.office, today)  # type: ignore[attr-defined]
    place = {entry.year_id: number for number, entry in enumerate(index.entries) if entry.year_id}
    years = ClusterYear.objects.filter(pk__in=place).select_related("cluster__parent")
    return workbook(formation_xlsx(sorted(years, key=lambda year: place[year.pk]), today))
