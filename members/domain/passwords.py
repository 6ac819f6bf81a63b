"""A new password by a link: a leader or an officer hands it to whoever forgot the old one; no mail is needed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core import audit
from core.accounts_sessions import end_sessions
from core.errors import DomainError
from members.domain import links
from members.domain.invitations import password_problems, picture, record
from members.domain.people import again, lock_agency, managed_ids, may_change, stands_in_only
from members.enums import Function, InvitationKind
from members.models import Invitation, Person
from members.scope import Scope


def reset_problem(scope: Scope, person: Person) -> str:
    """Why the person of the scope may not let this account choose a new password; empty when nothing speaks against.

    Whoever holds the link could act as the account, so the one who makes it must look after everything it does today
    and is given to do later.
    """
    account: Any = person.user
    if account.pk == scope.user_key():
        return _("Với tài khoản của chính bạn, dùng “Đổi mật khẩu”.")
    if not account.is_active:
        return _("Tài khoản này đã khóa.")
    if scope.user.is_superuser:
        return ""
    if links.is_above(account):
        return _("Tài khoản của quản trị hệ thống và của Hội đồng do quản trị hệ thống đặt lại mật khẩu.")
    held = list(links.held_from(account, scope.today).values_list("agency", "function"))
    if not held:
        return _("Người này đã thôi chức năng; hãy giao chức năng mới.")
    if {agency for agency, _function in held} - managed_ids(scope):
        return _(
            "Tài khoản này còn làm việc cho đơn vị khác: nhờ chuyên viên Thường trực Hội đồng đặt lại mật khẩu."
        )
    if stands_in_only(scope, person.agency_id) and account.pk in {hat.stands_for for hat in scope.hats}:
        return _("Người làm thay không đặt lại được mật khẩu của người mình thay.")
    if any(function == Function.LEADER and stands_in_only(scope, agency) for agency, function in held):
        return _("Người làm thay không đặt lại được mật khẩu của lãnh đạo đơn vị.")
    return ""


def make_link(scope: Scope, person_id: int) -> tuple[Invitation, str]:
    """A link with which the account of a person chooses a new password, and its token, told once.

    Effects in order: lock of the agency, earlier links of the account revoked, row, audit. Raises
    ``Person.DoesNotExist``, ``Refused``, ``DomainError`` (``reset_problem``).
    """
    with transaction.atomic():
        lock_agency(Person.objects.values_list("agency", flat=True).get(pk=person_id))
        scope = again(scope)
        person = Person.objects.select_related("user").get(pk=person_id)
        may_change(scope, person)
        if sentence := reset_problem(scope, person):
            raise DomainError(sentence)
        now = timezone.now()
        _open_links(person.user_id).update(revoked_at=now, updated_at=now)
        secret = links.new_secret()
        row = Invitation.objects.create(
            kind=InvitationKind.PASSWORD, token_hash=links.hash_of(secret), agency_id=person.agency_id,
            account_id=person.user_id, invited_by_id=scope.user_key(), person=person,
            expires_at=now + timedelta(hours=settings.PASSWORD_LINK_HOURS),
        )  # fmt: skip
        record(scope, "password_link", row, after=picture(row))
    return row, f"{secret}.{links.password_mark(person.user)}"


def _open_links(user_id: int) -> Any:
    return Invitation.objects.filter(
        kind=InvitationKind.PASSWORD, account=user_id, used_at__isnull=True, revoked_at__isnull=True
    )


def choose(token: str, password: str) -> Any:
    """Give the account of a link its new password; returns the account.

    Effects in order: link used, password, every session of the account ended, audit. Raises ``LinkDead``,
    ``DomainError`` with what the validators say; nothing is written then.
    """
    account: Any = links.find(token).account
    if problems := password_problems(password, account):
        raise DomainError(problems)
    hashed = make_password(password)  # takes its time, so before the locks
    with transaction.atomic():
        row = links.find(token)
        if row.kind != InvitationKind.PASSWORD:
            raise links.LinkDead
        links.use(row)
        known: Any = row.account
        locked: Any = get_user_model()._default_manager.select_for_update(of=("self",)).get(pk=known.pk)
        if locked.password != known.password:  # changed since the link was found
            raise links.LinkDead
        locked.password = hashed
        locked.save(update_fields=["password"])
        end_sessions(locked.pk)
        audit.record(
            links.chain_of(row), "password_reset", locked, actor_id=locked.pk, role=f"invitation:{row.pk}"
        )
    return locked
