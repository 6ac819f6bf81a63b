"""Things for a person to do, as the home page lists them; each app makes its own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to do: what, why, where, by when. ``urgency`` is ``err``, ``warn`` or ``none``."""

    title: str
    detail: str = ""
    url: str = ""
    button: str = ""
    urgency: str = "none"
    due: date | None = None
