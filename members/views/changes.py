"""Changes of members: an input, the state before and after, written. Three buttons, no script needed."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core import submit
from core.access import page
from core.dates import format_date
from core.errors import DomainError, Refused
from members import council
from members.changes import KINDS, UNCARRY, Change, Offer, offer_of
from members.domain.pictures import Outdated, Picture, Tried, YearPicture, picture, tried
from members.domain.rotation import CHAIR, Term, leading_on, seats
from members.enums import Assessed, Role
from members.forms import seat_words, show
from members.forms_changes import (
    CarryForm,
    ChangeForm,
    JoinForm,
    LeaveForm,
    RenameForm,
    ReorderForm,
    UncarryForm,
)
from members.forms_succession import DissolveForm, MergeForm, SplitForm
from members.scope import Scope
from members.views.members import days_words

FORMS: dict[str, type[ChangeForm]] = {
    "join": JoinForm, "leave": LeaveForm, "rename": RenameForm, "merge": MergeForm, "split": SplitForm,
    "dissolve": DissolveForm, "carry": CarryForm, UNCARRY: UncarryForm, "reorder": ReorderForm,
}  # fmt: skip


@page("membership_edit", methods=("GET", "POST"))
def member_changes(request: HttpRequest) -> HttpResponse:
    """What can change, and what did; one kind of change: its form, what it would come to, and writing it."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    asked = request.POST if request.method == "POST" else request.GET
    kind = asked.get("viec", "")
    offer = offer_of(scope.year)
    if not kind and request.method != "POST":
        return _hub(request, offer)
    if kind not in FORMS:
        raise Http404
    if request.method != "POST":
        form = FORMS[kind](offer=offer, initial={"carried": request.GET.get("ke_thua", "")})
        return _input(request, kind, form)
    if "confirm" in request.POST:
        before = submit.earlier(scope.user_key(), request.POST.get(submit.FIELD, ""))
        if before:
            return _done(request, kind, before)
    form = FORMS[kind](request.POST, offer=offer)
    if "edit" in request.POST or not form.is_valid():
        return _input(request, kind, form, status=200 if "edit" in request.POST else 422)
    try:
        if "confirm" in request.POST:
            return _write(request, kind, form)
        return _preview(request, kind, form)
    except Refused as refusal:
        request.refusal = str(refusal)  # type: ignore[attr-defined] # told to the audit
        form.add_error(None, str(refusal))
        return _input(request, kind, form, status=403)
    except Outdated as error:
        return _preview(request, kind, form, again=str(error))
    except DomainError as error:
        show(form, error.problems)
        links = [
            {"text": one.sentence, "url": _mended_at(one.link, scope)} for one in error.problems if one.link
        ]
        return _input(request, kind, form, status=422, links=links)


def _mended_at(link: str, scope: Scope) -> str:
    """The page where a problem is mended: ``name#place``."""
    name, mark, place = link.partition("#")
    return f"{scope.address(name)}{mark}{place}"


def _write(request: HttpRequest, kind: str, form: ChangeForm) -> HttpResponse:
    scope: Scope = request.scope  # type: ignore[attr-defined]
    actor, seen = _actor(request), request.POST.get("seen", "")
    change = form.change()

    def work() -> str:
        change.run(actor, seen)
        return scope.address("member_changes")

    return _done(request, kind, submit.once(scope.user_key(), request.POST.get(submit.FIELD, ""), work))


def _done(request: HttpRequest, kind: str, done: submit.Outcome) -> HttpResponse:
    if done.first:
        messages.success(request, _("Đã ghi: %(kind)s.") % {"kind": _title(kind)})
    else:
        messages.info(request, _("Thay đổi này đã được ghi trước đó."))
    return redirect(done.address)


def _actor(request: HttpRequest) -> Any:
    """The officer with every cluster that is his: a succession may concern several."""
    office = council.load(request)
    if office is None:
        raise Refused(_("Chỉ chuyên viên Thường trực Hội đồng phụ trách cụm làm được việc này."))
    return office.actor


def _title(kind: str) -> str:
    return str(KINDS[kind][0]) if kind in KINDS else _("Bỏ kế thừa kết quả")


# Pages ---------------------------------------------------------------------------------------------------------


def _hub(request: HttpRequest, offer: Offer) -> HttpResponse:
    scope: Scope = request.scope  # type: ignore[attr-defined]
    address = scope.address("member_changes")
    kinds = [
        {"title": title, "text": text, "url": f"{address}?viec={kind}"}
        for kind, (title, text) in KINDS.items()
        if kind != "carry" or offer.pairs
    ]
    carried = [
        {
            "text": f"{offer.short(row.predecessor_id)} → {offer.short(row.successor_id)}",
            "assessed": Assessed(row.assessed).label,
            "paper": ", ".join(
                part
                for part in (row.decision_number, row.decision_date and format_date(row.decision_date))
                if part
            ),
            "url": f"{address}?viec={UNCARRY}&ke_thua={row.pk}",
        }
        for row in offer.carried
    ]
    dated = [
        {"name": row.name, "days": days_words(row.joined_on, row.left_on)}
        for row in offer.members
        if row.joined_on or row.left_on
    ]
    context = {"nav": "members", "kinds": kinds, "carried": carried, "dated": dated}
    return render(request, "members/member_changes.html", context)


def _input(
    request: HttpRequest, kind: str, form: ChangeForm, status: int = 200, links: Any = ()
) -> HttpResponse:
    context = {
        "nav": "members", "kind": kind, "title": _title(kind), "text": KINDS.get(kind, ("", ""))[1], "form": form,
        "groups": list(form.drawn()), "links": links,
    }  # fmt: skip
    return render(request, "members/member_change_form.html", context, status=status)


def _preview(request: HttpRequest, kind: str, form: ChangeForm, again: str = "") -> HttpResponse:
    scope: Scope = request.scope  # type: ignore[attr-defined]
    change = form.change()
    actor = _actor(request)
    shown = tried(lambda: change.run(actor, ""), change.clusters, change.on)
    skip = {"csrfmiddlewaretoken", "viec", "seen", submit.FIELD, "confirm", "edit"}
    hidden = [(name, value) for name, values in request.POST.lists() if name not in skip for value in values]
    context = {
        "nav": "members", "kind": kind, "title": _title(kind), "again": again, "hidden": hidden,
        "seen": picture(change.clusters).mark,
        "submit_key": submit.clean_key(request.POST.get(submit.FIELD, "")),
        "change": change, "future": change.on > scope.today,
        "years": [
            side for before, after in _paired(shown) if (side := _year_side(before, after, shown, change))
        ],
        "clusters": [side for pk in sorted(change.clusters) if (side := _roles(pk, shown, change))],
        "notes": _notes(shown, change),
    }  # fmt: skip
    return render(request, "members/member_change_preview.html", context, status=409 if again else 200)


# Before and after ----------------------------------------------------------------------------------------------


def _paired(shown: Tried) -> list[tuple[YearPicture, YearPicture]]:
    before = {year.pk: year for year in shown.before.years}
    return [(before[year.pk], year) for year in shown.after.years if year.pk in before]


def _year_side(
    before: YearPicture, after: YearPicture, shown: Tried, change: Change
) -> dict[str, Any] | None:
    """A year's members on the day, without the change and with it; None for a year that it leaves as it is."""
    old, new = before.standing(change.on), after.standing(change.on)
    renamed = {
        pk
        for pk in set(old) & set(new)
        if shown.names_before.get(pk) != shown.names.get(pk)
    }  # fmt: skip
    if before == after and not renamed:
        return None
    rows: list[dict[str, Any]] = []
    for one in after.members + tuple(one for one in before.members if one.agency_id in set(old) - set(new)):
        pk = one.agency_id
        if (pk in old or pk in new) and pk not in [row["pk"] for row in rows]:
            rows.append(
                {
                    "pk": pk,
                    "before": shown.names_before.get(pk, ("?", ""))[0] if pk in old else "",
                    "before_place": old.index(pk) + 1 if pk in old else "",
                    "after": shown.names.get(pk, ("?", ""))[0] if pk in new else "",
                    "after_place": new.index(pk) + 1 if pk in new else "",
                    "differs": (pk in old) != (pk in new) or pk in renamed,
                }
            )
    return {
        "cluster": after.cluster, "label": after.label, "rows": rows,
        "day": format_date(min(max(change.on, after.starts_on), after.ends_on)),
        "counts": (len(old), len(new)),
    }  # fmt: skip


def _roles(cluster_id: int, shown: Tried, change: Change) -> dict[str, Any] | None:
    """A cluster's offices on the day, before and after; None where nobody holds one."""
    sides = [leading_on(one.terms.get(cluster_id, []), change.on) for one in (shown.before, shown.after)]
    found = seats(*sides)
    names = {year.cluster_id: year.cluster for year in shown.after.years}
    if not found or cluster_id not in names or sides[0] == sides[1]:
        return None
    deputies = sum(seat.role != CHAIR for seat in found)
    return {
        "name": names[cluster_id],
        "rows": [
            {
                "role": seat_words(seat.role, seat.order, deputies),
                "before": _holder(seat.before, shown.names_before),
                "after": _holder(seat.after, shown.names),
                "differs": seat.before != seat.after,
                "acting": seat.after is not None and seat.after not in shown.before.terms.get(cluster_id, []),
            }
            for seat in found
        ],
    }


def _holder(term: Term | None, names: dict[int, tuple[str, str]]) -> str:
    return names.get(term.agency_id, ("?", ""))[0] if term else ""


def _notes(shown: Tried, change: Change) -> list[str]:
    """What else the change means."""
    notes = _people_notes(*shown.people)
    for before, after in _paired(shown):
        for first, second, assessed in after.carried:
            if (first, second, assessed) not in before.carried:
                sentence = _("Năm %(label)s: %(after)s kế thừa kết quả của %(before)s. %(assessed)s.")
                words = {
                    "label": after.label, "before": shown.names.get(first, ("", "?"))[1],
                    "after": shown.names.get(second, ("", "?"))[1], "assessed": Assessed(assessed).label,
                }  # fmt: skip
                notes.append(sentence % words)
        for first, second, _assessed in before.carried:
            if (first, second) not in {pair[:2] for pair in after.carried}:
                sentence = _("%(after)s thôi kế thừa kết quả năm %(label)s của %(before)s.")
                words = {
                    "label": after.label, "before": shown.names.get(first, ("", "?"))[1],
                    "after": shown.names.get(second, ("", "?"))[1],
                }  # fmt: skip
                notes.append(sentence % words)
    for cluster_id, name in {year.cluster_id: year.cluster for year in shown.after.years}.items():
        if _chaired(shown.before, cluster_id, change) and not _chaired(shown.after, cluster_id, change):
            notes.append(_("%(cluster)s không còn Cụm trưởng từ ngày đó.") % {"cluster": name})
    return notes


def _people_notes(begun: int, ended: int) -> list[str]:
    notes = []
    if begun:
        sentence = ngettext(
            "%(count)s chức năng của người dùng chuyển sang đơn vị sau.",
            "%(count)s chức năng của người dùng chuyển sang đơn vị sau.",
            begun,
        )
        notes.append(sentence % {"count": begun})
    if ended > begun:
        sentence = ngettext(
            "%(count)s chức năng của người dùng kết thúc.",
            "%(count)s chức năng của người dùng kết thúc.",
            ended - begun,
        )
        notes.append(sentence % {"count": ended - begun})
    return notes


def _chaired(side: Picture, cluster_id: int, change: Change) -> bool:
    return any(term.role == Role.CHAIR and term.covers(change.on) for term in side.terms.get(cluster_id, []))
