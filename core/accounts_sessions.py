"""The sessions of an account: listed from sign-in to sign-out, ended by time, by their owner or by the office.

Words: a *session* is one signed-in browser. Its row in the session table decides; the row of allauth's list only says
whose it is. Where the row of the session is gone, the browser is signed out at its next request. Two moments are kept
in the session itself, in seconds since 1970: when one signed in, and when one was last seen (told once a minute).
"""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from allauth.core.internal import ratelimit
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.models import Session
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

SIGNED_IN, SEEN = "signed_in_at", "seen_at"
TELL_EVERY = 60  # seconds
IDLE, LONG = "nghi", "lau"  # why a session is over
_LONGEST_AGENT = 200


# -- limits (R6) ---------------------------------------------------------------------------------
def why_over(session: Any, now: float) -> str:
    """Why a signed-in session is over at ``now``: ``IDLE``, ``LONG``, or empty while it runs.

    A clock set back ends nothing; as the last use is told once a minute, idle sessions get a minute more. A session
    without its moments is from before they were kept, and over.
    """
    signed_in, seen = session.get(SIGNED_IN), session.get(SEEN)
    if signed_in is None or seen is None:
        return LONG
    if is_remembered(session):
        return LONG if now - signed_in > settings.SESSION_REMEMBER_DAYS * 86_400 else ""
    if now - signed_in > settings.SESSION_MAX_HOURS * 3600:
        return LONG
    return IDLE if now - seen > settings.SESSION_IDLE_MINUTES * 60 + TELL_EVERY else ""


def is_remembered(session: Any) -> bool:
    """Whether the person asked to be remembered on this machine (allauth gives such a session an age of its own)."""
    return bool(session.get("_session_expiry"))


def tell_seen(session: Any, now: float) -> None:
    """Note that the session was used, at most once a minute: each note is a write."""
    if abs(now - session.get(SEEN, 0)) >= TELL_EVERY:
        session[SEEN] = now


# -- the list ------------------------------------------------------------------------------------
def signed_in(sender: Any, request: HttpRequest, user: Any, **_kwargs: Any) -> None:
    """Start the moments of the session and list it; what ended without signing out leaves the list."""
    now = time.time()
    request.session[SIGNED_IN] = request.session[SEEN] = now
    if (
        not request.session.session_key
    ):  # another account was signed in here: its session is gone, this has no key yet
        request.session.save()
    _forget_ended(user.pk)
    _list(request, user)


def signed_out(sender: Any, request: HttpRequest, user: Any, **_kwargs: Any) -> None:
    """Take the session off the list."""
    if request.session.session_key:
        UserSession.objects.filter(session_key=request.session.session_key).delete()


def password_was_changed(sender: Any, request: HttpRequest, user: Any, **_kwargs: Any) -> None:
    """A new password ends every other session; the session it was changed in has got a new key."""
    end_sessions(user.pk, keep=request.session.session_key)
    _list(request, user)


def _list(request: HttpRequest, user: Any) -> None:
    UserSession.objects.update_or_create(
        session_key=request.session.session_key,
        defaults={
            "user": user,
            "ip": ratelimit.get_ip(request) if request.META.get("REMOTE_ADDR") else "0.0.0.0",  # noqa: S104
            "user_agent": request.META.get("HTTP_USER_AGENT", "")[:_LONGEST_AGENT],
            "created_at": timezone.now(),
        },
    )


def _forget_ended(user_id: int) -> None:
    running = Session.objects.filter(expire_date__gt=timezone.now()).values("session_key")
    UserSession.objects.filter(user=user_id).exclude(session_key__in=running).delete()


def end_sessions(user_id: int, keep: str | None = None) -> int:
    """Sign the account out everywhere at once, but for the session ``keep``; how many sessions were ended."""
    listed = UserSession.objects.filter(user=user_id)
    if keep:
        listed = listed.exclude(session_key=keep)
    return _end(listed)


def end_session(user_id: int, pk: int, keep: str | None = None) -> int:
    """Sign one session of the account out; 0 when it is not this account's, is ``keep`` or has ended already."""
    return _end(UserSession.objects.filter(user=user_id, pk=pk).exclude(session_key=keep or ""))


def _end(listed: Any) -> int:
    keys = list(listed.values_list("session_key", flat=True))
    ended, _by_model = Session.objects.filter(session_key__in=keys).delete()
    UserSession.objects.filter(session_key__in=keys).delete()
    return ended


@dataclass(frozen=True)
class Listed:
    """A session as its owner sees it."""

    pk: int
    device: str
    address: str
    signed_in_at: datetime
    seen_at: datetime
    remembered: bool
    this: bool


def sessions_of(user_id: int, current: str | None) -> list[Listed]:
    """The running sessions of an account, this one first, then those seen last; two queries."""
    rows = {row.session_key: row for row in UserSession.objects.filter(user=user_id)}
    now, found = time.time(), []
    for stored in Session.objects.filter(session_key__in=list(rows), expire_date__gt=timezone.now()):
        data, row = stored.get_decoded(), rows[stored.session_key]
        if str(data.get("_auth_user_id")) != str(user_id) or why_over(data, now):
            continue
        found.append(
            Listed(
                row.pk, device_words(row.user_agent), row.ip, _moment(data[SIGNED_IN]), _moment(data[SEEN]),
                is_remembered(data), stored.session_key == current,
            )
        )  # fmt: skip
    return sorted(found, key=lambda one: (not one.this, -one.seen_at.timestamp(), one.pk))


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


_BROWSERS = (
    ("Edg", "Edge"), ("OPR", "Opera"), ("coc_coc", "Cốc Cốc"), ("SamsungBrowser", "Samsung Internet"),
    ("Firefox|FxiOS", "Firefox"), ("Chrome|CriOS|Chromium", "Chrome"), ("Safari", "Safari"),
)  # fmt: skip
_SYSTEMS = (
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"),
    ("Macintosh|Mac OS", "macOS"), ("CrOS", "ChromeOS"), ("Linux", "Linux"),
)  # fmt: skip


def device_words(agent: str) -> str:
    """``Chrome trên Windows`` from what a browser says of itself; it may say what it likes."""
    browser = next((name for sign, name in _BROWSERS if re.search(sign, agent)), "")
    system = next((name for sign, name in _SYSTEMS if re.search(sign, agent)), "")
    if browser and system:
        return _("%(browser)s trên %(system)s") % {"browser": browser, "system": system}
    return browser or system or _("Trình duyệt không rõ")
