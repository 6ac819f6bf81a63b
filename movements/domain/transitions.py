"""The shape of a table of transitions: what may become what, by which right. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Transition:
    """A step from some states to another; ``done`` is what the person is told afterwards."""

    right: str
    sources: tuple[str, ...]
    target: str
    done: Any
    needs_reason: bool = False
