"""The rules of a year as data, with the defaults a new charter starts from; the editor comes with its own page.

Every value is an office's to change: nothing here is law, only a first proposal (domain 4).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from django.utils.translation import gettext as _

from core.errors import DomainError, Problem


@dataclass(frozen=True)
class Rules:
    """Settings of one year; shares are whole per cent, points have ``decimals`` places."""

    ranks: str = "competition"  # competition (1, 1, 3) or dense (1, 1, 2)
    public_ranks: int = 3  # how many ranks the public page names; 0 = all
    quorum_share: int = 67
    quorum_base: str = "members"  # members | present
    ballot_form: str = "secret"  # secret | open | none
    threshold: int = 50
    threshold_strict: bool = True
    denominator: str = "entitled"  # entitled | present | collected | valid
    combine: str = "deliberation"  # deliberation | score | vote | shortlist
    tie_break: tuple[str, ...] = ()
    missing_sheet: str = "not_ranked"  # not_ranked | zero
    over_maximum: bool = False
    decimals: int = 2
    rounding: str = "half_up"
    appeal_days: int = 5
    bands: tuple[str, ...] = ()
    quotas: tuple[str, ...] = ()
    lateness: tuple[str, ...] = ()
    rotation_rule: str = "deputy"  # who is proposed as the next chair: deputy | list | rank | free
    rotation_gap: int = 0  # an agency does not chair again within so many years; 0 = no such rule
    deputies: int = 1  # how many deputies the cluster has: 0, 1 or 2
    publish_needs: tuple[str, ...] = ("answered", "ranking", "conference", "next_chair", "direction")

    @property
    def dense(self) -> bool:
        """Whether ranks leave no gap after a tie."""
        return self.ranks == "dense"


_CHOICES: dict[str, tuple[str, ...]] = {
    "ranks": ("competition", "dense"),
    "quorum_base": ("members", "present"),
    "ballot_form": ("secret", "open", "none"),
    "denominator": ("entitled", "present", "collected", "valid"),
    "combine": ("deliberation", "score", "vote", "shortlist"),
    "missing_sheet": ("not_ranked", "zero"),
    "rounding": ("half_up", "half_even", "down"),
    "rotation_rule": ("deputy", "list", "rank", "free"),
}
_RANGES: dict[str, tuple[int, int]] = {"rotation_gap": (0, 20), "deputies": (0, 2)}
_LISTS: dict[str, tuple[str, ...]] = {
    "publish_needs": ("answered", "ranking", "conference", "next_chair", "direction"),
}


def read(data: Mapping[str, Any]) -> Rules:
    """Rules from stored data; missing keys take their default; raises ``DomainError`` naming each wrong key."""
    known = {field.name: field for field in fields(Rules)}
    problems = [
        Problem(_("Không có quy định tên “%(key)s”.") % {"key": key}, key) for key in data if key not in known
    ]
    values: dict[str, Any] = {}
    for key, value in data.items():
        if key not in known:
            continue
        default = known[key].default
        if isinstance(default, tuple):
            good = isinstance(value, list | tuple) and all(isinstance(part, str) for part in value)
            good = good and (key not in _LISTS or set(value) <= set(_LISTS[key]))
        elif isinstance(default, bool):
            good = isinstance(value, bool)
        elif isinstance(default, int):
            least, most = _RANGES.get(key, (0, 1000))
            good = isinstance(value, int) and not isinstance(value, bool) and least <= value <= most
        else:
            good = value in _CHOICES[key]
        if not good:
            problems.append(Problem(_("Quy định “%(key)s” có giá trị không hợp lệ.") % {"key": key}, key))
        values[key] = tuple(value) if isinstance(value, list) else value
    if problems:
        raise DomainError(problems)
    return Rules(**values)


def write(rules: Rules) -> dict[str, Any]:
    """Stored data of rules: every key, lists instead of tuples."""
    return {key: list(value) if isinstance(value, tuple) else value for key, value in asdict(rules).items()}
