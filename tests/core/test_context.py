"""What every template may use: scope, rights, the way to the admin site, the same page in the other language."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import RequestFactory

from core.context import page


def words(path: str, **given: Any) -> dict[str, Any]:
    request = RequestFactory().get(path)
    for name, value in given.items():
        setattr(request, name, value)
    return page(request)


@pytest.mark.parametrize(
    ("path", "vietnamese", "english"),
    [
        ("/", "/", "/en/"),
        ("/en/", "/", "/en/"),
        ("/en", "/", "/en/"),
        ("/lam-viec/", "/lam-viec/", "/en/lam-viec/"),
        ("/en/lam-viec/?trang=2&q=a", "/lam-viec/?trang=2&q=a", "/en/lam-viec/?trang=2&q=a"),
        ("/english/", "/english/", "/en/english/"),
        ("/khong-co/", "/khong-co/", "/en/khong-co/"),
        ("/en//evil.test/", "/evil.test/", "/en/evil.test/"),
        ("/en///evil.test/", "/evil.test/", "/en/evil.test/"),
    ],
)
def test_the_same_page_in_both_languages(path: str, vietnamese: str, english: str) -> None:
    found = words(path)
    assert (found["lang_vi_url"], found["lang_en_url"]) == (vietnamese, english)


@pytest.mark.parametrize("path", ["//evil.test/", "/\\evil.test/", "/en/\\evil.test/", "/en/%5C/evil.test"])
def test_the_language_switch_never_leads_away(path: str) -> None:
    request = RequestFactory().get("/")
    request.path = request.path_info = path
    found = page(request)
    for address in (found["lang_vi_url"], found["lang_en_url"]):
        assert not address.startswith(("//", "/\\"))


def test_a_page_without_scope_touches_neither_user_nor_session() -> None:
    class Untouchable:
        def __getattr__(self, name: str) -> Any:
            raise AssertionError(name)

    found = words("/", user=Untouchable(), session=Untouchable())
    assert (found["scope"], found["can"], found["can_admin"], found["scope_years"]) == (None, None, False, ())


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("who", "wanted"),
    [("officer", True), ("observer", False), ("an", False), ("binh", False), ("chi", False), ("lan", False)],
)
def test_the_way_to_the_admin_site_is_shown_to_those_it_opens_for(
    cast: Any, who: str, wanted: bool, django_assert_num_queries: Any
) -> None:
    scope = cast.scope(getattr(cast, who))
    with django_assert_num_queries(0):
        assert words("/", scope=scope)["can_admin"] is wanted


@pytest.mark.django_db
def test_a_superuser_with_a_function_has_the_way_to_the_admin_site(cast: Any) -> None:
    cast.chi.is_superuser = True
    cast.chi.save()
    assert words("/", scope=cast.scope(cast.chi))["can_admin"] is True


@pytest.mark.django_db
def test_rights_are_asked_by_name(cast: Any) -> None:
    found = words("/", scope=cast.scope(cast.an))
    assert found["can"]["year_view"] is True
    with pytest.raises(KeyError):
        found["can"]["no_such_right"]


@pytest.mark.django_db
def test_years_of_the_cluster_are_asked_for_only_when_drawn(
    cast: Any, django_assert_num_queries: Any
) -> None:
    scope = cast.scope(cast.an)
    with django_assert_num_queries(0):
        years = words("/", scope=scope)["scope_years"]
    assert [year["label"] for year in years] == ["2020"]
