"""Collect a year once into plain data, ready to be frozen.

Promises: a number of queries that does not depend on the number of rows; agencies under the names valid in the year;
persons by office only; figures as exact texts, never floats; drafts, returned activities and ranks beyond the public
ones stay outside. The shape is ``SCHEMA``; a changed shape takes the next number and keeps its old renderer.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import F, Q

from conference.enums import AttendeeKind, ConferenceKind
from conference.models import Attendance, Conference, ElectionResult, Moment
from members import charter
from members.enums import Role
from members.models import Agency, Charter, ClusterYear, Membership, RoleTerm, YearDirective
from members.queries import agency_name
from movements.enums import ActivityState
from movements.models import Activity, ActivityPartner, Contribution, Contributor, Movement, Participation
from publishing.domain.sums import totals_of
from publishing.enums import TextKind
from publishing.models import YearText
from scoring.models import Ranking, RankingEntry

SCHEMA = 1

Data = dict[str, Any]


def collect(year: ClusterYear) -> Data:
    """Everything the public page of ``year`` shows, as texts, whole numbers, lists and mappings.

    Agencies are referred to by their code and named in ``agencies``. Lists stand in the order the page shows them.
    """
    year = ClusterYear.objects.select_related("cluster__parent").get(pk=year.pk)
    rules = _rules(year)
    terms = _terms(year)
    conference, met = _conference(year)
    activities = _activities(year)
    keys = {activity["id"]: activity["key"] for activity in activities}
    contributions = _contributions(keys)
    data: Data = {
        "schema": SCHEMA,
        "cluster": _cluster(year),
        "year": _year(year),
        "members": _members(year, terms),
        "conference": conference,
        "ranking": _ranking(year, rules.public_ranks),
        "movements": _movements(year),
        "activities": [{key: part for key, part in row.items() if key != "id"} for row in activities],
        "contributions": contributions,
        "directives": _directives(year),
        "next": _next(year, met, terms),
        "texts": _texts(year),
    }
    data["totals"] = totals_of(contributions, {row["key"]: row["agency"] for row in activities})
    return _named(data, year.ends_on)


def _rules(year: ClusterYear) -> charter.Rules:
    stored = Charter.objects.filter(year=year).values_list("data", flat=True).first()
    return charter.read(stored or {})


def next_label(label: str) -> str:
    """``2020`` → ``2021``, ``2012-2013`` → ``2013-2014``."""
    return "-".join(str(int(part) + 1) for part in label.split("-"))


def _cluster(year: ClusterYear) -> Data:
    cluster = year.cluster
    return {
        "slug": cluster.slug,
        "kind": cluster.kind,
        "name": cluster.name,
        "short_name": cluster.short_name,
        "level": cluster.level,
        "place": cluster.place,
        "parent": cluster.parent.name if cluster.parent else "",
    }


def _year(year: ClusterYear) -> Data:
    return {
        "label": year.label,
        "next_label": next_label(year.label),
        "starts_on": _day(year.starts_on),
        "ends_on": _day(year.ends_on),
        "slogan": year.slogan,
        "sample": year.sample,
    }


def _terms(year: ClusterYear) -> list[RoleTerm]:
    """Terms that touch the year or come after it, chairs first; one query."""
    alive = Q(ends_on__isnull=True) | Q(ends_on__gt=year.ends_on)
    return list(
        RoleTerm.objects.filter(alive, cluster=year.cluster_id).order_by("starts_on", "role", "order", "id")
    )


def _members(year: ClusterYear, terms: list[RoleTerm]) -> list[Data]:
    """Members in charter order with the role held on the last day of the year."""
    roles = {term.agency_id: term for term in terms if term.starts_on <= year.ends_on}
    rows = Membership.objects.filter(year=year).order_by("order", "id")
    return [
        {
            "agency": row.agency_id,
            "role": roles[row.agency_id].role if row.agency_id in roles else "",
            "role_order": roles[row.agency_id].order if row.agency_id in roles else 0,
            "joined_on": _day(row.joined_on),
            "left_on": _day(row.left_on),
        }
        for row in rows
    ]


def _conference(year: ClusterYear) -> tuple[Data | None, list[ElectionResult]]:
    """The final conference with guests and moments by office, and whom it elected; four queries at most."""
    meeting = Conference.objects.filter(year=year, kind=ConferenceKind.FINAL).first()
    if meeting is None:
        return None, []
    attendance = list(Attendance.objects.filter(conference=meeting).order_by("kind", "order"))
    moments = Moment.objects.filter(conference=meeting).order_by("order")
    elected = ElectionResult.objects.filter(conference=meeting).order_by("role", "order")
    data: Data = {
        "title": meeting.title,
        "held_on": _day(meeting.held_on),
        "place": meeting.place,
        "host": meeting.host_id,
        "guests": [
            {"office": row.office, "agency": row.agency_id}
            for row in attendance
            if row.kind == AttendeeKind.GUEST
        ],
        "present": [row.agency_id for row in attendance if row.kind == AttendeeKind.MEMBER],
        "moments": [
            {"kind": row.kind, "office": row.office, "agency": row.agency_id, "note": row.note}
            for row in moments
        ],
    }
    return data, list(elected)


def _ranking(year: ClusterYear, public: int) -> Data | None:
    """The newest revision: public ranks with what was recorded, the other members without any figure."""
    ranking = Ranking.objects.filter(year=year).order_by("-revision").first()
    if ranking is None:
        return None
    rows = RankingEntry.objects.filter(ranking=ranking, rank__isnull=False).order_by("rank", "id")
    entries = [
        {
            "agency": row.agency_id,
            "rank": row.rank,
            "points": _number(row.points),
            "votes": row.votes,
        }
        for row in rows
        if row.rank and (not public or row.rank <= public)
    ]
    return {"method": ranking.method, "decided_on": _day(ranking.decided_on), "entries": entries}


def _movements(year: ClusterYear) -> list[Data]:
    """Movements in their order with who joined and which papers they carry out; three queries."""
    rows = list(Movement.objects.filter(year=year).order_by("order", "id"))
    joined: dict[int, list[int]] = {}
    for movement, agency in (
        Participation.objects.filter(movement__year=year).order_by("id").values_list("movement", "agency")
    ):
        joined.setdefault(movement, []).append(agency)
    papers: dict[int, list[str]] = {}
    cited = Movement.directives.through.objects.filter(movement__year=year).order_by(
        "directive__issued_on", "id"
    )
    for movement, number in cited.values_list("movement", "directive__number"):
        papers.setdefault(movement, []).append(number)
    return [
        {
            "key": row.key,
            "title": row.title,
            "slogan": row.slogan,
            "level": row.level,
            "launched_by": row.launched_by,
            "kind": row.kind,
            "starts_on": _day(row.starts_on),
            "ends_on": _day(row.ends_on),
            "decision_number": row.decision_number,
            "story": row.story,
            "joined": joined.get(row.pk, []),
            "directives": papers.get(row.pk, []),
        }
        for row in rows
    ]


def _activities(year: ClusterYear) -> list[Data]:
    """Confirmed activities meant for the summary, oldest first; two queries."""
    chosen = Q(year=year, state=ActivityState.CONFIRMED, in_summary=True)
    rows = list(Activity.objects.filter(chosen).annotate(of=F("movement__key")).order_by("sorted_on", "id"))
    partners: dict[int, list[int]] = {}
    joint = ActivityPartner.objects.filter(activity__in=[row.pk for row in rows]).order_by("id")
    for activity, agency in joint.values_list("activity", "agency"):
        partners.setdefault(activity, []).append(agency)
    return [
        {
            "id": row.pk,
            "key": row.key,
            "scope": row.scope,
            "agency": row.agency_id,
            "partners": partners.get(row.pk, []),
            "movement": row.of or "",
            "title": row.title,
            "precision": row.precision,
            "starts_on": _day(row.starts_on),
            "ends_on": _day(row.ends_on),
            "place": row.place,
            "story": row.story,
            "result": row.result,
        }
        for row in rows
    ]


def _contributions(activities: dict[int, str]) -> list[Data]:
    """Gifts of the chosen activities, those of one activity together; two queries.

    A figure that is part of one left outside the summary stands here on its own.
    """
    found = Contribution.objects.filter(activity__in=list(activities)).select_related("beneficiary")
    place = {activity: index for index, activity in enumerate(activities)}
    rows = sorted(found.order_by("order", "id"), key=lambda row: place[row.activity_id])
    keys = {row.pk: f"{activities[row.activity_id]}/{row.key}" for row in rows}
    givers: dict[int, list[Data]] = {}
    for giver in Contributor.objects.filter(contribution__in=list(keys)).order_by("order", "id"):
        givers.setdefault(giver.contribution_id, []).append(
            {"agency": giver.agency_id, "outside": giver.outside_name, "share": _number(giver.share)}
        )
    return [
        {
            "key": keys[row.pk],
            "activity": activities[row.activity_id],
            "kind": row.kind,
            "description": row.description,
            "quantity": _quantity(row.quantity, row.unit, row.quantity_qualifier, row.quantity_words),
            "value": _quantity(row.value, "đồng", row.value_qualifier, row.value_words),
            "beneficiary": row.beneficiary.name if row.beneficiary else "",
            "place": row.place,
            "purpose": row.purpose,
            "part_of": keys.get(row.part_of_id or 0, ""),
            "part_state": row.part_state if row.part_of_id in keys else "",
            "contributors": givers.get(row.pk, []),
        }
        for row in rows
    ]


def _quantity(number: Decimal | int | None, unit: str, qualifier: str, words: str) -> Data | None:
    if number is None:
        return None
    return {"number": _number(number), "unit": unit, "qualifier": qualifier, "words": words}


def _directives(year: ClusterYear) -> dict[str, list[Data]]:
    """Papers the year carried out and those of next year, in their order; one query."""
    found: dict[str, list[Data]] = {"carried_out": [], "next_year": []}
    for row in (
        YearDirective.objects.filter(year=year).select_related("directive").order_by("use", "order", "id")
    ):
        paper = row.directive
        found.setdefault(row.use, []).append(
            {
                "kind": paper.kind,
                "number": paper.number,
                "issuer": paper.issuer,
                "issued_on": _day(paper.issued_on),
                "title": paper.title,
            }
        )
    return found


def _next(year: ClusterYear, elected: list[ElectionResult], terms: list[RoleTerm]) -> Data | None:
    """Chair and deputies of the coming year: as the conference elected, else as terms after this year say."""
    if elected:
        named = [(row.role, row.agency_id) for row in elected]
        label, basis = elected[0].for_label, "elected"
    else:
        later = [term for term in terms if term.starts_on > year.ends_on]
        first = min((term.starts_on for term in later), default=None)
        later = [term for term in later if term.starts_on == first]
        named = [(term.role, term.agency_id) for term in later]
        label, basis = next_label(year.label), later[0].basis if later else ""
    if not named:
        return None
    return {
        "label": label,
        "basis": basis,
        "chair": next((agency for role, agency in named if role == Role.CHAIR), None),
        "deputies": [agency for role, agency in named if role == Role.DEPUTY],
    }


def _texts(year: ClusterYear) -> dict[str, list[str]]:
    texts: dict[str, list[str]] = {kind: [] for kind in TextKind.values}
    for kind, text in (
        YearText.objects.filter(year=year).order_by("kind", "order").values_list("kind", "text")
    ):
        texts[kind].append(text)
    return texts


def _named(data: Data, day: date) -> Data:
    """The same data with agencies by code, and their names on ``day`` beside; one query."""
    ids = set(_agency_ids(data))
    rows = Agency.objects.filter(pk__in=ids).annotate(
        on_day=agency_name("pk", day), short_on_day=agency_name("pk", day, "short_name")
    )
    found = {row.pk: row for row in rows.order_by("code")}
    data["agencies"] = {
        row.code: {"name": row.on_day or row.code, "short_name": row.short_on_day or row.on_day or row.code}
        for row in found.values()
    }
    coded = _with_codes(data, {pk: row.code for pk, row in found.items()})
    assert isinstance(coded, dict)  # noqa: S101 - a mapping comes back as a mapping
    return coded


_AGENCY_KEYS = frozenset({"agency", "host", "chair"})
_AGENCY_LISTS = frozenset({"partners", "joined", "present", "deputies"})


def _agency_ids(value: Any) -> Iterable[int]:
    if isinstance(value, dict):
        for key, part in value.items():
            if key in _AGENCY_KEYS and isinstance(part, int):
                yield part
            elif key in _AGENCY_LISTS:
                yield from part
            else:
                yield from _agency_ids(part)
    elif isinstance(value, list):
        for part in value:
            yield from _agency_ids(part)


def _with_codes(value: Any, codes: dict[int, str]) -> Any:
    if isinstance(value, dict):
        return {
            key: codes.get(part, "") if key in _AGENCY_KEYS
            else [codes[agency] for agency in part] if key in _AGENCY_LISTS
            else _with_codes(part, codes)
            for key, part in value.items()
        }  # fmt: skip
    if isinstance(value, list):
        return [_with_codes(part, codes) for part in value]
    return value


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""


def _number(number: Decimal | int | None) -> str:
    """A figure as exact text without exponent or zeros at the end; empty for none."""
    if number is None:
        return ""
    text = format(Decimal(number), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
