"""Handing over in many clusters in one go: a table of proposals that may be changed, then what came of each."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.access import office_page
from core.dates import local_today
from core.formfields import DayField, LineField
from members.council import Council
from members.domain import many, rotation
from members.domain.handover import Ground, HandOver
from members.domain.many import Prospect, Result
from members.enums import Basis, Role
from members.models import Cluster
from members.views.council import filtered, office_context
from members.views.members import role_words

CHOSEN, SERVED = "cum", "nam"


class PaperForm(forms.Form):
    """What all hand-overs of one go rest on."""

    basis = forms.ChoiceField(label=gettext_lazy("Căn cứ"), choices=Basis.choices, initial=Basis.APPOINTED)
    decision_number = LineField(label=gettext_lazy("Số quyết định, biên bản"), max_length=60, required=False)
    decision_date = DayField(label=gettext_lazy("Ngày quyết định, biên bản"), required=False)
    note = LineField(label=gettext_lazy("Ghi chú"), max_length=300, required=False)

    def clean(self) -> dict[str, Any]:
        """Say once what would be wrong in every cluster."""
        data = super().clean() or self.cleaned_data
        if data.get("basis") == Basis.APPOINTED:
            if not data.get("decision_number") and "decision_number" not in self.errors:
                self.add_error("decision_number", _("Được chỉ định thì phải ghi số quyết định."))
            if not data.get("decision_date") and "decision_date" not in self.errors:
                self.add_error("decision_date", _("Được chỉ định thì phải ghi ngày quyết định."))
        day = data.get("decision_date")
        if day and day > local_today(timezone.now()):
            self.add_error("decision_date", _("Ngày quyết định không thể ở sau hôm nay."))
        return data


class ClusterForm(forms.Form):
    """The choice for one cluster."""

    take = forms.BooleanField(required=False)
    chair = forms.TypedChoiceField(coerce=int, required=False, empty_value=None)
    deputy = forms.TypedChoiceField(coerce=int, required=False, empty_value=None)
    second = forms.TypedChoiceField(coerce=int, required=False, empty_value=None)
    starts_on = DayField(required=False)
    seen = forms.CharField(required=False, max_length=16, widget=forms.HiddenInput)

    def __init__(self, data: Any, prospect: Prospect, ground: Ground) -> None:
        """Offer the members of the year that is served; start with what is proposed."""
        self.prospect, self.ground = prospect, ground
        deputies = [*prospect.deputy_ids, None, None]
        initial = {
            "take": prospect.chair_id is not None, "chair": prospect.chair_id, "deputy": deputies[0],
            "second": deputies[1], "starts_on": prospect.starts_on, "seen": ground.mark,
        }  # fmt: skip
        super().__init__(data, prefix=f"c{prospect.cluster.pk}", initial=initial)
        members = [(pk, ground.short(pk)) for pk in ground.members]
        for name, empty in (
            ("chair", _("Chọn đơn vị")),
            ("deputy", _("Không có")),
            ("second", _("Không có")),
        ):
            self.fields[name].choices = [("", empty), *members]  # type: ignore[attr-defined]

    @property
    def taken(self) -> bool:
        """Whether the cluster is handed over in this go."""
        return bool(self.cleaned_data.get("take")) if self.is_bound and self.is_valid() else False

    def order(self, paper: dict[str, Any]) -> HandOver | None:
        """The hand-over that the row describes; None while chair or day is missing."""
        data = self.cleaned_data
        if data["chair"] is None or data["starts_on"] is None:
            return None
        deputies = tuple(pk for pk in (data["deputy"], data["second"]) if pk is not None)
        return HandOver(
            chair_id=data["chair"], deputy_ids=deputies, starts_on=data["starts_on"], basis=paper["basis"],
            decision_number=paper["decision_number"], decision_date=paper["decision_date"], note=paper["note"],
            seen=data["seen"],
        )  # fmt: skip


@office_page("clusters_rotate", methods=("GET", "POST"))
def council_rotate(request: HttpRequest) -> HttpResponse:
    """At most a hundred clusters: the proposals; checked again as changed; written one by one."""
    today = local_today(timezone.now())
    clusters, left_out = _clusters(request, today)
    labels, meant = many.served_labels([cluster.pk for cluster in clusters], today)
    sent = request.method == "POST"
    asked = (request.POST if sent else request.GET).get(SERVED, "")
    served = asked if asked in labels else meant
    rows = many.prospects(clusters, served, propose=not sent)
    paper = PaperForm(request.POST if sent else None)
    listed = [
        ClusterForm(request.POST if sent else None, row, row.ground) for row in rows if row.ground is not None
    ]
    about = {"labels": labels, "served": served, "left_out": left_out, "paper": paper, "rows": rows}
    if not sent:
        return _show(request, listed, about, today)
    fine = all([paper.is_valid(), *(form.is_valid() for form in listed)])
    if "confirm" not in request.POST or not fine:
        return _show(request, listed, about, today, status=200 if fine else 422)
    return _write(request, listed, about)


def _clusters(request: HttpRequest, today: date) -> tuple[list[Cluster], int]:
    """The chosen clusters, or all that the filter of the address finds; and how many did not fit in one go."""
    office: Council = request.office  # type: ignore[attr-defined]
    chosen = (request.POST if request.method == "POST" else request.GET).getlist(CHOSEN)
    if any(not (text.isascii() and text.isdigit() and len(text) < 19) for text in chosen):
        raise Http404
    if chosen:
        wanted = list(dict.fromkeys(int(text) for text in chosen))
    elif request.method == "POST":
        wanted = []
    else:
        _form, index = filtered(request, today)
        wanted = [entry.pk for entry in index.entries]
    wanted = [pk for pk in wanted if office.actor.covers(pk)]
    found = office.clusters().in_bulk(wanted[: many.MOST])
    return [found[pk] for pk in wanted if pk in found], max(0, len(wanted) - many.MOST)


def _show(
    request: HttpRequest, listed: list[ClusterForm], about: dict[str, Any], today: date, status: int = 200
) -> HttpResponse:
    checked = about["paper"].is_bound and about["paper"].is_valid()
    paper = about["paper"].cleaned_data if checked else {}
    rows = [_row(form, paper, today, checked=checked) for form in listed]
    unable = [{"name": row.cluster.name, "why": row.why} for row in about["rows"] if row.ground is None]
    context = office_context(
        request, "clusters",
        listed=rows, unable=unable, paper=about["paper"], labels=about["labels"], served=about["served"],
        left_out=about["left_out"], checked=checked, chosen=[row.cluster.pk for row in about["rows"]],
        wrong=sum(bool(row["problems"]) for row in rows),
    )  # fmt: skip
    return render(request, "members/council_rotate.html", context, status=status)


def _row(form: ClusterForm, paper: dict[str, Any], today: date, *, checked: bool) -> dict[str, Any]:
    ground = form.ground
    leading = rotation.leading_on(ground.terms, today)
    order = form.order(paper) if checked and form.taken else None
    problems = many.objections(ground, order) if order else []
    if checked and form.taken and order is None:
        problems = [_("Chọn Cụm trưởng và ngày bắt đầu.")]
    return {
        "form": form,
        "name": form.prospect.cluster.name,
        "now": [
            {"role": role_words(str(Role(term.role).label), term.order), "name": ground.short(term.agency_id)}
            for term in leading
        ],
        "why": form.prospect.why,
        "opens": ground.year is None,
        "problems": problems,
    }


def _write(request: HttpRequest, listed: list[ClusterForm], about: dict[str, Any]) -> HttpResponse:
    office: Council = request.office  # type: ignore[attr-defined]
    paper = about["paper"].cleaned_data
    orders, results = [], []
    for form in listed:
        if not form.taken:
            continue
        cluster = form.prospect.cluster
        order = form.order(paper)
        if order is None:
            results.append(Result(cluster.pk, many.REFUSED, (_("Chọn Cụm trưởng và ngày bắt đầu."),)))
        else:
            orders.append((cluster.pk, form.prospect.year_id, order))
    results += many.rotate_many(office.actor, orders)
    forms_by = {form.prospect.cluster.pk: form for form in listed}
    lines = [_result(result, forms_by[result.cluster_id]) for result in results]
    refused = [result.cluster_id for result in results if result.code == many.REFUSED]
    again = f"?{urlencode([(SERVED, about['served']), *((CHOSEN, pk) for pk in refused)])}" if refused else ""
    context = office_context(
        request, "clusters",
        lines=lines, served=about["served"], again=reverse("council_rotate") + again if again else "",
        done=sum(result.code == many.DONE for result in results), refused=len(refused), total=len(results),
    )  # fmt: skip
    return render(request, "members/council_rotate_done.html", context)


def _result(result: Result, form: ClusterForm) -> dict[str, Any]:
    ground, data = form.ground, form.cleaned_data
    deputies = [pk for pk in (data["deputy"], data["second"]) if pk is not None]
    return {
        "name": form.prospect.cluster.name,
        "url": reverse("council_cluster", kwargs={"slug": form.prospect.cluster.slug}),
        "code": result.code,
        "text": "; ".join(result.sentences),
        "chair": ground.short(data["chair"]) if data["chair"] else "",
        "deputies": ", ".join(ground.short(pk) for pk in deputies),
        "starts_on": data["starts_on"],
    }
