"""The lock under which a year's verbs work."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from django.utils import timezone

from core.dates import local_today
from members.models import ClusterYear, Phase, PhaseExtension
from members.scope import Hat, Scope


def lock_year(scope: Scope) -> Scope:
    """The scope with the year's row locked and the open step read again; the caller is in a transaction.

    A step that closed while a form was open is closed for the form too, and so is an extension that ran out or was
    taken back: where one was given, it is read again.
    """
    year = ClusterYear.objects.select_for_update(of=("self",)).get(pk=scope.year.pk)
    year.cluster, year.charter = scope.year.cluster, scope.year.charter
    step = Phase.objects.filter(year=year, opened_at__isnull=False, closed_at__isnull=True).order_by("order")
    open_phase = step.values_list("kind", flat=True).first()
    hats, today = scope.hats, local_today(timezone.now())
    if any(hat.extended for hat in hats):
        hats = _still_extended(year, hats, today)
    return replace(scope, year=year, open_phase=open_phase, hats=hats, today=today)


def _still_extended(year: ClusterYear, hats: tuple[Hat, ...], today: date) -> tuple[Hat, ...]:
    rows = PhaseExtension.objects.filter(phase__year=year, phase__opened_at__isnull=False, until__gte=today)
    given = set(rows.values_list("agency", "phase__kind"))
    return tuple(
        replace(hat, extended=frozenset(kind for kind in hat.extended if (hat.agency_id, kind) in given))
        for hat in hats
    )
