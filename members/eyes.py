"""Through whose eyes a request looks at a cluster-year: one's own, or, for an officer of the council, another's."""

from __future__ import annotations

from django.http import HttpRequest

from members import scope as scopes
from members.scope import Scope


def scope_for(request: HttpRequest, cluster: str, label: str) -> Scope | None:
    """The scope of the request, or None for an outsider; two queries."""
    return scopes.load(request.user, cluster, label)
