"""Rights and the decorator of working pages: deny by default, each refusal in its own way."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import Http404, HttpRequest, HttpResponse
from django.test import RequestFactory
from rules.predicates import always_allow, always_deny, predicate

from core import access
from core.access import Can, add_right, check, may, page, public
from core.errors import DomainError, Problem, Refused, Stale

WHO = "Chỉ người kiểm thử."


class Scope:
    """A scope that knows one thing."""

    def __init__(self, *, good: bool = True) -> None:
        self.good = good
        self.user = AnonymousUser()

    def refusal(self, right: access.Right) -> str:
        return str(right.who)

    def user_key(self) -> int:
        return 7


@predicate
def is_good(scope: Scope, _obj: Any) -> bool:
    return scope.good


@pytest.fixture(autouse=True)
def _own_registry(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(access, "RIGHTS", {})
    loader = list(access._loader)
    yield
    access._loader[:] = loader


@pytest.fixture
def rights() -> None:
    add_right("look", always_allow, WHO)
    add_right("write", is_good, WHO)
    add_right("never", always_deny, WHO)


def asked(view: Any, method: str = "GET", scope: Scope | None = None) -> HttpResponse:
    """What a page answers to somebody with this scope (None: an outsider)."""
    access.set_scope_loader(lambda _user, _cluster, _label: scope)
    request: HttpRequest = RequestFactory().generic(method, "/")
    request.user = object()  # type: ignore[assignment]
    response: HttpResponse = view(request, cluster="a", label="2020")
    return response


def answer(request: HttpRequest) -> HttpResponse:
    return HttpResponse(request.scope.good)  # type: ignore[attr-defined]


# -- rights --------------------------------------------------------------------------------------
def test_a_right_is_registered_once(rights: None) -> None:
    with pytest.raises(KeyError):
        add_right("look", always_allow, WHO)


def test_an_unknown_right_is_a_mistake_and_never_a_yes(rights: None) -> None:
    for ask in (may, check):
        with pytest.raises(KeyError):
            ask(Scope(), "unheard_of")


def test_may_asks_and_check_refuses_with_the_sentence(rights: None) -> None:
    assert may(Scope(), "write")
    assert not may(Scope(good=False), "write")
    check(Scope(), "write")
    with pytest.raises(Refused, match=WHO):
        check(Scope(good=False), "write")


def test_a_predicate_sees_the_object(rights: None) -> None:
    add_right("own", predicate(lambda _scope, obj: obj == "mine"), WHO)
    assert may(Scope(), "own", "mine")
    assert not may(Scope(), "own", "yours")
    assert not may(Scope(), "own")


def test_templates_ask_by_name(rights: None) -> None:
    can = Can(Scope(good=False))
    assert (can["look"], can["write"]) == (True, False)
    with pytest.raises(KeyError):
        can["unheard_of"]


def test_a_refusal_is_logged_by_id_without_a_name(rights: None, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("INFO", "security"), pytest.raises(Refused):
        check(Scope(good=False), "write")
    assert caplog.messages == ["refused right=write user=7"]


# -- pages ---------------------------------------------------------------------------------------
def test_an_insider_with_the_right_is_answered(rights: None) -> None:
    assert asked(page("look")(answer), scope=Scope()).content == b"True"


def test_an_outsider_finds_nothing(rights: None) -> None:
    with pytest.raises(Http404):
        asked(page("look")(answer), scope=None)


def test_an_insider_without_the_right_is_refused(rights: None) -> None:
    with pytest.raises(Refused, match=WHO):
        asked(page("never")(answer), scope=Scope())


def test_other_methods_are_refused_before_anything_is_loaded(rights: None) -> None:
    view = page("look")(answer)
    for method in ("POST", "PUT", "PATCH", "DELETE", "TRACE"):
        assert asked(view, method, None).status_code == 405
    assert asked(view, "HEAD", Scope()).status_code == 200
    writing = page("look", methods=("POST",))(answer)
    assert asked(writing, "GET", None).status_code == 405
    assert asked(writing, "HEAD", None).status_code == 405
    assert asked(writing, "POST", Scope()).status_code == 200


def test_writing_asks_for_its_own_right_as_well(rights: None) -> None:
    view = page("look", methods=("GET", "POST"), write_right="write")(answer)
    assert asked(view, "GET", Scope(good=False)).status_code == 200
    with pytest.raises(Refused):
        asked(view, "POST", Scope(good=False))
    assert asked(view, "POST", Scope()).status_code == 200


def test_a_page_with_an_unknown_right_opens_to_nobody(rights: None) -> None:
    with pytest.raises(KeyError):
        asked(page("unheard_of")(answer), scope=Scope())


def test_a_page_says_what_it_asks_for(rights: None) -> None:
    view: Any = page("look", methods=("GET", "POST"), write_right="write")(answer)
    assert (view.right, view.write_right, view.methods) == ("look", "write", ("GET", "POST"))
    plain: Any = page("look")(answer)
    assert (plain.right, plain.write_right, plain.methods) == ("look", "look", ("GET",))


def test_an_open_page_only_reads_and_may_be_kept(rights: None) -> None:
    view: Any = public(lambda _request: HttpResponse("x"))
    factory = RequestFactory()
    assert view(factory.get("/"))["Cache-Control"] == "public, max-age=300"
    for method in ("POST", "PUT", "DELETE"):
        assert view(factory.generic(method, "/")).status_code == 405
    assert (view.right, view.login_required) == ("public", False)


def test_an_open_page_may_say_otherwise() -> None:
    view = public(lambda _request: HttpResponse("x", headers={"Cache-Control": "no-store"}))
    assert view(RequestFactory().get("/"))["Cache-Control"] == "no-store"


# -- what verbs raise ----------------------------------------------------------------------------
def test_a_domain_error_has_always_a_sentence() -> None:
    error = DomainError("Sai ngày.", "starts_on")
    assert error.problems == [Problem("Sai ngày.", "starts_on")]
    assert str(DomainError([Problem("A."), Problem("B.")])) == "A.; B."


def test_a_stale_error_keeps_the_row_that_won() -> None:
    assert Stale("row").current == "row"
