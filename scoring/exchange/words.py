"""Fixed words of the files and the numbers in them: out as a spreadsheet shows them, in as people type them."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

from django.db import models
from django.utils import translation
from django.utils.translation import gettext as _

from core.cells import Refused
from core.folding import clean_line, fold
from core.formfields import said
from core.marks import Unreadable
from core.quantity import format_number, parse_number
from members.enums import AgencyKind
from scoring.enums import BetterWhen, EvidenceRule, LeafRule, LineMark, ScoredBy, TablePart

YES, NO = "có", "không"
YES_WORDS: Final = frozenset({"co", "x", "dat", "dung", "yes", "true", "1"})
NO_WORDS: Final = frozenset({"khong", "khong dat", "chua dat", "sai", "no", "false", "0"})

RULES_SAID: Final[Mapping[str, str]] = {
    "muc": LeafRule.SECTION, "nhom": LeafRule.SECTION, "cham thang": LeafRule.DIRECT, "truc tiep": LeafRule.DIRECT,
    "diem truc tiep": LeafRule.DIRECT, "cham diem": LeafRule.DIRECT, "dinh tinh": LeafRule.YES_NO,
    "dat/khong dat": LeafRule.YES_NO, "dat khong dat": LeafRule.YES_NO, "dat - khong dat": LeafRule.YES_NO,
    "dat hoac khong dat": LeafRule.YES_NO, "muc do": LeafRule.LEVELS, "cac muc": LeafRule.LEVELS,
    "bac": LeafRule.BANDS, "bac ty le": LeafRule.BANDS, "theo bac": LeafRule.BANDS, "ty le": LeafRule.PROPORTIONAL,
    "theo ty le": LeafRule.PROPORTIONAL, "theo ty le hoan thanh": LeafRule.PROPORTIONAL,
    "dinh luong": LeafRule.RELATIVE, "so sanh": LeafRule.RELATIVE, "phan tram": LeafRule.PERCENT,
    "so luot": LeafRule.COUNT, "dem luot": LeafRule.COUNT, "tru loi": LeafRule.FAULTS, "thuong": LeafRule.BONUS,
    "diem cong": LeafRule.BONUS, "cong diem": LeafRule.BONUS, "diem tru": LeafRule.DEDUCTION,
    "tru diem": LeafRule.DEDUCTION, "nop tre": LeafRule.LATENESS, "diem tru nop tre": LeafRule.LATENESS,
}  # fmt: skip
OTHER_SAID: Final[Mapping[str, Mapping[str, str]]] = {
    "rule": RULES_SAID,
    "part": {"chuan": TablePart.BASE, "thuong": TablePart.BONUS, "diem cong": TablePart.BONUS,
             "tru": TablePart.PENALTY},
    "better": {"cao": BetterWhen.HIGHER, "tang": BetterWhen.HIGHER, "thap": BetterWhen.LOWER, "giam": BetterWhen.LOWER},
    "evidence": {"khong": EvidenceRule.NONE, "co": EvidenceRule.ASKED, "nen co": EvidenceRule.ASKED,
                 "bat buoc": EvidenceRule.REQUIRED},
    "scored_by": {"tu cham": ScoredBy.SELF, "don vi": ScoredBy.SELF, "cum truong": ScoredBy.LEADERSHIP,
                  "lanh dao cum": ScoredBy.LEADERSHIP},
    "applies_to": {},
    "mark": {},
}  # fmt: skip
LISTS: Final[Mapping[str, type[models.TextChoices]]] = {
    "rule": LeafRule, "part": TablePart, "better": BetterWhen, "evidence": EvidenceRule, "scored_by": ScoredBy,
    "applies_to": AgencyKind, "mark": LineMark,
}  # fmt: skip


@functools.cache
def labels(key: str) -> dict[str, str]:
    """The Vietnamese word of each value of a fixed list."""
    with translation.override("vi"):
        return {value: str(label) for value, label in LISTS[key].choices if value}


def chosen(key: str, text: str) -> str:
    """The value that a word of a fixed list stands for. Raises ``Refused`` with the words there are."""
    known = labels(key)
    folded = fold(text).strip(" .:")
    found = {fold(label): value for value, label in known.items()} | dict(OTHER_SAID[key])
    if folded in known:
        return folded
    if folded not in found:
        raise Refused(
            _("Không có trong danh mục. Chọn một trong: %(known)s.") % {"known": "; ".join(known.values())}
        )
    return str(found[folded])


def number(text: str, *, percent: bool = False) -> Decimal:
    """A number from 0 up as people type it ("4.500", "92,25"). Raises ``Refused``."""
    try:
        return parse_number(text, allow_percent=percent)
    except Unreadable as error:
        raise Refused(said(error)) from error


def points(text: str) -> Decimal:
    """A number of points; the word "điểm" behind it is dropped. Raises ``Refused``."""
    return number(re.sub(r"\s*(điểm|đ)\.?$", "", clean_line(text), flags=re.IGNORECASE))


def shown(value: Decimal | Fraction | int | None) -> str:
    """A number in words of a file: "1,5", "6/5" where it has no short decimals, nothing for nothing."""
    if value is None:
        return ""
    if isinstance(value, Fraction):
        ten_thousandths = value * 10_000
        if ten_thousandths.denominator != 1:
            return f"{value.numerator}/{value.denominator}"
        value = Decimal(ten_thousandths.numerator) / 10_000
    return format_number(value)


def fraction(text: str) -> Fraction:
    """ "1/2", "0,5", "50 %". Raises ``Refused``."""
    cleaned = clean_line(text)
    if match := re.fullmatch(r"([0-9]{1,4}) ?/ ?([1-9][0-9]{0,3})", cleaned):
        return Fraction(int(match[1]), int(match[2]))
    found = Fraction(number(cleaned, percent=True))
    return found / 100 if cleaned.endswith("%") else found


def yes_no(text: str) -> bool:
    """Có or không. Raises ``Refused``."""
    folded = fold(text)
    if folded in YES_WORDS:
        return True
    if folded in NO_WORDS:
        return False
    raise Refused(_("Ghi có hoặc không."))


def cell(value: Any) -> object:
    """A figure for a cell: a whole Decimal as it prints, nothing for nothing."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else value.normalize()
    return "" if value is None else value
