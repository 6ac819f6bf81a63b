"""The lock under which a year's verbs work."""

from __future__ import annotations

from dataclasses import replace

from members.models import ClusterYear, Phase
from members.scope import Scope


def lock_year(scope: Scope) -> Scope:
    """The scope with the year's row locked and the open step read again; the caller is in a transaction.

    A step that closed while a form was open is closed for the form too.
    """
    year = ClusterYear.objects.select_for_update(of=("self",)).get(pk=scope.year.pk)
    year.cluster, year.charter = scope.year.cluster, scope.year.charter
    step = Phase.objects.filter(year=year, opened_at__isnull=False, closed_at__isnull=True).order_by("order")
    return replace(scope, year=year, open_phase=step.values_list("kind", flat=True).first())
