"""A person at a plain HTTP client: cookies, sign-in, forms with files; paths go out exactly as they are written."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPMessage
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

PASSWORD = "thi-dua-2020-lang-son"
_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="(\w+)"')
BOUNDARY = "ranh-gioi-7a1f"
MULTIPART = f"multipart/form-data; boundary={BOUNDARY}"


@dataclass
class Answer:
    """What came back."""

    status: int
    headers: HTTPMessage
    body: bytes
    path: str

    @property
    def text(self) -> str:
        return self.body.decode(errors="replace")


def multipart(fields: Iterable[tuple[str, str]], files: Iterable[tuple[str, str, bytes]] = ()) -> bytes:
    """A multipart body, fields before files as a browser sends them."""
    parts = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields
    ]
    for name, filename, content in files:
        shown = filename.replace('"', "%22")
        head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"; filename="{shown}"\r\n'
        parts.append(f"{head}Content-Type: text/html\r\n\r\n".encode() + content + b"\r\n")
    return b"".join(parts) + f"--{BOUNDARY}--\r\n".encode()


def pairs(fields: dict[str, Any]) -> list[tuple[str, str]]:
    """A form's fields one by one; a list is a field sent several times."""
    return [
        (name, str(value))
        for name, values in fields.items()
        for value in (values if isinstance(values, list) else [values])
    ]


class Person:
    """Somebody with a cookie jar; anonymous until ``login``."""

    def __init__(self, url: str, name: str = "") -> None:
        self.url, self.cookies = url, dict[str, str]()
        if name:
            self.login(name)

    def send(
        self, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None
    ) -> Answer:
        """One request, no redirect followed."""
        connection = HTTPConnection(urlsplit(self.url).netloc, timeout=60)
        try:
            with suppress(BrokenPipeError, ConnectionResetError):  # refused before all of it was sent
                connection.request(method, path, body, self.headers | (headers or {}))
            answer = connection.getresponse()
            content = answer.read()
        finally:
            connection.close()
        for line in answer.headers.get_all("Set-Cookie") or ():
            self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(line).items()}
        return Answer(answer.status, answer.headers, content, path)

    @property
    def headers(self) -> dict[str, str]:
        known = "; ".join(f"{name}={value}" for name, value in self.cookies.items() if value)
        return {"Cookie": known} if known else {}

    def get(self, path: str, *, follow: int = 0) -> Answer:
        answer = self.send("GET", path)
        while follow and answer.status in (301, 302, 303, 307, 308):
            target = urlsplit(urljoin(self.url + path, answer.headers["Location"]))
            path, follow = target.path + (f"?{target.query}" if target.query else ""), follow - 1
            answer = self.send("GET", path)
        return answer

    def login(self, name: str) -> None:
        path = "/tai-khoan/dang-nhap/"
        answer = self.post(path, {"login": name, "password": PASSWORD}, path)
        assert answer.status == 302, answer.text[:2000]

    def token(self, page: str) -> str:
        """The token of the form on a page."""
        found = _TOKEN.search(self.get(page).text)
        assert found, f"no form at {page}"
        return found[1]

    def post(
        self, path: str, fields: dict[str, Any], page: str = "", files: Iterable[tuple[str, str, bytes]] = ()
    ) -> Answer:
        """Send a form as its page would; ``page`` is where the form is shown, if elsewhere."""
        sent = [*pairs(fields), ("csrfmiddlewaretoken", self.token(page or path))]
        if files:
            return self.send("POST", path, multipart(sent, files), {"Content-Type": MULTIPART})
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        return self.send("POST", path, urlencode(sent).encode(), kind)

    def broken(self, path: str, body: bytes, promised: int, *, token: str, abrupt: bool) -> bytes:
        """Promise ``promised`` bytes, send fewer, and stop; what came back (nothing after an abrupt end)."""
        where = urlsplit(self.url)
        lines = [
            f"POST {path} HTTP/1.1", f"Host: {where.netloc}", f"Content-Type: {MULTIPART}", "Connection: close",
            f"Content-Length: {promised}", f"Cookie: {self.headers['Cookie']}", f"X-CSRFToken: {token}",
        ]  # fmt: skip
        with socket.create_connection((where.hostname or "", where.port or 80), timeout=30) as line:
            line.sendall("\r\n".join(lines).encode() + b"\r\n\r\n" + body)
            if abrupt:
                return b""
            line.shutdown(socket.SHUT_WR)
            got = b""
            while piece := line.recv(65536):
                got += piece
            return got
