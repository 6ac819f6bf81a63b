"""Who must sign in: everybody, except on pages that are marked open."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponseBase


class SignInUnlessOpen(LoginRequiredMiddleware):
    """Sign-in for every page that is not marked open; an open page never touches session or user.

    Django's own middleware asks for the user first, which costs two queries and puts ``Vary: Cookie`` on bytes that are
    the same for everybody.
    """

    def process_view(
        self,
        request: HttpRequest,
        view_func: Callable[..., Any],
        view_args: tuple[Any, ...],
        view_kwargs: dict[str, Any],
    ) -> HttpResponseBase | None:
        """Let open pages pass untouched."""
        if not getattr(view_func, "login_required", True):
            return None
        return super().process_view(request, view_func, view_args, view_kwargs)
