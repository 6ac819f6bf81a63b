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
from typing import Any, NoReturn, Protocol

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotAllowed
from django.utils.translation import gettext as _
from rules.predicates import Predicate

from core.errors import Refused
from core.retry import once_more

security = logging.getLogger("security")


@dataclass(frozen=True)
class Right:
    """A permission: its name, predicate over (scope, obj), who may (a sentence), the feature a phase must open."""

    name: str
    predicate: Predicate
    who: Any
    feature: str = ""
    above: bool = False  # asked with what a person may above the clusters, not with a scope


class ScopeLike(Protocol):
    """What this module needs of a scope."""

    def refusal(self, right: Right) -> str:
        """The sentence that says who may and when."""

    def user_key(self) -> int:
        """The id of the account."""


Gate = Callable[[HttpRequest, Any], HttpResponseBase | None]
RIGHTS: dict[str, Right] = {}
_loader: list[Callable[[HttpRequest, str, str], ScopeLike | None]] = []
_office_loader: list[Callable[[HttpRequest], ScopeLike | None]] = []
_gates: list[Gate] = []


def add_right(name: str, predicate: Predicate, who: Any, feature: str = "", *, above: bool = False) -> None:
    """Register a right once; a second one of the same name raises ``KeyError``."""
    if name in RIGHTS:
        raise KeyError(name)
    RIGHTS[name] = Right(name, predicate, who, feature, above)


def set_scope_loader(loader: Callable[[HttpRequest, str, str], ScopeLike | None]) -> None:
    """Tell core how a scope is loaded (request, cluster slug, year label); None means: an outsider."""
    _loader[:] = [loader]


def set_office_loader(loader: Callable[[HttpRequest], ScopeLike | None]) -> None:
    """Tell core how what a person may above the clusters is loaded (request); None means: an outsider."""
    _office_loader[:] = [loader]


def add_gate(gate: Gate) -> None:
    """Register what every working page passes before its view: an answer stops the request, None lets it on.

    Asked with the request and the scope or office, after the right.
    """
    _gates.append(gate)


def may(scope: ScopeLike, name: str, obj: object = None) -> bool:
    """Whether the scope holds the right; an unknown name raises ``KeyError``."""
    return bool(RIGHTS[name].predicate.test(scope, obj))


def check(scope: ScopeLike, name: str, obj: object = None) -> None:
    """Raise ``Refused`` with a sentence on who may and when, unless the scope holds the right."""
    right = RIGHTS[name]
    if not right.predicate.test(scope, obj):
        security.info(
            "refused right=%s user=%s", name, getattr(scope, "watcher_id", None) or scope.user_key()
        )
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
            scope = _loader[0](request, cluster, label)
            if scope is None:
                _outsider(request)
            request.scope = scope  # type: ignore[attr-defined]
            stopped = _pass(request, scope, right, write_right)
            return stopped or once_more(lambda: view(request, **kwargs))

        inner.right = right  # type: ignore[attr-defined]
        inner.write_right = write_right or right  # type: ignore[attr-defined]
        inner.methods = methods  # type: ignore[attr-defined]
        return inner

    return decorate


def office_page(
    right: str, *, methods: tuple[str, ...] = ("GET",), write_right: str = ""
) -> Callable[[View], View]:
    """A page above the clusters, for the council and the system's office.

    Sets ``request.office``; answers 404 to whoever holds no office, 403 without the right, 405 to other methods.
    """

    def decorate(view: View) -> View:
        @functools.wraps(view)
        def inner(request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
            allowed = (*methods, "HEAD") if "GET" in methods else methods
            if request.method not in allowed:
                return HttpResponseNotAllowed(allowed)
            office = _office_loader[0](request)
            if office is None:
                _outsider(request)
            request.office = office  # type: ignore[attr-defined]
            stopped = _pass(request, office, right, write_right)
            return stopped or once_more(lambda: view(request, **kwargs))

        inner.right = right  # type: ignore[attr-defined]
        inner.write_right = write_right or right  # type: ignore[attr-defined]
        inner.methods = methods  # type: ignore[attr-defined]
        inner.above = True  # type: ignore[attr-defined]
        return inner

    return decorate


def own_page(*, methods: tuple[str, ...] = ("GET",)) -> Callable[[View], View]:
    """A page about oneself, for everybody who is signed in: sessions, second factor, calendar link."""

    def decorate(view: View) -> View:
        @functools.wraps(view)
        def inner(request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
            allowed = (*methods, "HEAD") if "GET" in methods else methods
            if request.method not in allowed:
                return HttpResponseNotAllowed(allowed)
            return once_more(lambda: view(request, **kwargs))

        inner.right = "own"  # type: ignore[attr-defined]
        inner.methods = methods  # type: ignore[attr-defined]
        return inner

    return decorate


def _outsider(request: HttpRequest) -> NoReturn:
    security.info("outsider user=%s path=%s", getattr(request.user, "pk", None), request.path)
    raise Http404


def _pass(request: HttpRequest, scope: Any, right: str, write_right: str) -> HttpResponseBase | None:
    check(scope, right)
    if request.method == "POST":
        if getattr(scope, "watcher_id", None):
            raise Refused(_("Bạn đang xem như người khác: chỉ xem, không ghi được gì."))
        if write_right:
            check(scope, write_right)
    return next((answer for gate in _gates if (answer := gate(request, scope)) is not None), None)


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
