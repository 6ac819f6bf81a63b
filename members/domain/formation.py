"""Forming and re-forming clusters out of a filled table, in one transaction; what is past keeps its days."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from core import audit
from core.db import hold
from core.errors import DomainError, Problem, Refused
from core.sheets import Table
from members.domain.actor import Actor
from members.domain.agencies import LOCK, fill_sort_key, lock_agencies
from members.domain.formation_plan import plan_of
from members.domain.formation_shape import ClusterPlan, Formation, Join, Leave, Office, Order
from members.domain.memberships import depart, enter, members_of, open_years, renumber
from members.domain.terms import write_terms
from members.domain.years import first_year
from members.enums import Function
from members.models import Agency, AgencyName, Cluster, ClusterYear, Membership, Person, RoleTerm


@dataclass(frozen=True, slots=True)
class Formed:
    """What came of it; ``repeated``: everything stood already as the table says, and nothing was written."""

    plan: Formation
    repeated: bool = False


def form_clusters(actor: Actor, table: Table, order: Order, *, seen: str, source: str) -> Formed:
    """Write what the table says, if it is still what was shown (``seen``, the mark of the plan).

    ``source`` names the file in the audit (its SHA-256). Effects in order: lock of the agencies' names, of the
    clusters, their years and agencies, the plan once more, agencies, clusters, first years, members, people in charge,
    audit, offices (``write_terms``). Raises
    ``Refused`` for whoever does not look after every cluster, ``DomainError`` for faults and for a plan that has
    changed since it was shown. The same table a second time writes nothing and answers ``repeated``.
    """
    if not actor.every_cluster:
        raise Refused(_("Chỉ chuyên viên Thường trực Hội đồng phụ trách mọi cụm làm được việc này."))
    with transaction.atomic():
        hold(LOCK)
        plan = _sound(plan_of(table, order), seen)
        if not plan.touched:
            return Formed(plan, repeated=True)
        _lock(plan.touched)
        plan = _sound(plan_of(table, order), seen)  # somebody may have written before the locks were had
        if not plan.touched:
            return Formed(plan, repeated=True)
        made = _make_agencies(plan)
        keys = {key: agency.pk for key, agency in made.items()}
        clusters = _make_clusters(plan.touched)
        years = [_form(actor, one, clusters[one.slug], keys, order) for one in plan.touched]
        for one, year in zip(plan.touched, years, strict=True):
            _record(actor, one, clusters[one.slug], year, keys, source)
        _record_agencies(actor, plan, made, source)
    return Formed(plan)


def _sound(plan: Formation, seen: str) -> Formation:
    """The plan, if it can be written and is the one that was shown."""
    if plan.faults:
        raise DomainError([Problem(f"{one.cell}: {one.sentence}", "file") for one in plan.faults])
    if plan.touched and plan.mark != seen:
        raise DomainError(_("Dữ liệu vừa thay đổi nên kết quả sẽ khác với bảng đã xem. Xem lại rồi ghi."))
    return plan


def _lock(plans: Sequence[ClusterPlan]) -> None:
    """Clusters with the parents they get, their open years, and every agency that is written of; each by id."""
    known = [plan.cluster.pk for plan in plans if plan.cluster]
    parents = [plan.parent for plan in plans if plan.parent]
    rows = Cluster.objects.filter(Q(pk__in=known) | Q(slug__in=parents)).order_by("pk")
    list(rows.select_for_update(of=("self",)).values_list("pk"))
    open_years(known, date.min)
    agencies = {join.agency for plan in plans for join in plan.joins}
    agencies |= {leave.agency for plan in plans for leave in plan.leaves}
    agencies |= {office.term.agency_id for plan in plans for office in plan.offices}
    agencies |= {agency for plan in plans for _user, agency, _name in plan.in_charge}
    lock_agencies([agency for agency in agencies if agency > 0])


def _make_agencies(plan: Formation) -> dict[int, Agency]:
    """Write the new agencies, by their keys below zero."""
    made: dict[int, Agency] = {}
    for one in plan.agencies:
        agency = Agency.objects.create(code=one.code, kind=one.kind)
        name = fill_sort_key(AgencyName(agency=agency, name=one.name, short_name=one.short_name))
        name.save(force_insert=True)
        made[one.key] = agency
    return made


def _record_agencies(actor: Actor, plan: Formation, made: dict[int, Agency], source: str) -> None:
    for one in plan.agencies:
        agency = made[one.key]
        audit.record(
            audit.SITE, "agency_add", agency, actor_id=actor.user_id, role=actor.role,
            after=audit.snapshot(agency) | {"name": one.name, "source": source},
        )  # fmt: skip


def _make_clusters(plans: list[ClusterPlan]) -> dict[str, Cluster]:
    """Write new clusters and changed columns, then who stands inside whom."""
    found = {plan.slug: plan.cluster or Cluster(slug=plan.slug) for plan in plans}
    for plan in plans:
        cluster = found[plan.slug]
        for key, value in plan.values.items():
            setattr(cluster, key, value)
        if plan.cluster is None:
            cluster.save(force_insert=True)
        elif plan.values:
            cluster.save(update_fields=[*plan.values, "updated_at"])
    parents = {plan.parent for plan in plans if plan.parent}
    known = {cluster.slug: cluster for cluster in Cluster.objects.filter(slug__in=parents)}
    for plan in plans:
        if plan.parent:
            found[plan.slug].parent = known[plan.parent]
            found[plan.slug].save(update_fields=["parent", "updated_at"])
    return found


def _form(
    actor: Actor, plan: ClusterPlan, cluster: Cluster, keys: dict[int, int], order: Order
) -> ClusterYear:
    year = plan.year or first_year(actor, cluster.pk, plan.label, *plan.period)
    _write_members(plan, year, keys)
    _write_people(plan, cluster, order)
    return year


def _record(
    actor: Actor, plan: ClusterPlan, cluster: Cluster, year: ClusterYear, keys: dict[int, int], source: str
) -> None:
    """The audit of one cluster, and its offices, which are audited by their own verb."""
    audit.record(
        audit.cluster_chain(cluster.pk), "cluster_form", cluster, actor_id=actor.user_id, role=actor.role,
        before={title: old for title, old, _new in plan.changes} or None, after=_told(plan, year, keys, source),
    )  # fmt: skip
    if plan.offices or plan.ended:
        write_terms(
            actor, cluster.pk, [_term(office, keys) for office in plan.offices],
            {term.pk: term.ends_on for term in plan.ended if term.pk and term.ends_on},
        )  # fmt: skip


def _write_members(plan: ClusterPlan, year: ClusterYear, keys: dict[int, int]) -> None:
    """Members of the year, and of years that were opened ahead of it."""
    new = [one for one in plan.joins if one.agency < 0]
    Membership.objects.bulk_create(
        Membership(year=year, agency_id=keys[one.agency], order=one.order, joined_on=one.on) for one in new
    )
    rows = Membership.objects.in_bulk([pk for pk, _place in plan.moves])
    for pk, place in plan.moves:
        rows[pk].order = place
    Membership.objects.bulk_update(rows.values(), ["order"])
    known = [one for one in plan.joins if one.agency > 0]
    if known or plan.leaves:
        _enter_and_depart(year, known, plan.leaves)
    if plan.year is not None and (plan.joins or plan.leaves):
        _follow(plan, keys)


def _enter_and_depart(year: ClusterYear, joins: Sequence[Join], leaves: Sequence[Leave]) -> None:
    rows = members_of(year)
    present = {row.agency_id for row in rows}
    fresh = [one for one in joins if one.agency not in present]
    Membership.objects.bulk_create(
        Membership(year=year, agency_id=one.agency, order=one.order, joined_on=one.on) for one in fresh
    )
    for one in joins:
        if one.agency in present:
            enter(year, rows, one.agency, one.on or year.starts_on)
    for gone in leaves:
        depart(year, rows, gone.agency, gone.on)


def _follow(plan: ClusterPlan, keys: dict[int, int]) -> None:
    """A year that was opened ahead takes over who joined and who left."""
    assert plan.cluster is not None  # noqa: S101 - a cluster with a year stands already
    later = [
        year for year in open_years([plan.cluster.pk], plan.period[1]) if year.starts_on > plan.period[1]
    ]
    for year in later:
        rows = members_of(year)
        for one in plan.joins:
            enter(year, rows, keys.get(one.agency, one.agency), year.starts_on)
        for gone in plan.leaves:
            depart(year, rows, gone.agency, gone.on)
        renumber(rows)


def _write_people(plan: ClusterPlan, cluster: Cluster, order: Order) -> None:
    Person.objects.bulk_create(
        Person(
            user_id=user, agency_id=agency, function=Function.OBSERVER, cluster=cluster,
            starts_on=order.effective_on,
        )
        for user, agency, _name in plan.in_charge
    )  # fmt: skip


def _term(office: Office, keys: dict[int, int]) -> RoleTerm:
    term = replace(office.term, agency_id=keys.get(office.term.agency_id, office.term.agency_id))
    return RoleTerm(
        agency_id=term.agency_id, role=term.role, order=term.order, starts_on=term.starts_on, basis=office.basis,
        decision_number=office.decision_number, decision_date=office.decision_date,
    )  # fmt: skip


def _told(plan: ClusterPlan, year: ClusterYear, keys: dict[int, int], source: str) -> dict[str, object]:
    """What the audit keeps: columns and members by id, people by id, never by name."""
    return {
        **{title: new for title, _old, new in plan.changes},
        **(plan.values if plan.cluster is None else {}),
        "year": year.label,
        "joined": [keys.get(one.agency, one.agency) for one in plan.joins],
        "left": [one.agency for one in plan.leaves],
        "from": plan.day,
        "in_charge": [user for user, _agency, _name in plan.in_charge],
        "source": source,
    }
