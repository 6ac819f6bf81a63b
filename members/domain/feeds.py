"""One's own calendar for phones and mail programs: a secret address, revocable, and the file it gives (RFC 5545).

Only the SHA-256 of the secret is kept. The file holds whole days alone, which no time zone moves; no person's name.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from icalendar import Calendar
from icalendar import Event as Entry

from core import audit
from core.dates import local_today
from members import calendar
from members.entry import STAFF, years_for
from members.models import CalendarFeed, CarryOver, ClusterYear
from members.scope import functions_on

BACK = timedelta(days=366)  # how far back a calendar goes
_SECRET = re.compile(r"[A-Za-z0-9_-]{43}")


# -- the secret address --------------------------------------------------------------------------
def make_link(user_id: int) -> str:
    """A new secret for the calendar of an account, given out this once; the one before is dead from now on.

    Effects in order: lock of the account, the live link revoked, the new one, audit in the chain of the installation.
    """
    with transaction.atomic():
        user = _locked(user_id)
        secret = secrets.token_urlsafe(32)
        revoked = _revoke(user_id)
        feed = CalendarFeed.objects.create(user_id=user_id, token_hash=hash_of(secret))
        after = {"feed": feed.pk, "revoked": revoked}
        audit.record(audit.SITE, "calendar_link_make", user, actor_id=user_id, after=after)
    return secret


def revoke_link(user_id: int) -> bool:
    """Kill the calendar link of an account; False when there is none.

    Effects in order: lock of the account, revoked_at, audit in the chain of the installation.
    """
    with transaction.atomic():
        user = _locked(user_id)
        revoked = _revoke(user_id)
        if revoked:
            audit.record(
                audit.SITE, "calendar_link_revoke", user, actor_id=user_id, after={"revoked": revoked}
            )
    return bool(revoked)


def live_link(user_id: int) -> CalendarFeed | None:
    """The link that works now, which knows when it was made but not its secret."""
    return CalendarFeed.objects.filter(user=user_id, revoked_at__isnull=True).first()


def hash_of(secret: str) -> str:
    """What is kept of a secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _locked(user_id: int) -> Any:
    return get_user_model().objects.select_for_update().get(pk=user_id)


def _revoke(user_id: int) -> int | None:
    """The id of the link that was live, now revoked."""
    feed = live_link(user_id)
    if feed is None:
        return None
    feed.revoked_at = timezone.now()
    feed.save(update_fields=["revoked_at", "updated_at"])
    return feed.pk


def owner_of(secret: str) -> Any | None:
    """The active account whose live link carries this secret, or None; one query, none for nonsense."""
    if not _SECRET.fullmatch(secret):
        return None
    live = CalendarFeed.objects.filter(
        token_hash=hash_of(secret), revoked_at__isnull=True, user__is_active=True
    )
    feed = live.select_related("user").first()
    return feed.user if feed else None


# -- the file ------------------------------------------------------------------------------------
def calendar_file(user: Any, now: datetime, base: str) -> bytes:
    """The calendar of a person at a moment: what is dated in every year the person has a function in today.

    From a year back on; extensions of the person's own agencies only. ``base`` stands before addresses. A constant
    number of queries.
    """
    today = local_today(now)
    recent = Q(sealed_at__isnull=True) | Q(ends_on__gte=today - BACK)
    years = {year.pk: year for year in years_for(user, today).filter(recent)}
    found = [
        event
        for event in calendar.of_agencies(
            calendar.events(list(years.values())), _own_agencies(user, today, years)
        )
        if event.end_day >= today - BACK
    ]
    return _calendar(found, years, now, base)


def _own_agencies(user: Any, today: date, years: dict[int, ClusterYear]) -> dict[int, set[int]]:
    """Agencies the person works for, and those whose records of a year these took over; two queries."""
    staff = set(functions_on(user, today).filter(function__in=STAFF).values_list("agency", flat=True))
    own = {pk: set(staff) for pk in years}
    carried = CarryOver.objects.filter(year__in=years, successor__in=staff)
    for year_id, agency_id in carried.values_list("year", "predecessor"):
        own[year_id].add(agency_id)
    return own


def _calendar(
    found: Sequence[calendar.Event], years: dict[int, ClusterYear], now: datetime, base: str
) -> bytes:
    file = Calendar()
    file.add("prodid", "-//Cum thi dua//Lich nam//VI")
    file.add("version", "2.0")
    file.add("calscale", "GREGORIAN")
    file.add("method", "PUBLISH")
    file.add("x-wr-calname", _("Cụm thi đua"))
    file.add("x-wr-timezone", "Asia/Ho_Chi_Minh")
    for event in found:
        file.add_component(_entry(event, years[event.year_id], now, base))
    return bytes(file.to_ical())


def _entry(event: calendar.Event, year: ClusterYear, now: datetime, base: str) -> Entry:
    cluster = year.cluster
    entry = Entry()
    entry.add("uid", f"{event.kind}-{event.year_id}-{event.key or _digest(event)}@cum-thi-dua")
    entry.add("dtstamp", now)
    entry.add("dtstart", event.day)
    entry.add("dtend", event.end_day + timedelta(days=1))  # RFC 5545 3.6.1: the end is left out
    entry.add("summary", f"{event.title} · {cluster.short_name or cluster.name} {year.label}")
    entry.add("transp", "TRANSPARENT")
    entry.add("url", f"{base}{calendar.address(event, year)}")
    return entry


def _digest(event: calendar.Event) -> str:
    return hash_of(f"{event.title}{event.day}")[:16]
