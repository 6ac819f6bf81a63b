"""Questions about conferences: plain values out, a constant number of queries."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q

from conference.enums import AttendeeKind, ConferenceKind, MomentKind
from conference.models import Attendance, Conference, ElectionResult, Moment
from members.enums import AgencyKind, Role
from members.models import Agency, ClusterYear, Membership
from members.queries import agency_name


@dataclass(frozen=True, slots=True)
class Present:
    """Somebody at the meeting: an office, and the agency it belongs to (``agency`` is empty when none is named)."""

    office: str
    agency_id: int | None = None
    agency: str = ""


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing that happened, by the office that did it; office, agency and note may be empty."""

    kind: str
    office: str = ""
    agency_id: int | None = None
    agency: str = ""
    note: str = ""

    @property
    def label(self) -> str:
        """What happened, in words."""
        return str(MomentKind(self.kind).label)


@dataclass(frozen=True, slots=True)
class Elected:
    """An agency elected to an office of the coming year."""

    role: str
    agency_id: int
    agency: str


@dataclass(frozen=True, slots=True)
class FinalConference:
    """The meeting that closes a year, whole; agencies under the names valid at the year's end."""

    pk: int
    title: str
    held_on: date
    place: str
    note: str
    version: int
    host_id: int | None
    host: str
    members: tuple[Present, ...]
    guests: tuple[Present, ...]
    moments: tuple[Happening, ...]
    for_label: str
    elected: tuple[Elected, ...]

    @property
    def chair(self) -> Elected | None:
        """The next chair, once elected."""
        return next((one for one in self.elected if one.role == Role.CHAIR), None)

    @property
    def named(self) -> list[int | None]:
        """Agencies that host, send a guest or speak; they may stay even when they left the cluster."""
        guests, speakers = [one.agency_id for one in self.guests], [one.agency_id for one in self.moments]
        return [self.host_id, *guests, *speakers]

    @property
    def deputies(self) -> tuple[Elected, ...]:
        """The next deputies in their order."""
        return tuple(one for one in self.elected if one.role == Role.DEPUTY)


@dataclass(frozen=True, slots=True)
class OtherConference:
    """A meeting of the year beside the final one."""

    kind: str
    title: str
    held_on: date
    place: str


@dataclass(frozen=True, slots=True)
class AgencyChoice:
    """An agency that a guest or a speaker may belong to."""

    agency_id: int
    name: str
    is_member: bool


def final_conference(year: ClusterYear) -> FinalConference | None:
    """The final conference of ``year`` with everything recorded of it, or None; four queries (one without it)."""
    found = (
        Conference.objects.filter(year=year, kind=ConferenceKind.FINAL)
        .annotate(host_name=agency_name("host", year.ends_on))
        .first()
    )
    if found is None:
        return None
    parts: Any = {"conference": found.pk}
    name = agency_name("agency", year.ends_on)
    attended = Attendance.objects.filter(**parts).order_by("kind", "order").annotate(name=name)
    moments = Moment.objects.filter(**parts).order_by("order").annotate(name=name)
    elected = list(ElectionResult.objects.filter(**parts).order_by("role", "order").annotate(name=name))
    everybody = [
        (row.kind, Present(row.office, row.agency_id, row.name or "")) for row in attended
    ]  # fmt: skip
    return FinalConference(
        pk=found.pk, title=found.title, held_on=found.held_on, place=found.place, note=found.note,
        version=found.version, host_id=found.host_id, host=found.host_name or "",
        members=tuple(one for kind, one in everybody if kind == AttendeeKind.MEMBER),
        guests=tuple(one for kind, one in everybody if kind == AttendeeKind.GUEST),
        moments=tuple(
            Happening(row.kind, row.office, row.agency_id, row.name or "", row.note) for row in moments
        ),
        for_label=elected[0].for_label if elected else "",
        elected=tuple(Elected(row.role, row.agency_id, row.name or "") for row in elected),
    )  # fmt: skip


def other_conferences(year: ClusterYear) -> list[OtherConference]:
    """Mid-term and launching conferences of ``year`` by day; one query."""
    rows = Conference.objects.filter(year=year).exclude(kind=ConferenceKind.FINAL).order_by("held_on", "pk")
    return [OtherConference(row.get_kind_display(), row.title, row.held_on, row.place) for row in rows]


def agency_choices(year: ClusterYear, also: Iterable[int | None] = ()) -> list[AgencyChoice]:
    """Agencies that may be named in the year's conference: members first, then councils and ``also``; one query."""
    member = Membership.objects.filter(year=year, agency=OuterRef("pk"))
    wanted = Q(is_member=True) | Q(kind=AgencyKind.COUNCIL) | Q(pk__in={pk for pk in also if pk})
    rows = (
        Agency.objects.annotate(
            is_member=Exists(member), place=member.values("order")[:1], name=agency_name("pk", year.ends_on)
        )
        .filter(wanted)
        .order_by("-is_member", "place", "code")
        .values_list("pk", "name", "code", "is_member")
    )
    return [AgencyChoice(pk, name or code, is_member) for pk, name, code, is_member in rows]
