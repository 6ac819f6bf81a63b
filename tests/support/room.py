"""Room for deep calls.

CPython keeps the frames of Python functions in pieces of 16 KB. A loop whose calls happen to cross the end of a piece
takes a new one from the system and gives it back at every turn, hundreds of thousands of times in one test of pages
(pytest, the client, ten middlewares and nested templates are hundreds of frames). A piece is made larger when one
frame asks for more, and what that frame leaves over serves all calls below it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

SLOTS = (
    70_000  # of 8 bytes: more than half a megabyte, so that the piece is one megabyte and the rest is room
)


def with_room(function: Callable[..., Any], *arguments: Any) -> Any:
    """What the function returns."""
    return function(*arguments)


with_room.__code__ = with_room.__code__.replace(co_stacksize=SLOTS)
