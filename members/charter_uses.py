"""What of a year rests on its charter already: each app registers what it knows when it loads."""

from __future__ import annotations

from collections.abc import Callable

from members.models import ClusterYear

Use = Callable[[ClusterYear], list[str]]
_uses: list[Use] = []


def uses(function: Use) -> Use:
    """Register a function that says, in sentences, what was decided by the charter of a year."""
    _uses.append(function)
    return function


def resting_on(year: ClusterYear) -> list[str]:
    """Everything that rests on the charter of ``year``; while this is empty the charter may be edited in place."""
    return [sentence for function in _uses for sentence in function(year)]
