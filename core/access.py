"""Who may do what: one registry of rights, one decorator for pages. Deny by default.

A right is a ``rules`` predicate over ``(scope, obj)``; the scope is what members.scope loads for a person, a cluster
and a year. An anonymous visitor is sent to sign in, an outsider gets 404, an insider without the right 403 with a
sentence that says who may and when.
"""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotAllowed
from rules.predicates import Predicate

from core.errors import Refused
from core.retry import once_more

security = logging.getLogger("security")


@dataclass(frozen=True)
class Right:
    """A permission: its name, predicate over (scope, obj), who may (a sentence), and the feature a phase must open."""

    name: str
    predicate: Predicate
    who: Any
    feature: str = ""


class ScopeLike(Protocol):
    """What this module needs of a scope."""

    def refusal(self, right: Right) -> str:
        """The sentence that says who may and when."""

    def user_key(self) -> int:
        """The id of the account."""


RIGHTS: dict[str, Right] = {}
_loader: list[Callable[[Any, str, str], ScopeLike | None]] = []


def add_right(name: str, predicate: Predicate, who: Any, feature: str = "") -> None:
    """Register a right once; a second one of the same name raises ``KeyError``."""
    if name in RIGHTS:
        raise KeyError(name)
    RIGHTS[name] = Right(name, predicate, who, feature)


def set_scope_loader(loader: Callable[[Any, str, str], ScopeLike | None]) -> None:
    """Tell core how a scope is loaded (user, cluster slug, year label); None means: an outsider."""
    _loader[:] = [loader]


def may(scope: ScopeLike, name: str, obj: object = None) -> bool:
    """Whether the scope holds the right; an unknown name raises ``KeyError``."""
    return bool(RIGHTS[name].predicate.test(scope, obj))


def check(scope: ScopeLike, name: str, obj: object = None) -> None:
    """Raise ``Refused`` with a sentence on who may and when, unless the scope holds the right."""
    right = RIGHTS[name]
    if not right.predicate.test(scope, obj):
        security.info("refused right=%s user=%s", name, scope.user_key())
        raise Refused(scope.refusal(right))


class Can:
    """``can.activity_add`` in a template."""

    def __init__(self, scope: ScopeLike) -> None:
        """Remember whose rights are asked for."""
        self._scope = scope

    def __getitem__(self, name: str) -> bool:
        """Whether the scope holds the right, without an object."""
        return may(self._scope, name)


View = Callable[..., HttpResponseBase]


def page(right: str, *, methods: tuple[str, ...] = ("GET",), write_right: str = "") -> Callable[[View], View]:
    """A working page below ``/lam-viec/<cluster>/<label>/``.

    Sets ``request.scope``; answers 404 to outsiders, 403 without the right, 405 to other methods. ``write_right`` is
    asked for in addition when the request writes.
    """

    def decorate(view: View) -> View:
        @functools.wraps(view)
        def inner(request: HttpRequest, cluster: str, label: str, **kwargs: Any) -> HttpResponseBase:
            allowed = (*methods, "HEAD") if "GET" in methods else methods
            if request.method not in allowed:
                return HttpResponseNotAllowed(allowed)
            scope = _loader[0](request.user, cluster, label)
            if scope is None:
                security.info("outsider user=%s path=%s", getattr(request.user, "pk", None), request.path)
                raise Http404
            request.scope = scope  # type: ignore[attr-defined]
            check(scope, right)
            if write_right and request.method == "POST":
                check(scope, write_right)
            return once_more(lambda: view(request, **kwargs))

        inner.right = right  # type: ignore[attr-defined]
        inner.write_right = write_right or right  # type: ignore[attr-defined]
        inner.methods = methods  # type: ignore[attr-defined]
        return inner

    return decorate


def public(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A page open to everybody, with the same bytes for everybody; never touches session or user."""

    @functools.wraps(view)
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET", "HEAD"])
        response = view(request, *args, **kwargs)
        response.headers.setdefault("Cache-Control", "public, max-age=300")
        return response

    inner.login_required = False  # type: ignore[attr-defined]
    inner.right = "public"  # type: ignore[attr-defined]
    return inner
