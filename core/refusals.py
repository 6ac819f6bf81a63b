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
        if response.status_code not in REFUSED or match is None or not request.user.is_authenticated:
            return response
        if request.method in READS:
            security.info(
                "refused status=%s user=%s path=%s", response.status_code, request.user.pk, request.path
            )
        else:
            once_more(lambda: record(request, response.status_code))
        return response


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
            "path": request.path[:LONGEST_PATH],
        },
        reason=str(getattr(request, "refusal", "")),
    )
