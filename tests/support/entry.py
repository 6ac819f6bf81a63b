"""What a browser sends from the entry page."""

from __future__ import annotations

import secrets
from typing import Any

from django.test import Client
from django.utils.datastructures import MultiValueDict

HEAD = {
    "title": "Trao quà cho hộ nghèo",
    "precision": "day",
    "when": "5/4/2020",
    "place": "Huyện Chi Lăng",
    "movement": "",
    "story": "",
    "result": "",
    "in_summary": "on",
    "version": "",
    "then": "draft",
}
ROW = {"kind": "", "description": "Tiền ủng hộ", "qualifier": "exact", "value": "10 triệu", "part": ""}


def form_of(*rows: dict[str, Any], **head: Any) -> dict[str, Any]:
    """The fields of the form with these rows; a fresh submit key, as each showing has one."""
    data: dict[str, Any] = {**HEAD, "submit_key": secrets.token_urlsafe(24), **head}
    data |= {"khoan-TOTAL_FORMS": str(len(rows)), "khoan-INITIAL_FORMS": "0"}
    for index, row in enumerate(rows):
        data |= {f"khoan-{index}-{name}": value for name, value in row.items()}
    return data


def shown(html: str) -> MultiValueDict[str, str]:
    """The fields of the entry form of a page, as a browser would send them back."""
    from html.parser import HTMLParser

    class Reader(HTMLParser):
        def __init__(self) -> None:
            super().__init__()
            self.fields: MultiValueDict[str, str] = MultiValueDict()
            self.inside = self.in_template = 0
            self.select = self.area = ""

        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            got = {name: value or "" for name, value in attrs}
            if tag == "form":
                self.inside = int(got.get("id") == "mau")
            if tag == "template":
                self.in_template += 1
            if not self.inside or self.in_template:
                return
            name = got.get("name", "")
            if tag == "input" and name and got.get("type") not in ("file", "submit"):
                if got.get("type") in ("checkbox", "radio") and "checked" not in got:
                    return
                default = "on" if got.get("type") == "checkbox" else ""
                self.fields.appendlist(name, got.get("value", default))
            elif tag == "select":
                self.select = name
                self.fields.setlistdefault(name, [])
            elif (
                tag == "option"
                and self.select
                and (not self.fields.getlist(self.select) or "selected" in got)
            ):
                self.fields[self.select] = got.get("value", "")
            elif tag == "textarea":
                self.area = name
                self.fields[name] = ""

        def handle_endtag(self, tag: str) -> None:
            if tag == "template":
                self.in_template -= 1
            if tag == "form":
                self.inside = 0
            if tag == "select":
                self.select = ""
            if tag == "textarea" and self.area:
                self.fields[self.area] = self.fields[self.area].removeprefix("\n")
                self.area = ""

        def handle_data(self, data: str) -> None:
            if self.area:
                self.fields[self.area] += data

    reader = Reader()
    reader.feed(html)
    return reader.fields


def send(client: Client, address: str, data: Any) -> Any:
    """Post the form; a MultiValueDict of :func:`shown` or a plain dict."""
    plain = dict(data.lists()) if isinstance(data, MultiValueDict) else data
    return client.post(address, plain)
