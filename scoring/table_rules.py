"""How a criteria table is calculated, as data: its settings (``TableRules``) and the parameters of its leaves.

The defaults are only a first proposal: each table answers the open choices for itself (domain 3.2). What the settings
mean is told in ``scoring.domain.shapes``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _

from core.errors import DomainError, Problem
from members.charter_parts import Unfit, share_of
from scoring.domain.shapes import (
    BANDS,
    BONUS,
    COUNT,
    DEDUCTION,
    DEFAULT_LEVELS,
    DIRECT,
    EXCEEDING,
    FAULTS,
    LATENESS,
    LEVELS,
    PERCENT,
    PROPORTIONAL,
    RELATIVE,
    SECTION,
    YES_NO,
    Condition,
    Level,
    TableRules,
)
from scoring.table_parts import (
    flag,
    number,
    one_of,
    plain,
    plain_number,
    plain_share,
    read_choices,
    read_conditions,
    read_levels,
    read_sanctions,
    read_sizes,
    read_steps,
    read_words,
)

__all__ = [
    "CHOICES", "DEFAULT_LEVELS", "KEYS", "PARAMS", "Condition", "Level", "TableRules", "checked", "params_of",
    "plain_params", "read", "write",
]  # fmt: skip

CHOICES: dict[str, tuple[str, ...]] = {
    "bonus": ("outside", "inside"),
    "best_tie": ("all", "split"),
    "nobody_exceeded": ("target_share", "full"),
    "target_zero": ("no_target", "full", "not_scored"),
    "unassigned": ("convert", "reduce", "full"),
    "not_arisen": ("full", "unassigned", "zero"),
    "lateness_by": ("received", "posted"),
}
KEYS = tuple(field.name for field in fields(TableRules))
EVERY = ("sizes",)
# Which parameters a rule has; ``sizes`` (R19) may stand on every rule that computes.
PARAMS: dict[str, tuple[str, ...]] = {
    SECTION: (),
    DIRECT: EVERY,
    YES_NO: EVERY,
    LEVELS: ("choices", *EVERY),
    BANDS: ("steps", "below", "measured", *EVERY),
    PROPORTIONAL: EVERY,
    EXCEEDING: EVERY,
    RELATIVE: ("base_share", *EVERY),
    PERCENT: ("measured", *EVERY),
    COUNT: ("each", *EVERY),
    FAULTS: ("each", *EVERY),
    BONUS: ("each", "choices", "once", *EVERY),
    DEDUCTION: ("each", "choices", "sanctions", *EVERY),
    LATENESS: (),
}


def _cap(value: Any) -> Decimal | None:
    return None if value is None or value == "" else number(value)


_READERS: dict[str, Callable[[Any], Any]] = {
    "bonus_cap": _cap,
    "penalty_cap": _cap,
    "reason_from": number,
    "levels": read_levels,
    "conditions": read_conditions,
    "disqualifiers": read_words,
    "frequent_reasons": read_words,
}
_PARAM_READERS: dict[str, Callable[[Any], Any]] = {
    "each": number,
    "choices": read_choices,
    "steps": read_steps,
    "below": number,
    "measured": lambda value: one_of(value, ("ratio", "percent")),
    "base_share": share_of,
    "once": flag,
    "sizes": read_sizes,
    "sanctions": read_sanctions,
}


def read(data: Mapping[str, Any]) -> TableRules:
    """Rules from stored data; missing keys take their default; raises ``DomainError`` naming each wrong key."""
    problems = [
        Problem(_("Không có cách tính tên “%(key)s”.") % {"key": key}, key) for key in data if key not in KEYS
    ]
    rules, found = checked(data)
    sentence = _("Cách tính “%(key)s” có giá trị không hợp lệ. %(why)s")
    problems += [
        Problem((sentence % {"key": one.field, "why": one.sentence}).strip(), one.field) for one in found
    ]
    if rules is None or problems:
        raise DomainError(problems)
    return rules


def checked(data: Mapping[str, Any]) -> tuple[TableRules | None, list[Problem]]:
    """Rules from data, or None with what is wrong at each key, as said beside its field; unknown keys are left out."""
    values: dict[str, Any] = {}
    problems = []
    for key in KEYS:
        if key not in data:
            continue
        try:
            if key in CHOICES:
                values[key] = one_of(data[key], CHOICES[key])
            else:
                values[key] = _READERS[key](data[key])
        except Unfit as unfit:
            problems.append(Problem(str(unfit), key))
    return (None if problems else TableRules(**values)), problems


def write(rules: TableRules) -> dict[str, Any]:
    """Stored data of rules: every key, lists instead of tuples, numbers as text, no cap as null."""
    return {key: _plain(getattr(rules, key)) for key in KEYS}


def params_of(rule: str, data: Mapping[str, Any]) -> dict[str, Any]:
    """What a leaf of the rule takes from its stored ``params``, as keywords of ``Leaf``; missing ones are left out.

    Raises ``Unfit`` (of ``members.charter_parts``) for a parameter the rule does not have or that cannot be read.
    """
    if not isinstance(data, Mapping):
        raise Unfit(_("Quy định của tiêu chí không hợp lệ."))
    for key in data:
        if key not in PARAMS.get(rule, ()):
            raise Unfit(_("Loại tiêu chí này không có quy định “%(key)s”.") % {"key": key})
    return {key: _PARAM_READERS[key](value) for key, value in data.items()}


def plain_params(values: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters of ``params_of`` as JSON keeps them."""
    return {key: _plain(value) for key, value in values.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return plain_number(value)
    if isinstance(value, Fraction):
        return plain_share(value)
    if isinstance(value, tuple):
        return [plain(one) for one in value]
    return value
