"""What is known before clusters are formed, read in a constant number of queries, and who an agency of a row is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date

from django.contrib.auth import get_user_model
from django.utils.translation import gettext as _

from core.people import full_name
from core.sheets import Fault
from members.domain.formation_sheet import Row, code_of, normal
from members.domain.rotation import Term
from members.domain.terms import term_of
from members.enums import AgencyKind, Function
from members.models import Agency, AgencyName, Cluster, ClusterYear, Membership, Person, RoleTerm
from members.queries import covering


@dataclass(frozen=True, slots=True)
class NewAgency:
    """An agency that the file brings; ``key`` is below zero and stands for it until it is written."""

    key: int
    code: str
    name: str
    short_name: str
    kind: str


@dataclass
class Known:
    """The rows of the database that a file can touch."""

    clusters: dict[str, Cluster]
    years: dict[int, list[ClusterYear]]  # by cluster, oldest first
    members: dict[int, dict[int, Membership]]  # by year, by agency
    terms: dict[int, list[Term]]  # by cluster
    agencies: Agencies
    accounts: dict[str, tuple[int, str, int | None]]  # by user name: id, name for people, agency
    observers: set[tuple[int, int]]  # cluster and account


@dataclass
class Agencies:
    """Who is called what: by code, by the name of the day, by any name ever; and those that the file brings."""

    codes: dict[str, int] = field(default_factory=dict)
    shown: dict[int, tuple[str, str]] = field(default_factory=dict)
    by_name: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    by_old_name: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    closed: dict[int, date] = field(default_factory=dict)
    new: dict[str, NewAgency] = field(default_factory=dict)  # by normal name
    new_codes: dict[str, str] = field(default_factory=dict)  # code → normal name

    def short(self, key: int) -> str:
        """The short name of a known or a new agency."""
        if key in self.shown:
            return self.shown[key][1]
        return next((one.short_name for one in self.new.values() if one.key == key), "")

    def names(self) -> dict[int, str]:
        """Short names of all."""
        fresh = {one.key: one.short_name for one in self.new.values()}
        return {key: short for key, (_name, short) in self.shown.items()} | fresh

    def find(self, row: Row, faults: list[Fault], remarks: list[str]) -> int | None:
        """The agency of a row: known, new, or None with a fault."""
        code = row.agency or self._marked(row)
        name = normal(row.agency_name)
        if not name:
            return None
        if code in self.codes:
            return self._by_code(row, code, name, faults, remarks)
        homes = self.by_name.get(name) or self.by_old_name.get(name) or set()
        if len(homes) > 1:
            sentence = _("Có %(count)s đơn vị cùng tên này: ghi mã đơn vị.")
            faults.append(row.line.fault("agency_name", sentence % {"count": len(homes)}))
            return None
        if homes:
            (home,) = homes
            if code:
                own = next(known for known, key in self.codes.items() if key == home)
                sentence = _("Đơn vị này đã có với mã “%(code)s”: ghi mã đó, hoặc để trống ô mã.")
                faults.append(row.line.fault("agency", sentence % {"code": own}))
                return None
            return home
        return self._fresh(row, code, name, faults)

    def _marked(self, row: Row) -> str:
        _cluster, _bar, code = row.line.text("mark").partition("|")
        return code if code in self.codes else ""

    def _by_code(self, row: Row, code: str, name: str, faults: list[Fault], remarks: list[str]) -> int | None:
        key = self.codes[code]
        others = self.by_name.get(name, set()) - {key}
        if key in self.by_name.get(name, set()) | self.by_old_name.get(name, set()):
            return key
        if others:
            sentence = _("Mã “%(code)s” là của “%(known)s”, còn tên này là của đơn vị khác.")
            faults.append(
                row.line.fault(
                    "agency", sentence % {"code": code, "known": self.shown.get(key, (code, ""))[0]}
                )
            )
            return None
        remarks.append(
            _("%(cell)s: đơn vị “%(code)s” vẫn giữ tên “%(known)s”; đổi tên ở trang của đơn vị.")
            % {"cell": row.line.at("agency_name"), "code": code, "known": self.shown.get(key, (code, ""))[0]}
        )
        return key

    def _fresh(self, row: Row, code: str, name: str, faults: list[Fault]) -> int | None:
        before = self.new.get(name)
        if before:
            if code and code != before.code:
                sentence = _("Cùng một tên mà hai mã: “%(one)s” và “%(other)s”.")
                faults.append(row.line.fault("agency", sentence % {"one": before.code, "other": code}))
                return None
            return before.key
        if code in self.new_codes:
            sentence = _("Mã “%(code)s” đã dùng cho một đơn vị khác trong tệp.")
            faults.append(row.line.fault("agency", sentence % {"code": code}))
            return None
        code = code or self._free_code(row.agency_short or row.agency_name)
        made = NewAgency(
            -1 - len(self.new),
            code,
            row.agency_name,
            row.agency_short or row.agency_name[:100],
            row.agency_kind or AgencyKind.PROVINCIAL,
        )
        self.new[name] = made
        self.new_codes[code] = name
        return made.key

    def _free_code(self, name: str) -> str:
        stem = code_of(name, 50) or "don-vi"
        taken = self.codes.keys() | self.new_codes.keys()
        number, code = 1, stem
        while code in taken:
            number += 1
            code = f"{stem}-{number}"
        return code


def load(rows: Collection[Row], day: date) -> Known:
    """Everything that the rows speak of; nine queries however many rows there are."""
    wanted = {row.cluster for row in rows}
    clusters = {cluster.slug: cluster for cluster in Cluster.objects.order_by("pk")}
    ids = {clusters[slug].pk for slug in wanted if slug in clusters}
    years: dict[int, list[ClusterYear]] = defaultdict(list)
    for year in ClusterYear.objects.filter(cluster__in=ids).order_by("starts_on"):
        years[year.cluster_id].append(year)
    labels = {row.label for row in rows}
    addressed = [year.pk for listed in years.values() for year in listed if year.label in labels]
    members: dict[int, dict[int, Membership]] = defaultdict(dict)
    for member in Membership.objects.filter(year__in=addressed).order_by("year", "order", "pk"):
        members[member.year_id][member.agency_id] = member
    terms: dict[int, list[Term]] = defaultdict(list)
    for term in RoleTerm.objects.filter(cluster__in=ids).order_by("starts_on", "role", "order"):
        terms[term.cluster_id].append(term_of(term))
    accounts = _accounts({name for row in rows for name in row.in_charge})
    held = covering(Person.objects.filter(function=Function.OBSERVER, cluster__in=ids), day)
    observers = set(held.filter(stands_for__isnull=True).values_list("cluster", "user"))
    return Known(clusters, years, members, terms, agencies_on(day), accounts, observers)


def agencies_on(day: date) -> Agencies:
    """Every agency with its names; two queries."""
    found = Agencies()
    for pk, code, closed_on in Agency.objects.order_by("pk").values_list("pk", "code", "closed_on"):
        found.codes[code] = pk
        if closed_on:
            found.closed[pk] = closed_on
    rows = AgencyName.objects.order_by("valid_from", "pk")
    for pk, name, short, first, last in rows.values_list(
        "agency", "name", "short_name", "valid_from", "valid_to"
    ):
        valid = (first is None or first <= day) and (last is None or day < last)
        (found.by_name if valid else found.by_old_name)[normal(name)].add(pk)
        if valid or pk not in found.shown:
            found.shown[pk] = (name, short)
    return found


def _accounts(names: Iterable[str]) -> dict[str, tuple[int, str, int | None]]:
    """Active accounts by user name, with the agency of their newest function."""
    users = get_user_model()._default_manager.filter(username__in=set(names), is_active=True)
    found = {user.get_username(): user for user in users.order_by("pk")}
    people = Person.objects.filter(user__in=[user.pk for user in found.values()]).order_by("starts_on", "pk")
    homes = dict(people.values_list("user", "agency"))
    return {name: (user.pk, full_name(user) or name, homes.get(user.pk)) for name, user in found.items()}
