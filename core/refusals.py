"""Nobody is refused without a trace: a refused write is in the audit, a refused read in the security log."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse

from core import audit
from core.retry import once_more

security = logging.getLogger("security")
GetResponse = Callable[[HttpRequest], HttpResponse]
REFUSED = (403, 404)
READS = ("GET", "HEAD", "OPTIONS")
LONGEST_PATH = 200
SECRETS = ("token", "secret")  # parts of addresses that open something by themselves


class Refusals:
    """Every write of a signed-in person that is answered 403, or 404 at an address that exists, leaves an event.

    The event names account, role, address, the page and the sentence that was told; never what was typed. It stands in
    the chain of the cluster for an insider, in the chain of the installation for everybody else.
    """

    def __init__(self, get_response: GetResponse) -> None:
        """Keep the next layer."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Look at the answer."""
        response = self.get_response(request)
        match = request.resolver_match
        reads = request.method in READS
        if response.status_code not in REFUSED or match is None or (reads and not _is_known(request)):
            return response
        if not request.user.is_authenticated:
            return response
        if reads:
            security.info(
                "refused status=%s user=%s path=%s", response.status_code, request.user.pk, told_path(request)
            )
        else:
            once_more(lambda: record(request, response.status_code))
        return response


def _is_known(request: HttpRequest) -> bool:
    """Whether the page has asked who reads; a page that stands open to everybody is not asked in hindsight."""
    return hasattr(request, "_cached_user")


def record(request: HttpRequest, status: int) -> None:
    """One event about a write that was refused."""
    scope: Any = getattr(request, "scope", None)
    office: Any = getattr(request, "office", None)
    role = scope.audit_role if scope else office.actor.role if office else ""
    match = request.resolver_match
    audit.record(
        audit.cluster_chain(scope.cluster.pk) if scope else audit.SITE,
        "refused",
        request.user,  # type: ignore[arg-type] # signed in: an account
        actor_id=getattr(scope, "watcher_id", None) or request.user.pk,
        role=role,
        after={
            "status": status,
            "method": request.method,
            "page": match.view_name if match else "",
            "path": told_path(request),
        },
        reason=str(getattr(request, "refusal", "")),
    )


def told_path(request: HttpRequest) -> str:
    """The address without the secret of a link: what is written down for ever must not open anything."""
    path, match = request.path, request.resolver_match
    for name in SECRETS if match else ():
        secret = match.kwargs.get(name) if match else None
        path = path.replace(secret, "…") if secret else path
    return path[:LONGEST_PATH]
