"""Agencies merged, split and dissolved from a day on, in every cluster where they stand (domain 7, cases 1 to 3).

Words: *predecessors* end, *successors* follow; the *heir* is the successor that takes people, offices and results over.
A split may *keep* its predecessor: then a part of it becomes an agency of its own, and nothing of the old one ends.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from core import audit
from core.dates import format_date
from core.errors import DomainError, Problem
from core.folding import clean_line
from members.domain.actor import Actor
from members.domain.agencies import (
    NewAgency,
    check_reach,
    clusters_of,
    follows,
    hold_names,
    lock_agencies,
    make_agency,
)
from members.domain.carry_over import Decision, paper_problems, write_carry_over
from members.domain.ledger import Ledger
from members.domain.memberships import (
    depart,
    enter,
    members_of,
    open_years,
    picture_of,
    renumber,
    running_terms,
    tell_members,
)
from members.domain.moves import move_people
from members.domain.pictures import check_seen
from members.domain.terms import lock_cluster, write_terms
from members.enums import AgencyKind, Assessed, Basis, LinkKind, Role
from members.models import Agency, AgencyLink, CarryOver, ClusterYear, Membership, RoleTerm
from members.queries import agency_names, covering

HEIR, DEPUTY_ACTS, ENDS = "successor", "deputy", "ends"


@dataclass(frozen=True, slots=True)
class Succession:
    """What the officer decides. ``kind``: merge, split, or empty for dissolving without a successor.

    ``offices``: what becomes of each running term of a predecessor, by its id: the heir acts, the deputy acts, or it
    ends; terms that are not named follow ``usual_office``. ``assessed`` (``Assessed``): the year's results go over to
    the heir; empty: they do not. ``heir`` is a place among ``successors``.
    """

    kind: str
    predecessor_ids: tuple[int, ...]
    successors: tuple[int | NewAgency, ...]
    on: date
    decision_number: str
    decision_date: date | None = None
    note: str = ""
    keeps: bool = False
    people: bool = True
    heir: int = 0
    assessed: str = ""
    offices: Mapping[int, str] = field(default_factory=dict)

    @property
    def basis(self) -> str:
        """The paper as a link of two agencies shows it."""
        day = format_date(self.decision_date) if self.decision_date else ""
        return ", ".join(part for part in (clean_line(self.decision_number), day) if part)

    @property
    def known_ids(self) -> frozenset[int]:
        """Agencies that exist already."""
        return frozenset(self.predecessor_ids) | {one for one in self.successors if isinstance(one, int)}

    @property
    def action(self) -> str:
        """The name of the event in the audit."""
        return {LinkKind.MERGE: "agency_merge", LinkKind.SPLIT: "agency_split"}.get(
            LinkKind(self.kind) if self.kind else LinkKind.TAKEOVER, "agency_dissolve"
        )


def reorganise(actor: Actor, order: Succession, *, seen: str = "") -> list[int]:
    """Merge, split or dissolve; the ids of the successors.

    Effects in order: locks of all clusters of the agencies (by id), of their years and of the agencies, new agencies,
    memberships of every unsealed year that has not ended on the day, offices (``write_terms``: never two chairs),
    links, the day of closing, people's functions, results carried over, audit. One transaction. Raises ``Refused`` for
    anybody who does not look after every cluster of the agencies, ``DomainError`` with a sentence for each thing wrong.
    """
    with transaction.atomic():
        hold_names(order.successors)
        clusters = clusters_of(order.known_ids)
        for pk in sorted(clusters):
            lock_cluster(pk)
        touched = open_years(clusters, order.on)
        agencies = lock_agencies(order.known_ids)
        if clusters_of(order.known_ids) != clusters:
            raise DomainError(_("Đơn vị vừa được ghi vào một cụm khác. Xem lại rồi ghi lại."))
        check_reach(actor, order.known_ids, order.on)
        check_seen(seen, clusters)
        if problems := _problems(order, agencies):
            raise DomainError(problems)
        ledger = Ledger(actor, order.basis)
        successors = [_successor(one, order, ledger) for one in order.successors]
        heir = successors[order.heir] if successors else None
        years = _members(order, touched, successors, ledger)
        if not order.keeps:
            _offices(actor, order, heir)
        _links(order, agencies, successors, ledger)
        if order.people and not order.keeps:
            move_people(ledger, order.predecessor_ids, heir, order.on)
        if order.assessed and heir:
            _results(order, years, heir, ledger)
        ledger.write()
    return successors


def _problems(order: Succession, agencies: Mapping[int, Agency]) -> list[Problem]:
    problems = paper_problems(order.decision_number, order.decision_date)
    if not order.predecessor_ids:
        problems.append(Problem(_("Chọn đơn vị thay đổi."), "predecessors"))
    if order.kind and not order.successors:
        problems.append(Problem(_("Chọn hoặc ghi đơn vị mới."), "successor"))
    if len(agencies) < len(order.known_ids) or any(
        one.kind == AgencyKind.COUNCIL for one in agencies.values()
    ):
        problems.append(Problem(_("Chọn một đơn vị trong danh sách."), "predecessors"))
    known = [one for one in order.successors if isinstance(one, int)]
    if set(known) & set(order.predecessor_ids) or len(set(known)) < len(known):
        problems.append(Problem(_("Đơn vị sau phải khác các đơn vị trước, và khác nhau."), "successor"))
    if order.successors and not 0 <= order.heir < len(order.successors):
        problems.append(Problem(_("Chọn đơn vị kế thừa trong các đơn vị sau."), "heir"))
    if order.assessed and order.assessed not in Assessed.values:
        problems.append(Problem(_("Chọn đơn vị được xét thi đua."), "assessed"))
    for pk, agency in agencies.items():
        if agency.closed_on and agency.closed_on <= order.on:
            words = {"agency": _short(pk, order.on), "day": format_date(agency.closed_on)}
            sentence = _("%(agency)s đã giải thể từ ngày %(day)s.")
            field = "predecessors" if pk in order.predecessor_ids else "successor"
            problems.append(Problem(sentence % words, field))
    return problems + _circles(order, known)


def _circles(order: Succession, known: Sequence[int]) -> list[Problem]:
    pairs = set(AgencyLink.objects.values_list("predecessor", "successor"))
    problems = []
    for before in order.predecessor_ids:
        for after in known:
            words = {"first": _short(before, order.on), "second": _short(after, order.on)}
            if (before, after) in pairs:
                sentence = _("%(second)s đã được ghi là kế thừa %(first)s.")
                problems.append(Problem(sentence % words, "successor"))
            elif follows(pairs, before, after):
                sentence = _("%(first)s và %(second)s không thể kế thừa lẫn nhau.")
                problems.append(Problem(sentence % words, "successor"))
    return problems


def _short(agency_id: int, on: date) -> str:
    return agency_names([agency_id], on).get(agency_id, ("", "?"))[1]


def _successor(one: int | NewAgency, order: Succession, ledger: Ledger) -> int:
    if isinstance(one, int):
        return one
    agency = make_agency(one, order.on, () if order.keeps else order.predecessor_ids)
    ledger.tell(audit.SITE, "agency_add", agency, after={"name": clean_line(one.name), "from": order.on})
    return agency.pk


def _members(
    order: Succession, years: Sequence[ClusterYear], successors: Sequence[int], ledger: Ledger
) -> list[ClusterYear]:
    """Predecessors out, successors in at the predecessor's place; the years that the day breaks."""
    broken = []
    for year in years:
        rows = members_of(year)
        day = max(order.on, year.starts_on)
        standing = [row for row in rows if row.agency_id in order.predecessor_ids and _stands(row, day)]
        if not standing:
            continue
        before = picture_of(rows)
        at = rows.index(standing[0]) + 1
        for place, successor in enumerate(successors):
            enter(year, rows, successor, day, at + place)
        if not order.keeps:
            for row in standing:
                depart(year, rows, row.agency_id, order.on)
        renumber(rows)
        tell_members(ledger, order.action, year, before, rows)
        if year.starts_on < order.on:
            broken.append(year)
    return broken


def _stands(row: Membership, day: date) -> bool:
    """Whether the membership covers the day, or begins after it."""
    return row.left_on is None or row.left_on > day


def _links(
    order: Succession, agencies: Mapping[int, Agency], successors: Sequence[int], ledger: Ledger
) -> None:
    for pk in order.predecessor_ids:
        agency = agencies[pk]
        before = {"closed_on": agency.closed_on}
        for successor in successors:
            AgencyLink.objects.create(
                predecessor=agency, successor_id=successor, kind=order.kind, on=order.on, basis=order.basis
            )
        if not order.keeps:
            agency.closed_on = order.on
            agency.save(update_fields=["closed_on", "updated_at"])
        after = {"closed_on": agency.closed_on, "on": order.on, "successors": list(successors)}
        ledger.tell(audit.SITE, order.action, agency, before, after)


def _results(order: Succession, years: Sequence[ClusterYear], heir: int, ledger: Ledger) -> None:
    decision = Decision(order.decision_number, order.decision_date, order.assessed, order.note)
    for year in years:
        members = set(Membership.objects.filter(year=year).values_list("agency", flat=True))
        for pk in order.predecessor_ids:
            known = CarryOver.objects.filter(year=year, predecessor=pk).exists()
            if pk in members and not known:
                write_carry_over(ledger, year, pk, heir, decision)


# Offices -------------------------------------------------------------------------------------------------------


def usual_office(term: RoleTerm, taken: bool, successors: bool) -> str:
    """What becomes of a predecessor's office unless somebody says otherwise: the first one goes to the heir."""
    if successors and not taken:
        return HEIR
    return DEPUTY_ACTS if term.role == Role.CHAIR and not successors else ENDS


def _offices(actor: Actor, order: Succession, heir: int | None) -> None:
    by_cluster: dict[int, list[RoleTerm]] = {}
    for term in running_terms(order.predecessor_ids, order.on):
        by_cluster.setdefault(term.cluster_id, []).append(term)
    problems = [_later(term) for rows in by_cluster.values() for term in rows if term.starts_on >= order.on]
    if problems:
        raise DomainError(problems)
    for cluster_id, terms in sorted(by_cluster.items()):
        add, end = _new_offices(order, cluster_id, terms, heir)
        write_terms(actor, cluster_id, add, end, action="term_replace", reason=order.basis)


def _later(term: RoleTerm) -> Problem:
    sentence = _(
        "%(agency)s có nhiệm kỳ %(role)s bắt đầu từ ngày %(day)s: sửa nhiệm kỳ ấy trước, hoặc chọn ngày sau đó."
    )
    words = {
        "agency": _short(term.agency_id, term.starts_on),
        "role": Role(term.role).label,
        "day": format_date(term.starts_on),
    }
    return Problem(sentence % words, "on", "roles")


def _new_offices(
    order: Succession, cluster_id: int, terms: Sequence[RoleTerm], heir: int | None
) -> tuple[list[RoleTerm], dict[int, date]]:
    """The terms to write and to end in one cluster."""
    others = [
        term
        for term in covering(RoleTerm.objects.filter(cluster=cluster_id), order.on).order_by("role", "order")
        if term.agency_id not in order.predecessor_ids
    ]
    add: list[RoleTerm] = []
    end = {term.pk: order.on for term in terms}
    for term in terms:
        asked = order.offices.get(term.pk, "")
        choice = asked or usual_office(term, bool(add), heir is not None)
        if choice == HEIR:
            if heir is None:
                raise DomainError(_("Không có đơn vị sau để tạm giữ vai trò."), f"office_{term.pk}")
            add.append(_acting(term, heir, order))
            end |= {one.pk: order.on for one in others if one.agency_id == heir}
        elif choice == DEPUTY_ACTS and term.role == Role.CHAIR:
            deputy = next((one for one in others if one.role == Role.DEPUTY), None)
            if deputy:
                add.append(_acting(term, deputy.agency_id, order))
                end[deputy.pk] = order.on
            elif asked:
                raise DomainError(_("Cụm không có Cụm phó khác để tạm quyền."), f"office_{term.pk}")
    return add, end


def _acting(term: RoleTerm, agency_id: int, order: Succession) -> RoleTerm:
    return RoleTerm(
        agency_id=agency_id, role=term.role, order=term.order, starts_on=order.on, basis=Basis.ACTING,
        decision_number=clean_line(order.decision_number), decision_date=order.decision_date,
        note=clean_line(order.note),
    )  # fmt: skip
