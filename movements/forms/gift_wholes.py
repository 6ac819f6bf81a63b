"""What a row of the grid may be part of: other rows of the form, recorded figures of the year."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from movements.domain.entry import PartOf
from movements.enums import PartState

FIRST_TARGETS = 12
STATES = (  # a relation, its group in the select, what one choice says
    (PartState.INCLUDED, gettext_lazy("Đã tính trong số tổng"), gettext_lazy("Trong %(whole)s")),
    (PartState.NOT_INCLUDED, gettext_lazy("Ngoài số tổng, cộng thêm"), gettext_lazy("Ngoài %(whole)s")),
    (PartState.UNKNOWN, gettext_lazy("Chưa rõ có trong số tổng không"), gettext_lazy("Chưa rõ, %(whole)s")),
)


@dataclass(frozen=True, slots=True)
class Figure:
    """A recorded contribution that a row may be part of."""

    pk: int
    label: str
    has_value: bool
    unit: str


@dataclass(frozen=True)
class Wholes:
    """What a row may be part of: rows of the form by their number (with their words), recorded figures.

    A long form offers its first rows, where totals stand, and those that are already named in ``parts``: each row of
    sixty would else carry a hundred and eighty choices.
    """

    rows: Sequence[str]
    figures: Sequence[Figure]
    parts: Sequence[str] = ()

    @cached_property
    def offered(self) -> list[tuple[int, str]]:
        """Place and words of the rows to choose from."""
        named = {part.rpartition(":r")[2] for part in self.parts}
        return [
            (index, what)
            for index, what in enumerate(self.rows)
            if what and (index < FIRST_TARGETS or str(index) in named)
        ]

    def choices(self, own: int | None) -> list[Any]:
        """For the select of one row: standing alone, then each relation to each figure."""
        targets = [
            (f"r{index}", _("khoản %(number)s (%(what)s)") % {"number": index + 1, "what": what})
            for index, what in self.offered
            if index != own
        ]
        targets += [(f"g{figure.pk}", figure.label) for figure in self.figures]
        groups = [
            (label, [(f"{state}:{key}", words % {"whole": whole}) for key, whole in targets])
            for state, label, words in STATES
            if targets
        ]
        return [("", _("Khoản riêng")), *groups]


def read_part(text: str) -> PartOf | None:
    """``included:r0`` is inside row 0 of the form, ``unknown:g12`` perhaps inside contribution 12."""
    state, _colon, target = text.partition(":")
    if not target:
        return None
    return PartOf(state, gift=int(target[1:])) if target.startswith("g") else PartOf(state, row=target[1:])
