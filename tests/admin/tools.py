"""Helpers for tests of the admin site."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

from django.http import HttpResponse
from django.test import Client
from django.urls import reverse


def url(model: Any, page: str, *args: Any) -> str:
    """The address of a page of a model."""
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


class _Inputs(HTMLParser):
    """What a browser would send of the form on a page, without files and buttons."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.data: dict[str, str] = {}
        self._select = self._area = ""
        self._text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        name, kind = given.get("name") or "", given.get("type") or "text"
        if tag == "input" and name and kind not in ("submit", "file", "button", "search"):
            if kind not in ("checkbox", "radio") or "checked" in given:
                self.data[name] = given.get("value") or ("on" if kind == "checkbox" else "")
        elif tag == "select":
            self._select = name
            self.data.setdefault(name, "")
        elif tag == "option" and self._select and "selected" in given:
            self.data[self._select] = given.get("value") or ""
        elif tag == "textarea":
            self._area, self._text = name, []

    def handle_data(self, data: str) -> None:
        if self._area:
            self._text.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self._select = ""
        if tag == "textarea" and self._area:
            self.data[self._area] = "".join(self._text).removeprefix("\n").removeprefix("\r\n")
            self._area = ""


def form_data(page: HttpResponse) -> dict[str, str]:
    """The fields of a page as a browser would send them back."""
    reader = _Inputs()
    reader.feed(page.content.decode())
    data = reader.data
    data.pop("", None)
    data.pop("csrfmiddlewaretoken", None)
    return {name: value for name, value in data.items() if "__prefix__" not in name}


def change(client: Client, row: Any, **fields: Any) -> Any:
    """Open the form of a row, change fields, send it; ``members_0__left_on``-like names stand for ``-``."""
    place = url(type(row), "change", row.pk)
    data: dict[str, Any] = form_data(client.get(place))
    data.update({name.replace("__", "-"): value for name, value in fields.items()})
    return client.post(place, data)
