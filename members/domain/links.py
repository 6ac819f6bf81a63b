"""Secret links: the secret has 256 bits, is shown once, and only its SHA-256 is kept.

A link lets its holder take a function, or choose a new password. It works once, until it expires, is revoked, or
whoever made it may not make it any more. A link for a password carries a mark of the password it replaces: once that
has changed, by whatever way, the link is dead.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from datetime import date, datetime
from typing import Any, Final

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from core import audit
from core.dates import local_today
from core.models import AuditEvent
from members.domain.actor import Actor
from members.domain.people import agencies_of
from members.enums import Function, InvitationKind
from members.models import Invitation, Membership, Person
from members.models.person import COUNCIL_FUNCTIONS
from members.scope import functions_on

SECRET_BYTES: Final = 32
_SHAPE: Final = re.compile(r"([A-Za-z0-9_-]{43})(?:\.([0-9a-f]{32}))?")
_SALT: Final = "members.domain.links"


class LinkDead(Exception):
    """The link is unknown, used, expired or revoked; nobody is told which."""


def new_secret() -> str:
    """A secret of 256 bits for an address."""
    return secrets.token_urlsafe(SECRET_BYTES)


def hash_of(secret: str) -> str:
    """What is kept of a secret; it has too many bits to be guessed from its hash, so no salt is needed."""
    return hashlib.sha256(secret.encode()).hexdigest()


def password_mark(account: Any) -> str:
    """A mark of the password that stands now; it changes with the password and tells nothing of it."""
    return salted_hmac(_SALT, f"{account.pk}:{account.password}", algorithm="sha256").hexdigest()[:32]


def find(token: str, now: datetime | None = None) -> Invitation:
    """The invitation a link stands for; raises ``LinkDead``. Six queries at most."""
    shape = _SHAPE.fullmatch(token)
    if shape is None:
        raise LinkDead
    rows = Invitation.objects.select_related("account", "invited_by", "agency")
    row = rows.filter(_open(now or timezone.now()), token_hash=hash_of(shape[1])).first()
    if row is None or not _fits(row, shape[2] or "") or not is_backed(row):
        raise LinkDead
    return row


def _open(now: datetime) -> Q:
    return Q(used_at__isnull=True, revoked_at__isnull=True, expires_at__gt=now)


def _fits(row: Invitation, mark: str) -> bool:
    if row.kind != InvitationKind.PASSWORD:
        return not mark
    account: Any = row.account
    return account.is_active and constant_time_compare(mark, password_mark(account))


def is_backed(row: Invitation) -> bool:
    """Whether whoever made the link might still make it today; a link without a maker is a command's."""
    maker: Any = row.invited_by
    if maker is None:
        return True
    if not maker.is_active or maker.is_superuser:
        return bool(maker.is_active)
    if row.function in COUNCIL_FUNCTIONS:
        return False
    held = functions_on(maker, local_today(timezone.now()))
    if row.account_id and (is_above(row.account) or _does_more(row.account, held)):
        return False
    inside = Membership.objects.filter(year__cluster=OuterRef("cluster"), agency=row.agency_id)
    if row.function == Function.LEADER:  # who only stands in for a leader names no leaders
        held = held.exclude(function=Function.LEADER, stands_for__isnull=False)
    held = held.filter(
        Q(function=Function.LEADER, agency=row.agency_id)
        | Q(function=Function.OFFICER, all_clusters=True)
        | Q(Exists(inside), function=Function.OFFICER)
    )
    return bool(held.exists())


def _does_more(account: Any, held: QuerySet[Person]) -> bool:
    """Whether the account was given more than its maker, who has the functions ``held``, looks after: whoever holds
    the link would get that too.
    """
    officer = held.filter(function=Function.OFFICER)
    if officer.filter(all_clusters=True).exists():
        return False
    actor = Actor(None, "", cluster_ids=frozenset(officer.values_list("cluster", flat=True)))
    led = held.filter(function=Function.LEADER)
    seen = (
        Q(agency__in=agencies_of(actor).values("pk"))
        | Q(agency__in=led.filter(stands_for__isnull=True).values("agency"))
        | Q(~Q(function=Function.LEADER), agency__in=led.values("agency"))
    )
    return held_from(account, local_today(timezone.now())).exclude(seen).exists()


def is_above(account: Any) -> bool:
    """Whether the account is the system office's alone to reset: a superuser, or of the council today or soon."""
    if account.is_superuser:
        return True
    today = local_today(timezone.now())
    return bool(held_from(account, today).filter(function__in=COUNCIL_FUNCTIONS).exists())


def held_from(account: Any, day: date) -> QuerySet[Person]:
    """What the account does on ``day`` or begins to do later."""
    return Person.objects.filter(Q(ends_on__isnull=True) | Q(ends_on__gt=day), user=account.pk)


def use(row: Invitation) -> None:
    """Mark the link as used; raises ``LinkDead`` when somebody else was first. The caller is in a transaction.

    One conditional UPDATE decides: of two at once, one finds no row. The name it was meant for is forgotten.
    """
    now = timezone.now()
    done = Invitation.objects.filter(_open(now), pk=row.pk).update(used_at=now, name="", updated_at=now)
    if not done:
        raise LinkDead


def chain_of(row: Invitation) -> str:
    """The chain in which the making of the link was recorded; the rest of its story belongs there too."""
    made = AuditEvent.objects.filter(target_type=row._meta.label_lower, target_id=str(row.pk)).order_by("id")
    return made.values_list("chain", flat=True).first() or audit.SITE
