"""What every template may use."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from core.access import Can


def page(request: HttpRequest) -> dict[str, Any]:
    """Scope and rights of the request, and the same page in both languages."""
    scope = getattr(request, "scope", None)
    vietnamese, english = _both(request.get_full_path())
    return {
        "scope": scope,
        "can": Can(scope) if scope is not None else None,
        "scope_years": SimpleLazyObject(scope.years) if scope is not None else (),
        "can_admin": scope is not None and bool(scope.is_officer or scope.user.is_superuser),
        "lang_vi_url": vietnamese,
        "lang_en_url": english,
        "nav": "",
    }


def _both(path: str) -> tuple[str, str]:
    """The address in Vietnamese and in English, always on this host; works for addresses that lead nowhere too."""
    path = "/" + path.lstrip("/")  # two slashes would name another host
    if path == "/en" or path.startswith("/en/"):
        path = "/" + path[4:].lstrip("/")
    return path, "/en" + path
