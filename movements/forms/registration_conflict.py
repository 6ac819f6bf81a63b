"""Two people changed one registration: what I typed beside what is stored, row by row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from core.quantity import format_number
from movements.domain.registration_entry import RegistrationDraft
from movements.enums import Direction, Holder
from movements.forms.registration import TARGETS, TITLES, target_initial, title_initial
from movements.models import Registration, Target, TitleRegistration


def differing(
    mine: RegistrationDraft,
    theirs: Registration,
    targets: Sequence[Target],
    titles: Sequence[TitleRegistration],
) -> list[dict[str, str]]:
    """``{field, mine, theirs}`` for every row whose words differ; empty when both say the same."""
    pairs: dict[str, list[str]] = {}
    sides = (
        (mine.note, mine.targets, mine.titles),
        (theirs.note, targets, titles),
    )
    for place, (note, some_targets, some_titles) in enumerate(sides):
        lines: dict[str, str] = {_("Ghi chú của đơn vị"): note}
        lines |= {_("Chỉ tiêu: %(what)s") % {"what": one.content}: _target(one) for one in some_targets}  # type: ignore[attr-defined]
        lines |= {_("Danh hiệu: %(what)s") % {"what": one.title}: _title(one) for one in some_titles}  # type: ignore[attr-defined]
        for field, words in lines.items():
            pairs.setdefault(field, ["", ""])[place] = words
    return [
        {"field": field, "mine": words[0], "theirs": words[1]}
        for field, words in pairs.items()
        if words[0] != words[1]
    ]


def _target(one: Any) -> str:
    plan = _("không giao chỉ tiêu") if one.plan is None else f"{format_number(one.plan)} {one.unit}"
    parts = [plan, str(Direction(one.direction).label) if one.direction == Direction.LOWER else "", one.note]
    return ", ".join(part for part in parts if part)


def _title(one: Any) -> str:
    parts = [str(Holder(one.holder).label) if one.holder else "", format_number(one.count), one.note]
    return ", ".join(part for part in parts if part)


def mine_on_top(
    data: Any, version: int, targets: Sequence[Target], titles: Sequence[TitleRegistration]
) -> Any:
    """What was posted, on the version that stands now, with the rows that others added: saving it is a decision."""
    merged = data.copy()
    merged["version"] = str(version)
    had = {data.get(f"{TARGETS}-{place}-key", "") for place in range(_count(data, TARGETS))}
    named = {data.get(f"{TITLES}-{place}-title", "").casefold() for place in range(_count(data, TITLES))}
    contents = {
        data.get(f"{TARGETS}-{place}-content", "").casefold() for place in range(_count(data, TARGETS))
    }
    for target in targets:
        if target.key not in had and target.content.casefold() not in contents:
            _append(merged, TARGETS, target_initial(target.order, target))
    for title in titles:
        if title.title.casefold() not in named:
            _append(merged, TITLES, title_initial(title.order, title))
    return merged


def _count(data: Any, prefix: str) -> int:
    words = data.get(f"{prefix}-TOTAL_FORMS", "")
    return min(int(words), 100) if words.isdecimal() and len(words) < 5 else 0


def _append(data: Any, prefix: str, row: dict[str, Any]) -> None:
    place = _count(data, prefix)
    data[f"{prefix}-TOTAL_FORMS"] = str(place + 1)
    for name, value in row.items():
        data[f"{prefix}-{place}-{name}"] = str(value)
