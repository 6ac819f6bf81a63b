"""Handing the lead over in many clusters in one go: what is proposed for each, and each written by itself."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _

from core.dates import format_date
from core.errors import DomainError, Refused
from members.domain.actor import Actor
from members.domain.handover import Ground, HandOver, examine, ground_of, proposal_for, rotate
from members.domain.planner import Span
from members.domain.planning import proposal
from members.domain.rotation import next_label
from members.elections import elected
from members.models import Cluster, ClusterYear
from members.planner_words import why_words

MOST = 100  # clusters in one go
SETTLED = timedelta(
    days=180
)  # a year younger than this is the one that is served, not the one that hands over

DONE, REPEATED, REFUSED = "done", "repeated", "refused"


@dataclass(frozen=True)
class Prospect:
    """A cluster that may hand over: where it starts from, who is proposed and why.

    ``ground`` is None for one that cannot: ``why`` says so.
    """

    cluster: Cluster
    ground: Ground | None
    year_id: int = 0
    chair_id: int | None = None
    deputy_ids: tuple[int, ...] = ()
    starts_on: date | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Result:
    """What came of one cluster: ``done``, ``repeated`` (stood already) or ``refused`` with the reasons."""

    cluster_id: int
    code: str
    sentences: tuple[str, ...] = ()


def served_labels(cluster_ids: Collection[int], today: date) -> tuple[list[str], str]:
    """Labels of the years that these clusters may hand over to, newest first, and the one meant today; one query."""
    years = ClusterYear.objects.filter(cluster__in=cluster_ids).values_list("label", "starts_on").distinct()
    rows = sorted(set(years), key=lambda row: (row[1], row[0]), reverse=True)
    labels = list(dict.fromkeys(next_label(label) for label, _first in rows))
    settled = next((label for label, first in rows if first <= today - SETTLED), rows[-1][0] if rows else "")
    return labels, next_label(settled) if settled else ""


def prospects(clusters: Iterable[Cluster], served: str, *, propose: bool) -> list[Prospect]:
    """For each cluster the ground of a hand-over to the year ``served``, with a proposal when asked for.

    One query for the years, then at most sixteen for each cluster. A cluster without the year before is told so.
    """
    listed = list(clusters)
    years = ClusterYear.objects.filter(cluster__in=listed).select_related("cluster")
    before = {year.cluster_id: year for year in years if next_label(year.label) == served}
    return [_prospect(cluster, before.get(cluster.pk), served, propose=propose) for cluster in listed]


def _prospect(cluster: Cluster, year: ClusterYear | None, served: str, *, propose: bool) -> Prospect:
    if year is None:
        return Prospect(cluster, None, why=_("Cụm không có năm trước của năm %(label)s.") % {"label": served})
    ground = ground_of(year)
    if ground.year and ground.year.is_sealed:
        return Prospect(cluster, None, why=_("Năm %(label)s đã đóng.") % {"label": served})
    if not propose:
        return Prospect(cluster, ground, year.pk)
    chosen = elected(year, ground.label)
    start = proposal_for(ground, chosen)
    if chosen:
        words = _("Hội nghị ngày %(day)s đã bầu.") % {"day": format_date(chosen.held_on)}
        return Prospect(cluster, ground, year.pk, start.chair_id, start.deputy_ids, start.starts_on, words)
    planned, _rules = proposal(year, Span(ground.label, *ground.period), ground.terms)
    deputies = tuple(pick.agency_id for pick in planned.deputies if pick.agency_id in ground.members)
    chair = planned.chair if planned.chair in ground.members else None
    words = why_words(planned.why, ground.short)
    return Prospect(cluster, ground, year.pk, chair, deputies[:2], start.starts_on, words)


def objections(ground: Ground, order: HandOver) -> list[str]:
    """What is wrong with one hand-over, in words; no query."""
    return [problem.sentence for problem in examine(order, ground).problems]


def rotate_many(actor: Actor, orders: Iterable[tuple[int, int, HandOver]]) -> list[Result]:
    """Hand each cluster over by itself, in its own transaction: one that is refused stops no other.

    ``orders``: cluster, year that hands over, what was decided. Sent twice, the second time writes nothing.
    """
    results = []
    for cluster_id, year_id, order in orders:
        try:
            done = rotate(actor, year_id, order)
        except DomainError as error:
            sentences = tuple(problem.sentence for problem in error.problems)
            results.append(Result(cluster_id, REFUSED, sentences))
        except (Refused, ClusterYear.DoesNotExist) as error:
            results.append(Result(cluster_id, REFUSED, (str(error) or _("Năm này không còn."),)))
        else:
            results.append(Result(cluster_id, REPEATED if done.repeated else DONE))
    return results
