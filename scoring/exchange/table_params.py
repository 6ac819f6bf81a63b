"""Levels, bands and the further settings of a rule as words of a cell, and back.

Levels: "Tốt = 2; Khá = 1,5". Bands: "≥ 40 % = 2; > 30 % = 1; còn lại = 0", with ≤ and < where the lower figure is
better. Further settings: "chỉ tính một lần; đạt đúng chỉ tiêu = 1/2; từ 2 vụ: không xếp trên Tốt". In each of them
items stand behind semicolons or on lines of their own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from django.utils.translation import gettext as _

from core.cells import Refused
from core.folding import clean_line, fold
from scoring.domain.shapes import (
    DOWN_ONE,
    LOWER,
    LOWEST,
    NOT_ABOVE,
    NOT_GRADE,
    ZERO_LEAF,
    ZERO_PARENT,
    Choice,
    Sanction,
    SizeStep,
    Step,
)
from scoring.exchange.words import fraction, number, points, shown

ZEROES: Final = {ZERO_LEAF: "cả tiêu chí 0 điểm", ZERO_PARENT: "cả mục 0 điểm"}
SANCTIONS: Final = {
    NOT_ABOVE: "không xếp trên", NOT_GRADE: "không xếp loại", DOWN_ONE: "hạ một mức", LOWEST: "xếp mức thấp nhất",
}  # fmt: skip
PERCENT_TYPED, ONCE, EXACTLY = "nhập thẳng tỷ lệ %", "chỉ tính một lần", "đạt đúng chỉ tiêu"
REST: Final = "còn lại"

_NUMBER: Final = r"[0-9]+(?:[.,][0-9]+)*"
_LEVEL: Final = re.compile(
    rf"(?P<label>[^\n]+?)\s*[=:]\s*(?P<points>{_NUMBER})\s*(?:điểm|đ)?\s*(?:\[(?P<zeroes>[^\]\n]*)\])?\s*(?:[;\n]|,\s|$)\s*",
    re.IGNORECASE,
)
_BAND: Final = re.compile(
    rf"(?P<words>[^=\n;]*?)\s*[=:]\s*(?P<points>{_NUMBER})\s*(?:điểm|đ)?\.?", re.IGNORECASE
)
_EDGE: Final = re.compile(rf"(?P<sign>[^0-9]*)(?P<edge>{_NUMBER})\s*%?")
_ABOVE: Final = {">": False, "tren": False, "hon": False, "≥": True, "tu": True, "it nhat": True, "dat": True,
                 "": True, "dat tu": True}  # fmt: skip
_BELOW: Final = {"<": False, "duoi": False, "it hon": False, "≤": True, "den": True, "khong qua": True,
                 "toi da": True, "-": True, "den duoi": False, "- <": False,
                 "den <": False, "-<": False}  # fmt: skip
_SIZE: Final = re.compile(
    rf"quy mô từ\s+(?P<from>{_NUMBER})\s*(?:=|:)\s*×?\s*(?P<factor>[0-9.,/ ]+)", re.IGNORECASE
)
_SANCTION: Final = re.compile(r"từ\s+(?P<count>[0-9]{1,4})\s+vụ\s*(?:=|:)?\s*(?P<what>.+)", re.IGNORECASE)


def items(text: str) -> list[str]:
    """What stands between semicolons and line ends."""
    return [item for part in re.split(r"[;\n]", text) if (item := clean_line(part))]


# -- levels --------------------------------------------------------------------------------------
def levels_text(choices: Iterable[Choice]) -> str:
    """ "Tốt = 2; Khá = 1,5; Vi phạm = 0 [cả mục 0 điểm]"; on lines of their own where a label holds a semicolon."""
    parts = [
        f"{one.label} = {shown(one.points)}" + (f" [{ZEROES[one.zeroes]}]" if one.zeroes in ZEROES else "")
        for one in choices
    ]
    return ("\n" if any(";" in one.label for one in choices) else "; ").join(parts)


def levels_of(text: str, known: Mapping[str, str]) -> tuple[Choice, ...]:
    """The levels that a cell names. ``known``: keys by folded label, which a level keeps. Raises ``Refused``."""
    found: list[Choice] = []
    text, place = text.strip(), 0
    while place < len(text):
        match = _LEVEL.match(text, place)
        if match is None:
            raise Refused(
                _("Không hiểu “%(text)s”. Ghi từng mức và điểm, ví dụ: Tốt = 2; Khá = 1,5; Không đạt = 0.")
                % {"text": clean_line(text[place:])[:60]}
            )
        found.append(_level(match, known, {one.key for one in found}))
        place = match.end()
    names = [fold(one.label) for one in found]
    if twice := next((one.label for one in found if names.count(fold(one.label)) > 1), ""):
        raise Refused(_("Mức “%(name)s” có hai lần.") % {"name": twice})
    return tuple(found)


def _level(match: re.Match[str], known: Mapping[str, str], taken: set[str]) -> Choice:
    label = clean_line(match["label"])
    zeroes = fold(match["zeroes"] or "")
    marks = {fold(words): key for key, words in ZEROES.items()}
    if zeroes and zeroes not in marks:
        raise Refused(
            _("Không hiểu “[%(text)s]”. Chỉ có: %(known)s.")
            % {"text": clean_line(match["zeroes"]), "known": "; ".join(f"[{one}]" for one in ZEROES.values())}
        )
    key = known.get(fold(label), "")
    place = len(taken) + 1
    while not key or key in taken:
        key, place = f"m{place}", place + 1
    return Choice(key, label, points(match["points"]), marks.get(zeroes, ""))


# -- bands ---------------------------------------------------------------------------------------
def bands_text(steps: Sequence[Step], below: Decimal, better: str) -> str:
    """ "≥ 40 % = 2; > 30 % = 1; còn lại = 0"; nothing without bands."""
    signs = ("≤", "<") if better == LOWER else ("≥", ">")
    parts = [f"{signs[not one.inclusive]} {shown(one.edge)} % = {shown(one.points)}" for one in steps]
    return "; ".join([*parts, f"{REST} = {shown(below)}"]) if parts else ""


def bands_of(text: str, better: str) -> tuple[tuple[Step, ...], Decimal]:
    """The bands of a cell, best first, and the points below all of them. Raises ``Refused``."""
    steps, below = [], Decimal(0)
    for item in items(text.replace(">=", "≥").replace("<=", "≤")):
        match = _BAND.fullmatch(item) or re.fullmatch(
            rf"(?P<words>{REST})\s+(?P<points>{_NUMBER})", item, re.I
        )
        if match is None:
            raise Refused(_not_understood(item))
        words, worth = clean_line(match["words"]), points(match["points"])
        step = None if fold(words) in (fold(REST), "khac", "duoi nua") else _edge(words, item, better)
        if step is None:
            below = worth
        else:
            steps.append(Step(step[0], worth, step[1]))
    if not steps and text.strip():
        raise Refused(_("Phải có ít nhất một bậc, ví dụ: ≥ 40 % = 2; > 30 % = 1; còn lại = 0."))
    steps.sort(key=lambda one: (one.edge, not one.inclusive), reverse=better != LOWER)
    return tuple(steps), below


def _not_understood(item: str) -> str:
    return _("Không hiểu bậc “%(text)s”. Ghi ví dụ: ≥ 40 %% = 2; > 30 %% = 1; còn lại = 0.") % {
        "text": item[:60]
    }


def _edge(words: str, item: str, better: str) -> tuple[Decimal, bool] | None:
    """The edge that counts, and whether it belongs to the band; None: the points under every band."""
    found = list(_EDGE.finditer(words))
    if not found or len(found) > 2 or clean_line(_EDGE.sub("", words)).strip("% "):
        raise Refused(_not_understood(item))
    bounds: list[tuple[str, Decimal, bool]] = []
    for place, match in enumerate(found):
        sign = fold(match["sign"]).strip()
        edge = number(match["edge"])
        if sign in _BELOW:
            bounds.append(("below", edge, _BELOW[sign]))
        elif sign in _ABOVE:
            bounds.append(("above" if place == 0 else "below", edge, _ABOVE[sign]))
        else:
            raise Refused(_not_understood(item))
    wanted = "below" if better == LOWER else "above"
    for side, edge, inclusive in bounds:
        if side == wanted:
            return edge, inclusive
    if len(bounds) == 1:
        if found[0]["sign"].strip() == "":
            return bounds[0][1], True
        return None
    raise Refused(_not_understood(item))


# -- further settings ----------------------------------------------------------------------------
def extras_text(params: Mapping[str, Any]) -> str:
    """The settings of a rule that have no column of their own; see :func:`extras_of`."""
    parts = [PERCENT_TYPED] if params.get("measured") == "percent" else []
    parts += [ONCE] if params.get("once") else []
    if "base_share" in params:
        parts.append(f"{EXACTLY} = {shown(params['base_share'])}")
    parts += [f"quy mô từ {shown(one.at_least)} = × {shown(one.factor)}" for one in params.get("sizes", ())]
    for one in params.get("sanctions", ()):
        parts.append(
            f"từ {one.from_count} vụ: {SANCTIONS[one.kind]}" + (f" {one.grade}" if one.grade else "")
        )
    return "; ".join(parts)


def extras_of(text: str) -> dict[str, Any]:
    """Keyword arguments of a ``Leaf`` out of a cell. Raises ``Refused``."""
    found: dict[str, Any] = {}
    for item in items(text):
        folded = fold(item)
        if folded == fold(PERCENT_TYPED):
            found["measured"] = "percent"
        elif folded == fold(ONCE):
            found["once"] = True
        elif match := re.fullmatch(rf"{fold(EXACTLY)}\s*[=:]\s*(.+)", folded):
            found["base_share"] = fraction(match[1])
        elif match := _SIZE.fullmatch(item):
            found["sizes"] = (
                *found.get("sizes", ()),
                SizeStep(number(match["from"]), fraction(match["factor"])),
            )
        elif match := _SANCTION.fullmatch(item):
            found["sanctions"] = (*found.get("sanctions", ()), _sanction(match, item))
        else:
            raise Refused(
                _("Không hiểu “%(text)s”. Xem trang hướng dẫn, cột “Quy định thêm”.") % {"text": item[:60]}
            )
    return found


def _sanction(match: re.Match[str], item: str) -> Sanction:
    what = clean_line(match["what"])
    for kind, words in SANCTIONS.items():
        if fold(what).startswith(fold(words)):
            grade = clean_line(what[len(words) :]).strip('“”" :')
            if (kind in (NOT_ABOVE, NOT_GRADE)) == bool(grade):
                return Sanction(int(match["count"]), kind, grade)
    raise Refused(
        _("Không hiểu “%(text)s”. Ghi ví dụ: từ 2 vụ: không xếp trên Tốt; từ 3 vụ: hạ một mức.")
        % {"text": item[:60]}
    )
