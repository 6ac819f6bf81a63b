"""The pages of a year that hand the lead over and open the coming year: input, before and after, written."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from core import staging
from core.dates import format_date, local_today
from core.errors import DomainError
from members.domain import rotation as pure
from members.domain.handover import Examined, Ground, HandOver, examine, ground_of, proposal_for, rotate
from members.domain.years import next_year_of, open_next_year, staying_members
from members.elections import Elected, elected
from members.enums import Function, Role
from members.forms import RotationForm, first_values, seat_words, show
from members.models import ClusterYear, Person
from members.planner_words import why_words
from members.queries import agency_names, covering


def _year(admin: Any, request: HttpRequest, pk: int) -> ClusterYear:
    """The year, if the office covers it and may write; closed years hand over too."""
    year: ClusterYear | None = admin.get_queryset(request).filter(pk=pk).first()
    if year is None:
        raise Http404
    if not admin.writes(request):
        raise PermissionDenied
    return year


def _render(
    admin: Any, request: HttpRequest, name: str, year: ClusterYear, status: int = 200, **more: Any
) -> HttpResponse:
    request.current_app = admin.admin_site.name  # type: ignore[attr-defined]
    context = {
        **admin.admin_site.each_context(request),
        "opts": admin.opts,
        "original": year,
        "subtitle": None,
        **more,
    }
    return TemplateResponse(request, name, context, status=status)


def rotation(admin: Any, request: HttpRequest, pk: int, *, within: bool) -> HttpResponse:
    """Step 1 takes the input, step 2 shows both sides, step 3 writes; without scripts, by three buttons."""
    year = _year(admin, request, pk)
    ground = ground_of(year, within=within)
    if request.method != "POST":
        chosen = None if within else elected(year, ground.label)
        return _input(admin, request, year, _first_form(ground, chosen, within=within), chosen=chosen)
    form = RotationForm(request.POST, request.FILES, ground=ground, within=within)
    staged = _staged(request, form)
    if "edit" in request.POST or not form.is_valid() or not _stands(form, ground):
        status = 200 if "edit" in request.POST else 422
        return _input(admin, request, year, form, staged=staged, status=status)
    order = form.order(staged.file if staged else None)
    if "confirm" not in request.POST:
        return _preview(admin, request, year, form, order, staged)
    try:
        with transaction.atomic():
            done = rotate(admin.office(request).actor, year.pk, order)
            if staged:
                staging.release([staged])
    except DomainError as error:
        show(form, error.problems)
        form.data = {**form.data.dict(), "seen": ground_of(year, within=within).mark}  # type: ignore[attr-defined]
        return _input(admin, request, year, form, staged=staged, status=422)
    if done.repeated:
        messages.info(request, _("Việc luân chuyển này đã được ghi trước đó."))
    else:
        messages.success(
            request, _("Đã ghi nhiệm kỳ Cụm trưởng, Cụm phó năm %(label)s.") % {"label": done.year.label}
        )
    return redirect(reverse("admin:members_clusteryear_change", args=[done.year.pk]))


def _first_form(ground: Ground, chosen: Elected | None, *, within: bool) -> RotationForm:
    if within:
        today = local_today(timezone.now())
        day = min(max(today, ground.period[0]), ground.period[1])
        leading = [term.agency_id for term in pure.leading_on(ground.terms, day)]
        initial = first_values(ground, leading[0] if leading else None, tuple(leading[1:3]), day)
    else:
        proposal = proposal_for(ground, chosen)
        initial = first_values(ground, proposal.chair_id, proposal.deputy_ids, proposal.starts_on)
        if chosen and chosen.held_on <= local_today(timezone.now()):
            initial["decision_date"] = chosen.held_on
        return RotationForm(initial=initial, ground=ground, within=within, proposal=proposal)
    return RotationForm(initial=initial, ground=ground, within=within)


def _staged(request: HttpRequest, form: RotationForm) -> Any:
    """The chosen file, kept from step to step; a refused one becomes an error beside its field."""
    user_id = int(request.user.pk or 0)
    upload = request.FILES.get("decision_file")
    if upload:
        done = staging.stage(user_id, [upload])  # type: ignore[list-item]
        for sentence in done.refusals:
            form.add_error("decision_file", sentence)
        return done.staged[0] if done.staged else None
    if "decision_file-clear" in request.POST:
        return None
    return next(iter(staging.staged_by(user_id, [request.POST.get("staged", "")])), None)


def _stands(form: RotationForm, ground: Ground) -> bool:
    examined = examine(form.order(), ground)
    repeated = (
        form.cleaned_data["seen"] != ground.mark
    )  # written by the first of two presses, or by somebody else
    if examined.problems and not repeated:
        show(form, examined.problems)
        return False
    return True


def _input(
    admin: Any,
    request: HttpRequest,
    year: ClusterYear,
    form: RotationForm,
    staged: Any = None,
    status: int = 200,
    chosen: Elected | None = None,
) -> HttpResponse:
    title = (
        _("Thay Cụm trưởng, Cụm phó giữa kỳ, năm %(label)s")
        if form.within
        else _("Luân chuyển Cụm trưởng, Cụm phó: từ năm %(label)s sang năm sau")
    )
    return _render(
        admin, request, "admin/members/rotation.html", year, status,
        title=title % {"label": year.label}, form=form, ground=form.ground, staged=staged,
        proposed=_proposed(form, chosen),
    )  # fmt: skip


def _proposed(form: RotationForm, chosen: Elected | None) -> str:
    """Where the proposal comes from; nothing once the form has been sent."""
    ground, chair = form.ground, int(form.initial.get("chair") or 0)
    if form.within or not chair or form.proposal is None:
        return ""
    if chosen and chosen.chair_id == chair:
        words = [f"{Role.CHAIR.label}: {ground.short(chair)}"]
        words += [f"{Role.DEPUTY.label}: {ground.short(agency)}" for agency in chosen.deputy_ids]
        sentence = _("Hội nghị ngày %(day)s đã bầu %(result)s; các ô dưới đây ghi sẵn theo kết quả đó.")
        return sentence % {"day": format_date(chosen.held_on), "result": ", ".join(words)}
    why = form.proposal.planned.why
    if why.code == "deputy":
        return _(
            "Đề xuất: %(name)s, Cụm phó hiện nay, làm Cụm trưởng; chọn đơn vị khác nếu hội nghị quyết định khác."
        ) % {"name": ground.short(chair)}
    return _("Đề xuất: %(name)s làm Cụm trưởng. %(why)s Chọn đơn vị khác nếu hội nghị quyết định khác.") % {
        "name": ground.short(chair),
        "why": why_words(why, ground.short),
    }


def _preview(
    admin: Any, request: HttpRequest, year: ClusterYear, form: RotationForm, order: HandOver, staged: Any
) -> HttpResponse:
    ground = form.ground
    examined = examine(order, ground)
    hidden = [
        (name, request.POST.get(name, "")) for name in form.fields if name not in ("decision_file", "staged")
    ]
    return _render(
        admin, request, "admin/members/rotation_preview.html", year,
        title=_("Xem lại trước khi ghi"), form=form, ground=ground, order=order, staged=staged,
        hidden=[*hidden, ("staged", staged.token if staged else "")],
        seats=_seats(examined, ground), opens=ground.year is None,
        at_once=order.starts_on <= local_today(timezone.now()),
        basis=dict(form.fields["basis"].choices)[order.basis],  # type: ignore[attr-defined]
        no_people=_without_people(order, ground), chair=ground.short(order.chair_id),
        old_chair=next((ground.short(t.agency_id) for t in examined.plan.ended if t.role == pure.CHAIR), ""),
        before_label=year.label,
    )  # fmt: skip


def _seats(examined: Examined, ground: Ground) -> list[dict[str, Any]]:
    deputies = sum(seat.role == pure.DEPUTY for seat in examined.seats)
    full = {pk: names[0] for pk, names in ground.names.items()}
    return [
        {
            "role": seat_words(seat.role, seat.order, deputies),
            "before": full.get(seat.before.agency_id, "") if seat.before else "",
            "before_from": seat.before.starts_on if seat.before else None,
            "after": full.get(seat.after.agency_id, "") if seat.after else "",
            "after_from": seat.after.starts_on if seat.after else None,
            "stays": seat.before is not None and seat.before == seat.after,
        }
        for seat in examined.seats
    ]


def _without_people(order: HandOver, ground: Ground) -> list[str]:
    """Agencies that will lead and have nobody with an account who could do the work."""
    leading = [order.chair_id, *order.deputy_ids]
    staff = covering(
        Person.objects.filter(
            agency__in=leading, function__in=(Function.CLERK, Function.LEADER), user__is_active=True
        ),
        max(order.starts_on, local_today(timezone.now())),
    )
    known = set(staff.values_list("agency", flat=True))
    return [ground.short(agency) for agency in leading if agency not in known]


def open_next(admin: Any, request: HttpRequest, pk: int) -> HttpResponse:
    """Shows what the coming year takes over; the button opens it."""
    year = _year(admin, request, pk)
    existing = next_year_of(year)
    if existing:
        messages.info(request, _("Năm %(label)s đã mở.") % {"label": existing.label})
        return redirect(reverse("admin:members_clusteryear_change", args=[existing.pk]))
    error = ""
    if request.method == "POST":
        try:
            opened = open_next_year(admin.office(request).actor, year.pk)
        except DomainError as refusal:
            error = str(refusal)
        else:
            messages.success(request, _("Đã mở năm %(label)s.") % {"label": opened.label})
            return redirect(reverse("admin:members_clusteryear_change", args=[opened.pk]))
    period = pure.next_period(year.starts_on, year.ends_on)
    members = [row.agency_id for row in staying_members(year, period[0])]
    known = agency_names(members, period[0])
    return _render(
        admin, request, "admin/members/open_next.html", year, 422 if error else 200,
        title=_("Mở năm %(label)s") % {"label": pure.next_label(year.label)},
        period=period, error=error, names=[known.get(agency, ("", ""))[0] for agency in members],
    )  # fmt: skip
