"""What every template may use."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import translate_url
from django.utils.functional import SimpleLazyObject

from core.access import Can


def page(request: HttpRequest) -> dict[str, Any]:
    """Scope and rights of the request, and the same page in both languages."""
    scope = getattr(request, "scope", None)
    path = request.get_full_path()
    return {
        "scope": scope,
        "can": Can(scope) if scope is not None else None,
        "scope_years": SimpleLazyObject(scope.years) if scope is not None else (),
        "lang_vi_url": SimpleLazyObject(lambda: translate_url(path, "vi")),
        "lang_en_url": SimpleLazyObject(lambda: translate_url(path, "en")),
        "nav": "",
    }
