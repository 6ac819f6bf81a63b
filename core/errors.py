"""What a domain verb raises: sentences for people, with the place they belong to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong or missing: a Vietnamese sentence, the field or file place, a link to the fix."""

    sentence: str
    field: str = ""
    link: str = ""


class DomainError(Exception):
    """A verb refused its input; nothing was written. ``problems`` is never empty."""

    def __init__(self, problems: Sequence[Problem] | str, field: str = "") -> None:
        """Take ready problems, or one sentence with the field it belongs to."""
        self.problems: list[Problem] = (
            [Problem(problems, field)] if isinstance(problems, str) else list(problems)
        )
        super().__init__("; ".join(problem.sentence for problem in self.problems))


class Refused(PermissionDenied):
    """A signed-in person lacks the right, or the phase is wrong; the text says who may and when (status 403)."""


class Stale(Exception):
    """Somebody else saved first. ``current`` is the row as it stands now (status 409, both values are shown)."""

    def __init__(self, current: object) -> None:
        """Keep the row that won."""
        self.current = current
        super().__init__("stale")


class FileWaiting(Exception):
    """A scanner is set and has not yet looked at the bytes: nobody gets them (status 423)."""
