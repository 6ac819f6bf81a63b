"""What is typed into the rows of a score sheet: texts of the form, and what they mean.

Not Django forms: a sheet has up to 300 rows of several controls, and a row that cannot be understood must keep its text
while the others are saved. Names of controls are ``<criterion>-<field>``.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from django.utils.translation import gettext as _

from core.errors import Problem
from core.quantity import QuantityError, format_number, parse_number
from scoring.domain.shapes import (
    BANDS,
    BONUS,
    COUNT,
    DEDUCTION,
    DIRECT,
    EXCEEDING,
    FAULTS,
    LATENESS,
    LEVELS,
    NOT_ARISEN,
    NOT_ASSIGNED,
    NOTHING,
    PERCENT,
    PROPORTIONAL,
    RELATIVE,
    YES_NO,
    Facts,
    Leaf,
)
from scoring.domain.shapes import BASE as BASE_PART
from scoring.domain.sheets import LineDraft

NUMBERS: Final = ("points", "actual", "target", "percent", "count")
TEXTS: Final = ("explanation", "citation")
FIELDS: Final = (*NUMBERS, "yes", "level", "mark", *TEXTS)
MARKS: Final = (NOTHING, NOT_ARISEN, NOT_ASSIGNED)
_MINUS: Final = "-−–"
_ASKED: Final = {
    DIRECT: ("points",), YES_NO: ("yes",), LEVELS: ("level",), PROPORTIONAL: ("actual", "target"),
    EXCEEDING: ("actual", "target"), RELATIVE: ("actual", "target"), COUNT: ("count",), FAULTS: ("count",),
    LATENESS: (),
}  # fmt: skip


def asked(leaf: Leaf) -> tuple[str, ...]:
    """The controls of a leaf, in their order."""
    if leaf.rule in (BANDS, PERCENT):
        return ("percent",) if leaf.measured == "percent" else ("actual", "target")
    if leaf.rule in (BONUS, DEDUCTION):
        return ("level",) if leaf.choices else ("count",)
    return _ASKED[leaf.rule]


def marks_of(leaf: Leaf) -> tuple[str, ...]:
    """What may be chosen instead of a figure: a bonus or deduction can only be none."""
    if leaf.rule == LATENESS:
        return ()
    if leaf.part != BASE_PART:
        return (NOTHING,)
    return MARKS if leaf.rule != YES_NO else MARKS[1:]


@dataclass(slots=True)
class Typed:
    """The texts of one row as they stand in its controls; ``seen`` is the print of what the page showed at first."""

    values: dict[str, str] = field(default_factory=dict)
    version: int | None = None
    seen: str = ""

    @property
    def is_touched(self) -> bool:
        """Whether the person changed anything since the page was drawn."""
        return not self.seen or self.seen != fingerprint(self.values)


def fingerprint(values: Mapping[str, str]) -> str:
    """A short print of the texts of a row, to tell a changed one from an untouched one."""
    text = "\x1f".join(" ".join(values.get(name, "").split()) for name in FIELDS)
    return format(zlib.crc32(text.encode()), "x")


def shown_values(facts: Facts, explanation: str = "", citation: str = "") -> dict[str, str]:
    """The texts of a row from what is recorded."""
    values = dict.fromkeys(FIELDS, "")
    for name in NUMBERS:
        number = getattr(facts, name)
        values[name] = "" if number is None else format_number(number)
    values["yes"] = "" if facts.yes is None else ("yes" if facts.yes else "no")
    values |= {"level": facts.level, "mark": facts.mark, "explanation": explanation, "citation": citation}
    return values


def typed_row(data: Mapping[str, str], pk: int) -> Typed | None:
    """The texts posted for a row; None when the form did not carry it."""
    if f"{pk}-version" not in data:
        return None
    version = data[f"{pk}-version"]
    return Typed(
        {name: data.get(f"{pk}-{name}", "") for name in FIELDS},
        int(version) if version.isdecimal() and len(version) < 10 else None,
        data.get(f"{pk}-was", ""),
    )


def draft_of(pk: int, leaf: Leaf, typed: Typed) -> tuple[LineDraft | None, list[Problem]]:
    """What the texts of a row mean, or what cannot be understood of them (field: name of the control)."""
    found: list[Problem] = []
    values = typed.values
    mark = values.get("mark", "")
    if mark and mark not in marks_of(leaf):
        return None, [Problem(_("Chọn lại trong danh sách."), "mark")]
    names = [name for name in asked(leaf) if not mark or name == "target"]
    given: dict[str, object] = {}
    for name in names:
        text = values.get(name, "").strip()
        if not text:
            continue
        if name == "yes":
            given[name] = text == "yes"
        elif name == "level":
            given[name] = text
        else:
            number, problem = _number(text, name)
            given[name] = number
            found += [problem] if problem else []
    if found:
        return None, found
    facts = Facts(**given, mark=mark)  # type: ignore[arg-type]
    if mark == NOT_ASSIGNED:
        facts = Facts(mark=mark)
    texts = {name: values.get(name, "").strip() for name in TEXTS}
    return LineDraft(pk, facts, version=typed.version, **texts), []


def _number(text: str, name: str) -> tuple[Decimal | None, Problem | None]:
    negative = name in ("actual", "target") and text[0] in _MINUS
    try:
        number = parse_number(text[1:] if negative else text, allow_percent=name == "percent")
    except QuantityError as error:
        return None, Problem(str(error), name)
    return (-number if negative else number), None
