"""Invitations: a link that makes its holder a person of an agency, in a new account or in the own one."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import audit
from core.access import check
from core.errors import DomainError, Problem
from core.folding import clean_line
from core.people import split_name
from members.domain import links
from members.domain.people import (
    Given,
    again,
    giving_problems,
    held_already,
    lock_agency,
    managed_ids,
    scope_of,
)
from members.enums import InvitationKind
from members.models import Invitation, Person
from members.models.person import COUNCIL_FUNCTIONS
from members.scope import Scope

LONGEST_PASSWORD: Final = 256
LONGEST_NAME: Final = 150
USERNAME: Final = re.compile(r"[a-z0-9](?:[a-z0-9._-]{1,28})[a-z0-9]")
# One sentence for a name of the wrong shape and for one that is taken: it tells nothing about other accounts.
USERNAME_REFUSED: Final = gettext_lazy(
    "Chưa dùng được tên đăng nhập này. Chọn tên khác: 3–30 ký tự, chữ thường không dấu, chữ số, dấu chấm, gạch ngang."
)


@dataclass(frozen=True, slots=True)
class Newcomer:
    """What somebody without an account gives."""

    name: str
    username: str
    password: str


# -- making ---------------------------------------------------------------------------------------
def invite(scope: Scope, given: Given, name: str) -> tuple[Invitation, str]:
    """An invitation and its secret, which is told once and never stored.

    Effects in order: lock of the agency, row, audit (without the name it is meant for). Raises ``Refused``,
    ``DomainError``.
    """
    with transaction.atomic():
        lock_agency(given.agency_id)
        scope = again(scope)
        check(scope, "people_manage", Person(agency_id=given.agency_id, function=given.function))
        problems = giving_problems(scope, given)
        if not clean_line(name):
            problems.append(Problem(_("Ghi lời mời này gửi cho ai."), "name"))
        if problems:
            raise DomainError(problems)
        secret = links.new_secret()
        row = Invitation.objects.create(
            kind=InvitationKind.JOIN, token_hash=links.hash_of(secret), name=clean_line(name)[:LONGEST_NAME],
            agency_id=given.agency_id, function=given.function, post=clean_line(given.post),
            starts_on=given.starts_on, ends_on=given.ends_on, invited_by_id=scope.user_key(),
            expires_at=timezone.now() + timedelta(days=settings.INVITATION_DAYS),
            **scope_of(given.function, scope),
        )  # fmt: skip
        record(scope, "invitation_add", row, after=picture(row))
    return row, secret


def revoke(scope: Scope, pk: int) -> Invitation:
    """Make a link worthless at once; twice is once.

    Effects in order: row (its name is forgotten), audit. Raises ``Invitation.DoesNotExist`` (none that the person may
    see, or used already), ``Refused``.
    """
    with transaction.atomic():
        row = open_links(scope).select_for_update(of=("self",)).get(pk=pk)
        check(scope, "people_manage", row)
        row.revoked_at, row.name = timezone.now(), ""
        row.save(update_fields=["revoked_at", "name", "updated_at"])
        record(scope, "invitation_revoke", row, after={"revoked_at": row.revoked_at})
    return row


def open_links(scope: Scope, managed: Collection[int] | None = None) -> QuerySet[Invitation]:
    """Links that are neither used nor revoked, of agencies whose people this person looks after; expired ones too."""
    mine = Q(agency__in=managed_ids(scope) if managed is None else managed)
    if scope.user.is_superuser:
        mine |= Q(function__in=COUNCIL_FUNCTIONS, cluster=scope.year.cluster_id)
    return Invitation.objects.filter(mine, used_at__isnull=True, revoked_at__isnull=True)


def picture(row: Invitation) -> dict[str, Any]:
    """The invitation for the audit: no secret, no name."""
    return audit.snapshot(row, "token_hash", "name")


def record(scope: Scope, action: str, row: Invitation, **more: Any) -> None:
    """One event about a link, in the chain of the cluster."""
    audit.record(
        audit.cluster_chain(scope.year.cluster_id), action, row,
        actor_id=scope.user_key(), role=scope.audit_role, **more,
    )  # fmt: skip


# -- accepting ------------------------------------------------------------------------------------
def accept_as_new(token: str, newcomer: Newcomer) -> Person:
    """A new account that holds the function, and no other right.

    Effects in order: account, link used, function, audit. Raises ``LinkDead``, ``DomainError`` with nothing written.
    """
    links.find(token)
    account = _account(newcomer)
    if problems := newcomer_problems(newcomer, account):
        raise DomainError(problems)
    account.password = make_password(newcomer.password)  # takes its time, so before the locks
    with transaction.atomic():
        row = _taken(token)
        if username_taken(account.username):
            raise DomainError(str(USERNAME_REFUSED), "username")
        try:
            with transaction.atomic():
                account.save(force_insert=True)
        except IntegrityError:
            raise DomainError(str(USERNAME_REFUSED), "username") from None
        return _join(row, account, new=True)


def accept_as(token: str, account: Any) -> Person:
    """The function for an account that exists.

    Effects in order: lock of the agency, link used, function, audit. Raises ``LinkDead``, ``DomainError`` for whoever
    made the link, and when the account holds the function in those days already.
    """
    with transaction.atomic():
        lock_agency(links.find(token).agency_id)
        row = _taken(token)
        if row.invited_by_id == account.pk:
            raise DomainError(_("Không ai tự giao chức năng cho mình."))
        if held_already(account.pk, given_of(row)):
            raise DomainError(_("Tài khoản của bạn đã giữ chức năng này ở đơn vị trong những ngày đó."))
        return _join(row, account, new=False)


def _taken(token: str) -> Invitation:
    row = links.find(token)
    if row.kind != InvitationKind.JOIN:
        raise links.LinkDead
    links.use(row)
    return row


def _join(row: Invitation, account: Any, *, new: bool) -> Person:
    given = given_of(row)
    person = Person.objects.create(
        user_id=account.pk, agency_id=row.agency_id, function=row.function, post=row.post,
        starts_on=given.starts_on, ends_on=row.ends_on, cluster_id=row.cluster_id, all_clusters=row.all_clusters,
    )  # fmt: skip
    Invitation.objects.filter(pk=row.pk).update(person=person)
    audit.record(
        links.chain_of(row), "invitation_accept", person,
        actor_id=account.pk, role=f"invitation:{row.pk}", after=audit.snapshot(person) | {"newcomer": new},
    )  # fmt: skip
    return person


def given_of(row: Invitation) -> Given:
    """The function of an invitation."""
    starts_on: date = row.starts_on  # type: ignore[assignment] # the database demands it of an invitation
    return Given(row.agency_id, row.function, row.post, starts_on, row.ends_on)


# -- the new account ------------------------------------------------------------------------------
def clean_username(typed: str) -> str:
    """The composed form of what was typed; capitals stay and are refused, so that what one sees is what one types."""
    return unicodedata.normalize("NFKC", clean_line(typed))


def username_taken(username: str) -> bool:
    """Whether an account has the name, in capitals or not."""
    return bool(get_user_model()._default_manager.filter(username__iexact=username).exists())


def _account(newcomer: Newcomer) -> Any:
    family, given = split_name(clean_line(newcomer.name)[:LONGEST_NAME])
    return get_user_model()(
        username=clean_username(newcomer.username), last_name=family, first_name=given, is_active=True
    )


def newcomer_problems(newcomer: Newcomer, account: Any) -> list[Problem]:
    """Everything wrong with what a newcomer gives; fields are those of ``Newcomer``."""
    problems = []
    if not clean_line(newcomer.name):
        problems.append(Problem(_("Ghi họ và tên."), "name"))
    if not USERNAME.fullmatch(account.username) or username_taken(account.username):
        problems.append(Problem(str(USERNAME_REFUSED), "username"))
    return problems + password_problems(newcomer.password, account)


def password_problems(password: str, account: Any) -> list[Problem]:
    """What the validators say against a password."""
    if len(password) > LONGEST_PASSWORD:
        return [Problem(_("Mật khẩu dài quá %(most)s ký tự.") % {"most": LONGEST_PASSWORD}, "password")]
    try:
        validate_password(password, account)
    except ValidationError as error:
        return [Problem(sentence, "password") for sentence in error.messages]
    return []


def sweep(now: datetime | None = None) -> int:
    """Forget for whom links were meant that nobody can use any more; how many."""
    dead = Q(expires_at__lte=now or timezone.now()) | Q(used_at__isnull=False) | Q(revoked_at__isnull=False)
    return Invitation.objects.filter(dead).exclude(name="").update(name="", updated_at=timezone.now())
