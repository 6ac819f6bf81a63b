"""Through whose eyes a request looks at a cluster-year: one's own, or, for an officer of the council, another's.

Looking as another is read only: ``core.access`` refuses every POST of a scope with a ``watcher_id``. Pages that belong
to no cluster-year (the account, the admin site) stay the officer's own. What is seen are the other's own pages, drafts
too; that is what the officer helps with, and the audit says so.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from django.contrib.auth import get_user_model
from django.contrib.auth.signals import user_logged_out
from django.db import transaction
from django.dispatch import receiver
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from core import audit
from core.access import check
from core.errors import DomainError
from core.folding import clean_line
from core.people import full_name
from members import scope as scopes
from members.domain.links import is_above
from members.models import Person
from members.scope import Scope, functions_on

SESSION: Final = "view_as"
LONGEST: Final = timedelta(minutes=60)


def scope_for(request: HttpRequest, cluster: str, label: str) -> Scope | None:
    """The scope of the request, or None for an outsider; two queries, four and the other's account when viewing as.

    Viewing ends by itself when the hour is over, when the officer's function ends, and when the other's does.
    """
    kept = _kept(request)
    own = scopes.load(request.user, cluster, label)
    if kept is None or kept["cluster"] != cluster:
        return own
    other = _other(kept["person"]) if own is not None and may_still(own, kept) else None
    seen = scopes.load(other, cluster, label, watcher_id=request.user.pk) if other is not None else None
    if seen is None and (other is None or kept["label"] == label):
        forget(request)
        return own
    return seen


def _kept(request: HttpRequest) -> dict[str, Any] | None:
    session = getattr(request, "session", None)
    return session.get(SESSION) if session is not None else None


def forget(request: HttpRequest) -> None:
    """Look through one's own eyes again."""
    request.session.pop(SESSION, None)


def may_still(own: Scope, kept: dict[str, Any]) -> bool:
    """Whether the officer of then is still one, and the hour is not over."""
    return own.is_officer and timezone.now() < datetime.fromisoformat(kept["until"])


def _other(person_id: int) -> Any:
    """The account of a person who holds the function today; None for those nobody looks through."""
    account = get_user_model()._default_manager.filter(people=person_id, is_active=True).first()
    if account is None or is_above(account):
        return None
    today = scopes.local_today(timezone.now())
    return account if functions_on(account, today).filter(pk=person_id).exists() else None


def watching(request: HttpRequest) -> dict[str, Any] | None:
    """For the banner of pages outside a cluster-year: whom the session looks as, and where it began."""
    kept = _kept(request)
    if kept is None or timezone.now() >= datetime.fromisoformat(kept["until"]):
        return None
    return kept


def address(request: HttpRequest) -> str:
    """The home of the year in which viewing began; empty when one looks through one's own eyes."""
    kept = watching(request)
    return reverse("year_home", kwargs={"cluster": kept["cluster"], "label": kept["label"]}) if kept else ""


# -- beginning and ending -------------------------------------------------------------------------
def refusal(scope: Scope, person: Person) -> str:
    """Why this person cannot be looked as; empty when nothing speaks against."""
    account: Any = person.user
    if account.pk == scope.user_key():
        return _("Bạn đang là chính mình.")
    if not account.is_active:
        return _("Tài khoản này đã khóa.")
    if is_above(account):
        return _("Không xem như quản trị hệ thống hay người của Hội đồng.")
    if not functions_on(account, scope.today).filter(pk=person.pk).exists():
        return _("Người này không giữ chức năng hôm nay.")
    return ""


def start(request: HttpRequest, scope: Scope, person: Person, reason: str) -> None:
    """Look at this cluster as another person for at most an hour.

    Effects in order: audit in the chain of the cluster, session. Raises ``Refused`` for anybody but an officer of the
    cluster, ``DomainError`` without a reason, and for a person who cannot be looked as.
    """
    check(scope, "view_as")
    if not clean_line(reason):
        raise DomainError(_("Ghi lý do xem."), "reason")
    if sentence := refusal(scope, person):
        raise DomainError(sentence)
    if scopes.load(person.user, scope.cluster.slug, scope.year.label) is None:
        raise DomainError(_("Người này không mở được năm này."))
    until = timezone.now() + LONGEST
    with transaction.atomic():
        audit.record(
            audit.cluster_chain(scope.year.cluster_id), "view_as_start", person, actor_id=scope.user_key(),
            role=scope.audit_role, reason=clean_line(reason),
            after={"user_id": person.user_id, "until": until, "drafts": True},
        )  # fmt: skip
    request.session[SESSION] = {
        "person": person.pk, "cluster": scope.cluster.slug, "label": scope.year.label, "until": until.isoformat(),
        "cluster_id": scope.year.cluster_id, "role": scope.audit_role, "name": full_name(person.user),
    }  # fmt: skip


def stop(request: HttpRequest, user_id: int | None) -> str:
    """Look through one's own eyes again; the address where viewing began, empty when nobody was looked as.

    Effects in order: session, audit.
    """
    kept = _kept(request)
    if kept is None:
        return ""
    forget(request)
    person = Person.objects.filter(pk=kept["person"]).first()
    if person is not None:
        with transaction.atomic():
            audit.record(
                audit.cluster_chain(kept["cluster_id"]),
                "view_as_stop",
                person,
                actor_id=user_id,
                role=kept["role"],
            )
    return reverse("year_home", kwargs={"cluster": kept["cluster"], "label": kept["label"]})


@receiver(user_logged_out, dispatch_uid="members.eyes.signed_out")
def signed_out(request: HttpRequest, user: Any, **_kwargs: Any) -> None:
    """Signing out ends viewing."""
    if request is not None and hasattr(request, "session"):
        stop(request, getattr(user, "pk", None))
