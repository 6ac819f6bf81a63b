"""What a hand-over stands on: the year, the change, the terms, the members under their names of the day, the people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from django.utils.translation import gettext as _

from conference.enums import ConferenceKind
from conference.models import Conference
from core.dates import format_date
from members.domain.rotation import Term
from members.domain.terms import terms_of
from members.entry import STAFF
from members.enums import Basis, Role
from members.models import ClusterYear, Membership, Person, RoleTerm
from members.queries import agency_names, covering
from publishing.domain.changeover import Change


@dataclass(frozen=True)
class Contact:
    """A person of a member agency: for the page, never for what is frozen."""

    agency_id: int
    function: str
    post: str
    name: str
    email: str


@dataclass(frozen=True)
class Ground:
    """What the groups are collected from: the year handed over, the year after, the change, terms and names."""

    year: ClusterYear
    following: ClusterYear | None
    change: Change
    today: date
    terms: list[Term]
    names: Mapping[int, tuple[str, str]]
    codes: Mapping[int, str]
    term: RoleTerm | None

    def short(self, agency_id: int | None) -> str:
        """The short name of an agency on the day of the change."""
        return self.names.get(agency_id or 0, ("", self.codes.get(agency_id or 0, "")))[1]

    def full(self, agency_id: int) -> str:
        """Its full name."""
        return self.names.get(agency_id, (self.codes.get(agency_id, ""), ""))[0]

    @cached_property
    def people(self) -> list[Contact]:
        """Staff of the member agencies today, by agency and function; who stands in for somebody is left out."""
        rows = (
            covering(Person.objects.filter(agency__in=self.codes, function__in=STAFF), self.today)
            .filter(stands_for__isnull=True, user__is_active=True)
            .order_by("-function", "post", "pk")
            .values_list("agency", "function", "post", "user__last_name", "user__first_name", "user__email")
        )
        place = {agency: number for number, agency in enumerate(self.codes)}
        found = [
            Contact(agency, function, post, f"{last} {first}".strip(), email)
            for agency, function, post, last, first, email in rows
        ]
        return sorted(found, key=lambda one: place[one.agency_id])


def ground_for(year: ClusterYear, following: ClusterYear | None, change: Change, today: date) -> Ground:
    """Members, names and terms of a change; four queries, a fifth for names younger than the change."""
    members = Membership.objects.filter(year=year).order_by("order")
    codes = dict(members.values_list("agency", "agency__code"))
    term = (
        RoleTerm.objects.filter(
            cluster=year.cluster_id,
            role=Role.CHAIR,
            agency=change.to_agency_id,
            starts_on=change.effective_on,
        )
        .select_related("agency")
        .first()
    )
    if term is not None:
        codes.setdefault(term.agency_id, term.agency.code)
    terms = terms_of(year.cluster_id)
    listed = {*codes, *change.parties, *(one.agency_id for one in terms)}
    names = agency_names(listed, change.effective_on)
    if later := listed - names.keys():  # who came into being since then stands under the name of today
        names |= agency_names(later, today)
    return Ground(year, following, change, today, terms, names, codes, term)


def decision_words(term: RoleTerm | None) -> str:
    """ "12/QĐ-UBND ngày 05/01/2021": the paper a term rests on; empty where none is recorded."""
    if term is None or not term.decision_number:
        return ""
    day = _(" ngày %(day)s") % {"day": format_date(term.decision_date)} if term.decision_date else ""
    return f"{term.decision_number}{day}"


def basis_lines(ground: Ground) -> list[str]:
    """What the record rests on: the election at the year's conference, the paper of the new term; one query."""
    term = ground.term
    elected = Conference.objects.filter(
        year=ground.year, kind=ConferenceKind.FINAL,
        elected__role=Role.CHAIR, elected__agency=ground.change.to_agency_id,
    ).first()  # fmt: skip
    lines = []
    if elected is not None:
        words = {"title": elected.title, "day": format_date(elected.held_on)}
        lines.append(_("Căn cứ kết quả bầu Cụm trưởng tại %(title)s, ngày %(day)s") % words)
    if paper := decision_words(term):
        kind = _("quyết định") if term and term.basis == Basis.APPOINTED else _("biên bản, quyết định")
        lines.append(_("Căn cứ %(kind)s số %(paper)s") % {"kind": kind, "paper": paper})
    return lines
