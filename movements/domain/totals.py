"""Totals of contributions: the one place where figures are added, for lists, agency pages, the home page, the summary.

Words used here:

* *gift*: one recorded contribution, whoever gave it. It has a value in đồng, a quantity with a unit, or both;
* *whole*: another figure that a gift stands in relation to (``part of``, docs/domain.md);
* *joint*: more than one giver, some perhaps from outside the cluster.

Promises:

* a gift is counted once, however often it comes and however many gave it;
* a part already inside a whole that is among the gifts is not added again. Where the whole is not among them
  (another agency's, another filter), the part stands for itself and is added;
* a part of which nobody knows whether it is inside is never added: it is named in ``left_out``;
* this concerns like figures only. 200 parcels are no part of an amount of money: their value may be, their number
  is counted;
* the order of the gifts does not matter; sums are exact; the qualifier of a sum claims no more than its parts.

Pure Python: no Django.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal

from core.quantity import MONEY_UNIT, Qualifier, Quantity, add

INCLUDED = "included"
UNKNOWN = "unknown"
OUTSIDE = -1  # in place of an agency's id: everybody outside the cluster
NOBODY = 0  # in place of an agency's id: no giver is named, it was the cluster as a whole


@dataclass(frozen=True, slots=True)
class Giver:
    """A member agency, or somebody outside the cluster by name; ``share`` in đồng where it is recorded."""

    agency_id: int | None
    outside: str = ""
    share: int | None = None

    @property
    def key(self) -> int:
        """The agency's id, or ``OUTSIDE``."""
        return OUTSIDE if self.agency_id is None else self.agency_id


@dataclass(frozen=True, slots=True)
class Gift:
    """A contribution as totals and lists see it; value in đồng, quantity in ``unit``."""

    id: int
    activity_id: int
    description: str = ""
    kind: str = ""
    receiver: str = ""
    place: str = ""
    value: int | None = None
    value_qualifier: Qualifier = Qualifier.EXACT
    quantity: Decimal | None = None
    unit: str = ""
    quantity_qualifier: Qualifier = Qualifier.EXACT
    part_state: str = ""
    whole_id: int | None = None
    whole_has_value: bool = False
    whole_unit: str = ""
    givers: tuple[Giver, ...] = ()
    count: int = 1  # a row may stand for several gifts already added, never for parts
    joint: int = 0  # so many of them joint

    @property
    def is_joint(self) -> bool:
        """Whether several gave it."""
        return len(self.givers) > 1

    @property
    def money(self) -> Quantity | None:
        """The value as a quantity."""
        if self.value is None:
            return None
        return Quantity(Decimal(self.value), MONEY_UNIT, self.value_qualifier, "")

    @property
    def goods(self) -> Quantity | None:
        """The quantity."""
        if self.quantity is None:
            return None
        return Quantity(self.quantity, self.unit, self.quantity_qualifier, "")

    @property
    def doubtful(self) -> tuple[Quantity, ...]:
        """The figures that may already be inside the whole: like figures of a part of unknown state."""
        if self.part_state != UNKNOWN:
            return ()
        return tuple(figure for figure in (self.money, self.goods) if figure and self._is_like_whole(figure))

    def _is_like_whole(self, figure: Quantity) -> bool:
        """Whether the whole has a figure of the same unit."""
        if figure.unit == MONEY_UNIT and self.whole_has_value:
            return True
        return bool(self.whole_unit) and figure.unit == self.whole_unit

    def added(self, present: frozenset[int]) -> tuple[Quantity, ...]:
        """The figures a total adds, when the gifts ``present`` are being added."""
        figures = tuple(figure for figure in (self.money, self.goods) if figure)
        if self.part_state == UNKNOWN or (self.part_state == INCLUDED and self.whole_id in present):
            return tuple(figure for figure in figures if not self._is_like_whole(figure))
        return figures


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A gift whose figures were not added, because nobody says whether they are inside another one."""

    gift_id: int
    activity_id: int
    description: str
    figures: tuple[Quantity, ...]
    whole_id: int | None


@dataclass(frozen=True, slots=True)
class Totals:
    """What a set of gifts comes to. ``goods`` has one sum for each unit, the largest first."""

    money: Quantity | None = None
    goods: tuple[Quantity, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    gifts: int = 0
    joint: int = 0

    @property
    def is_empty(self) -> bool:
        """Nothing was added and nothing was left out."""
        return self.gifts == 0


def total(gifts: Iterable[Gift], present: Iterable[int] = ()) -> Totals:
    """The totals of the gifts, each counted once; ``present`` names wholes that are counted inside other rows."""
    rows = {gift.id: gift for gift in gifts}
    here = frozenset(rows).union(present)
    sums: dict[str, dict[Qualifier, Decimal]] = {}
    for gift in rows.values():
        for figure in gift.added(here):
            groups = sums.setdefault(figure.unit, {})
            groups[figure.qualifier] = groups.get(figure.qualifier, Decimal(0)) + figure.number
    added = {
        unit: add(Quantity(number, unit, qualifier, "") for qualifier, number in groups.items())
        for unit, groups in sums.items()
    }
    money = added.pop(MONEY_UNIT, None)
    left_out = [
        LeftOut(gift.id, gift.activity_id, gift.description, gift.doubtful, gift.whole_id)
        for gift in rows.values()
        if gift.doubtful
    ]
    return Totals(
        money=money,
        goods=tuple(sorted(added.values(), key=lambda sum_: (-sum_.number, sum_.unit))),
        left_out=tuple(sorted(left_out, key=_largest_first)),
        gifts=sum(gift.count for gift in rows.values()),
        joint=sum(gift.joint or gift.is_joint for gift in rows.values()),
    )


def _largest_first(row: LeftOut) -> tuple[bool, Decimal, int]:
    first = row.figures[0]
    return (first.unit != MONEY_UNIT, -first.number, row.gift_id)


def giver_keys(gift: Gift) -> frozenset[int]:
    """Under whom the gift is told: ids of agencies, ``OUTSIDE``, or ``NOBODY`` alone."""
    return frozenset(giver.key for giver in gift.givers) or frozenset({NOBODY})


def own_gifts(gifts: Iterable[Gift], *keys: int) -> list[Gift]:
    """The gifts that an agency gave (or one of several that count as one), alone or with others; each gift once.

    Of a joint gift with recorded shares their own shares. ``OUTSIDE`` and ``NOBODY`` stand for an agency too.
    """
    found = []
    for gift in gifts:
        own = [giver for giver in gift.givers if giver.key in keys]
        if own:
            found.append(_share_of(gift, own))
        elif not gift.givers and NOBODY in keys:
            found.append(gift)
    return found


def _share_of(gift: Gift, own: list[Giver]) -> Gift:
    shares = [giver.share for giver in own if giver.share is not None]
    if len(shares) < len(own) or not gift.is_joint or len(own) == len(gift.givers):
        return gift
    return replace(gift, value=sum(shares), value_qualifier=Qualifier.EXACT)


def total_of(gifts: Iterable[Gift], agency_id: int) -> Totals:
    """An agency's own totals. They do not add up to the cluster's: a joint gift stands in each giver's view."""
    return total(own_gifts(gifts, agency_id))


def totals_by_agency(gifts: Iterable[Gift]) -> dict[int, Totals]:
    """Each giving agency's own totals."""
    rows = list(gifts)
    agencies = {giver.agency_id for gift in rows for giver in gift.givers if giver.agency_id is not None}
    return {agency_id: total_of(rows, agency_id) for agency_id in sorted(agencies)}
