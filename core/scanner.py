"""A virus scanner beside the application: clamd, asked over its own small protocol (INSTREAM).

Set by ``CLAMAV_ADDRESS``: ``host:port``, or the path of a socket (``/run/clamav/clamd.ctl``); empty: no scanner. The
client is our own: thirty lines against a dependency that does the same (ADR 0021).
"""

from __future__ import annotations

import logging
import re
import socket
import struct
import time
from dataclasses import dataclass
from typing import IO, Final

from django.conf import settings

from core.models import Scan

log = logging.getLogger(__name__)

CONNECT_SECONDS: Final = 3.0
SCAN_SECONDS: Final = 30.0
_CHUNK: Final = 64 * 1024
_LONGEST_ANSWER: Final = 4096
_NAME: Final = re.compile(r"[^\w.:/@+ -]")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the scanner said: ``finding`` names what was found, and is empty for bytes that may be kept."""

    state: str
    finding: str = ""


def is_on() -> bool:
    """Whether a scanner is set."""
    return bool(settings.CLAMAV_ADDRESS)


def scan(content: IO[bytes]) -> Verdict:
    """Ask the scanner about the bytes, which are rewound before and after.

    "none" when no scanner is set, "waiting" when it did not answer in time or could not judge; never raises.
    """
    if not is_on():
        return Verdict(Scan.NONE)
    content.seek(0)
    try:
        answer = _ask(content)
    except OSError as error:
        log.error("virus scanner not reached at %s: %s", settings.CLAMAV_ADDRESS, error)
        return Verdict(Scan.WAITING)
    finally:
        content.seek(0)
    if answer == "stream: OK":
        return Verdict(Scan.CLEAN)
    if answer.startswith("stream: ") and answer.endswith(" FOUND"):
        return Verdict(Scan.WAITING, _NAME.sub("", answer[len("stream: ") : -len(" FOUND")])[:100] or "?")
    log.error("virus scanner could not judge: %s", answer[:200])
    return Verdict(Scan.WAITING)


def _ask(content: IO[bytes]) -> str:
    """The scanner's line. Raises ``OSError``."""
    limit = time.monotonic() + SCAN_SECONDS
    with _connected(settings.CLAMAV_ADDRESS) as line:
        try:
            line.sendall(b"zINSTREAM\0")
            while chunk := content.read(_CHUNK):
                line.settimeout(_left(limit))
                line.sendall(struct.pack(">I", len(chunk)) + chunk)
            line.sendall(struct.pack(">I", 0))
        except (BrokenPipeError, ConnectionResetError):
            pass  # it stopped listening, and may have said why
        return _answer(line, limit)


def _answer(line: socket.socket, limit: float) -> str:
    said = b""
    while b"\0" not in said and len(said) < _LONGEST_ANSWER:
        line.settimeout(_left(limit))
        piece = line.recv(_LONGEST_ANSWER)
        if not piece:
            break
        said += piece
    if not said:
        raise ConnectionError("no answer")
    return said.split(b"\0")[0].decode("utf-8", "replace").strip()


def _left(limit: float) -> float:
    left = limit - time.monotonic()
    if left <= 0:
        raise TimeoutError("the scanner took too long")
    return left


def _connected(address: str) -> socket.socket:
    """A connection to the scanner. Raises ``OSError``, also for an address that is none."""
    path = address.removeprefix("unix:")
    if path.startswith("/"):
        line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            line.settimeout(CONNECT_SECONDS)
            line.connect(path)
        except OSError:
            line.close()
            raise
        return line
    host, _colon, port = address.rpartition(":")
    if not (host and port.isdecimal()):
        raise OSError("CLAMAV_ADDRESS is neither host:port nor a path")
    return socket.create_connection((host.strip("[]"), int(port)), CONNECT_SECONDS)
