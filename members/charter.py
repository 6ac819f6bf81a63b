"""The rules of a year as data, with the defaults a new charter starts from.

Every value is an office's to change: nothing here is law, only a first proposal (domain 4). Words for people are in
``charter_words``, the verb that changes a charter in ``domain.charter``.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import Any

from django.utils.translation import gettext as _

from core.errors import DomainError, Problem
from members.charter_parts import (
    Band,
    LateStep,
    Quota,
    Unfit,
    plain,
    read_bands,
    read_lateness,
    read_quotas,
    read_tie_break,
    share_of,
)

PUBLISH_NEEDS = ("answered", "ranking", "conference", "next_chair", "direction")


@dataclass(frozen=True)
class Rules:
    """Settings of one year; shares are whole per cent or fractions ("2/3"), points have ``decimals`` places."""

    ranks: str = "competition"  # competition (1, 1, 3) or dense (1, 1, 2)
    public_ranks: int = 3  # how many ranks the public page names; 0 = all
    quorum_share: int | str = 67
    quorum_base: str = "members"  # members | present
    ballot_form: str = "secret"  # secret | open | none
    threshold: int | str = 50
    threshold_strict: bool = True  # more than the threshold, not just the threshold
    denominator: str = "entitled"  # entitled | present | collected | valid
    combine: str = "deliberation"  # deliberation | score | vote | shortlist
    shortlist: int = 3  # how many of the best by score are voted on, where combine says shortlist
    tie_break: tuple[str, ...] = ()  # asked in order, see charter_parts; the last resort is an equal rank
    missing_sheet: str = "not_ranked"  # not_ranked | zero
    over_maximum: bool = False
    decimals: int = 2
    rounding: str = "half_up"  # half_up | half_even | down
    appeal_days: int = 5  # working days; 0 = no appeals
    bands: tuple[Band, ...] = ()
    quotas: tuple[Quota, ...] = ()
    lateness: tuple[LateStep, ...] = ()
    rotation_rule: str = "deputy"  # who is proposed as the next chair: deputy | list | rank | free
    rotation_gap: int = 0  # an agency does not chair again within so many years; 0 = no such rule
    deputies: int = 1  # how many deputies the cluster has: 0, 1 or 2
    publish_needs: tuple[str, ...] = PUBLISH_NEEDS

    @property
    def dense(self) -> bool:
        """Whether ranks leave no gap after a tie."""
        return self.ranks == "dense"


CHOICES: dict[str, tuple[str, ...]] = {
    "ranks": ("competition", "dense"),
    "quorum_base": ("members", "present"),
    "ballot_form": ("secret", "open", "none"),
    "denominator": ("entitled", "present", "collected", "valid"),
    "combine": ("deliberation", "score", "vote", "shortlist"),
    "missing_sheet": ("not_ranked", "zero"),
    "rounding": ("half_up", "half_even", "down"),
    "rotation_rule": ("deputy", "list", "rank", "free"),
}
RANGES: dict[str, tuple[int, int]] = {
    "public_ranks": (0, 200),
    "shortlist": (1, 200),
    "decimals": (0, 4),
    "appeal_days": (0, 365),
    "rotation_gap": (0, 20),
    "deputies": (0, 2),
}


def _share(value: Any) -> int | str:
    share_of(value)
    return value  # type: ignore[no-any-return]


def _needs(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list | tuple) or not all(one in PUBLISH_NEEDS for one in value):
        raise Unfit("")
    return tuple(value)


_READERS: dict[str, Callable[[Any], Any]] = {
    "quorum_share": _share,
    "threshold": _share,
    "tie_break": read_tie_break,
    "bands": read_bands,
    "quotas": read_quotas,
    "lateness": read_lateness,
    "publish_needs": _needs,
}
KEYS = tuple(field.name for field in fields(Rules))


def read(data: Mapping[str, Any]) -> Rules:
    """Rules from stored data; missing keys take their default; raises ``DomainError`` naming each wrong key.

    Lists that were stored as mere words still read: their rows keep the words and take no part in any arithmetic.
    """
    problems = [
        Problem(_("Không có quy định tên “%(key)s”.") % {"key": key}, key) for key in data if key not in KEYS
    ]
    rules, found = checked(data)
    sentence = _("Quy định “%(key)s” có giá trị không hợp lệ. %(why)s")
    problems += [
        Problem((sentence % {"key": one.field, "why": one.sentence}).strip(), one.field) for one in found
    ]
    if rules is None or problems:
        raise DomainError(problems)
    return rules


def checked(data: Mapping[str, Any]) -> tuple[Rules | None, list[Problem]]:
    """Rules from data, or None with what is wrong at each key, as said beside its field; unknown keys are left out."""
    values: dict[str, Any] = {}
    problems = []
    for key in KEYS:
        if key not in data:
            continue
        try:
            values[key] = _value(key, data[key])
        except Unfit as unfit:
            problems.append(Problem(str(unfit), key))
    if problems:
        return None, problems
    rules = Rules(**values)
    problems = contradictions(rules)
    return (None if problems else rules), problems


def _value(key: str, value: Any) -> Any:
    if key in _READERS:
        return _READERS[key](value)
    if key in CHOICES:
        good = isinstance(value, str) and value in CHOICES[key]
    elif key in RANGES:
        least, most = RANGES[key]
        good = isinstance(value, int) and not isinstance(value, bool) and least <= value <= most
    else:
        good = isinstance(value, bool)
    if not good:
        raise Unfit("")
    return value


def contradictions(rules: Rules) -> list[Problem]:
    """What no single value shows: settings that cannot stand together, each with its key."""
    problems = []
    if rules.threshold_strict and share_of(rules.threshold) == 1:
        sentence = _("Không ai có thể được nhiều hơn 100 % số phiếu: chọn “từ mức này trở lên”.")
        problems.append(Problem(sentence, "threshold"))
    if rules.rotation_rule == "deputy" and rules.deputies == 0:
        sentence = _("Cụm không có Cụm phó thì không thể lấy Cụm phó làm Cụm trưởng năm sau.")
        problems.append(Problem(sentence, "rotation_rule"))
    return problems


def write(rules: Rules) -> dict[str, Any]:
    """Stored data of rules: every key, lists instead of tuples, points as text."""
    return {
        key: [plain(part) for part in value] if isinstance(value := getattr(rules, key), tuple) else value
        for key in KEYS
    }


def mark(version: int, rules: Rules) -> str:
    """A short text that changes whenever the version or any rule does; for forms that may have grown stale."""
    body = json.dumps(write(rules), ensure_ascii=False, sort_keys=True)
    return f"{version}.{hashlib.sha256(body.encode()).hexdigest()[:16]}"


def differing(old: Rules, new: Rules) -> list[str]:
    """The keys whose values differ, in the order of the charter."""
    return [key for key in KEYS if getattr(old, key) != getattr(new, key)]
