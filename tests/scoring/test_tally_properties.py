"""What holds for the totals of any table: generated trees and facts, beside a slow reference in fractions."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal as D
from fractions import Fraction
from random import Random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from scoring.domain.calc import score
from scoring.domain.shapes import (
    BASE,
    BONUS,
    COUNT,
    DEDUCTION,
    DIRECT,
    EXCEEDING,
    FAULTS,
    NOT_ARISEN,
    NOT_ASSIGNED,
    PENALTY,
    PERCENT,
    PROPORTIONAL,
    YES_NO,
    Change,
    Facts,
    Leaf,
    Node,
    Result,
    Section,
    TableRules,
)
from scoring.domain.tally import tally

RULES_OF = {
    BASE: (DIRECT, YES_NO, PROPORTIONAL, EXCEEDING, PERCENT, COUNT, FAULTS),
    BONUS: (BONUS, DIRECT),
    PENALTY: (DEDUCTION, DIRECT),
}
NUMBERS = st.decimals(min_value=0, max_value=30, places=1)


def facts_for(draw: Any, leaf: Leaf) -> Facts:
    kind = draw(st.integers(0, 9))
    if kind == 0:
        return Facts()
    if kind == 1:
        return Facts(mark=NOT_ASSIGNED)
    if kind == 2:
        return Facts(mark=NOT_ARISEN)
    if kind == 3 or leaf.rule == DIRECT:
        return Facts(points=draw(st.decimals(min_value=0, max_value=leaf.maximum or D(5), places=2)))
    if leaf.rule == YES_NO:
        return Facts(yes=draw(st.booleans()))
    if leaf.rule in (PROPORTIONAL, EXCEEDING):
        return Facts(actual=draw(NUMBERS), target=draw(NUMBERS))
    if leaf.rule == PERCENT:
        return Facts(percent=draw(NUMBERS) * 4)
    return Facts(count=D(draw(st.integers(0, 9))))


@st.composite
def trees(draw: Any) -> list[Node]:
    """Up to three groups of each part, one of them nested, and lines at the top."""
    nodes: list[Node] = []
    for part, rules in RULES_OF.items():
        for group in range(draw(st.integers(0, 2))):
            code = f"{part}{group}"
            nodes.append(Section(code, code, code, D(draw(st.integers(0, 40))), part))
            deep = f"{code}.x"
            nodes.append(Section(deep, deep, deep, D(draw(st.integers(0, 20))), part, code))
            for number in range(draw(st.integers(0, 3))):
                parent = draw(st.sampled_from([code, deep, ""]))
                nodes.append(
                    Leaf(
                        f"{code}.{number}", f"{code}.{number}", draw(st.sampled_from(rules)),
                        D(draw(st.integers(0, 60))) / 4, part=part, parent=parent,
                        each=draw(st.sampled_from([D("0.5"), D(3)])), places=draw(st.integers(0, 2)), step=None,
                    )
                )  # fmt: skip
    return nodes


@st.composite
def rules(draw: Any) -> TableRules:
    cap = st.none() | st.integers(0, 20).map(D)
    return TableRules(
        bonus=draw(st.sampled_from(["inside", "outside"])), bonus_cap=draw(cap), penalty_cap=draw(cap),
        unassigned=draw(st.sampled_from(["convert", "reduce", "full"])),
        not_arisen=draw(st.sampled_from(["full", "unassigned", "zero"])),
    )  # fmt: skip


@st.composite
def cases(draw: Any) -> tuple[list[Node], dict[str, Result], TableRules, dict[str, Any]]:
    nodes, settings_ = draw(trees()), draw(rules())
    results = {
        one.code: score(one, facts_for(draw, one), settings_) for one in nodes if isinstance(one, Leaf)
    }
    changes = [
        Change(kind, D(draw(st.integers(1, 9))), ground="căn cứ")
        for kind in draw(st.lists(st.sampled_from(["bonus", "penalty"]), max_size=2))
    ]
    more = {
        "over_maximum": draw(st.booleans()),
        "late_off": D(draw(st.integers(0, 3))) / 2,
        "changes": changes,
    }
    return nodes, results, settings_, more


@given(case=cases())
def test_written_parts_add_up_and_bounds_hold(case: Any) -> None:
    nodes, results, rules_, more = case
    found = tally(nodes, results, rules_, **more)
    assert sum((one.points for one in found.lines), D(0)) == found.total
    assert found.total >= 0
    assert found.ceiling is None or found.total <= found.ceiling
    assert rules_.bonus_cap is None or found.bonus <= rules_.bonus_cap
    assert rules_.penalty_cap is None or found.penalty <= rules_.penalty_cap
    assert 0 <= found.assigned <= found.maximum
    if not more["over_maximum"] and rules_.bonus == "inside":
        assert found.total <= found.maximum
    for line in found.lines:
        assert str(line.said)


@given(case=cases())
def test_a_slow_reference_gives_the_same_total(case: Any) -> None:
    nodes, results, rules_, more = case
    assert tally(nodes, results, rules_, **more).total == reference(nodes, results, rules_, **more)


@given(case=cases(), order=st.integers())
def test_the_order_of_nodes_does_not_matter(case: Any, order: int) -> None:
    nodes, results, rules_, more = case
    mixed = list(nodes)
    Random(order).shuffle(mixed)
    first, second = tally(nodes, results, rules_, **more), tally(mixed, results, rules_, **more)
    assert first.total == second.total
    assert first.sections == second.sections


@given(case=cases(), by=st.decimals(min_value=0, max_value=5, places=2))
def test_more_points_never_make_less(case: Any, by: D) -> None:
    """A base or bonus line that earns more never lowers the total, a penalty line never raises it."""
    nodes, results, rules_, more = case
    before = tally(nodes, results, rules_, **more).total
    for one in nodes:
        if isinstance(one, Leaf) and (old := results[one.code]).points is not None:
            new = tally(
                nodes, results | {one.code: replace(old, points=old.points + by)}, rules_, **more
            ).total
            assert new <= before if one.part == PENALTY else new >= before


@given(case=cases())
def test_a_base_section_may_be_split(case: Any) -> None:
    """Its children standing at the top, where their maxima are its own, make the same total."""
    nodes, results, rules_, more = case
    plain = [
        replace(one, maximum=D(0)) if isinstance(one, Section) and one.part == BASE else one for one in nodes
    ]
    gone = {one.key for one in plain if isinstance(one, Section) and one.part == BASE}
    flat = [replace(one, parent="") if one.parent in gone else one for one in plain if one.key not in gone]
    assert tally(plain, results, rules_, **more).total == tally(flat, results, rules_, **more).total


@given(
    rule=st.sampled_from([PROPORTIONAL, EXCEEDING, PERCENT, COUNT]),
    first=NUMBERS, second=NUMBERS, target=st.decimals(min_value="0.1", max_value=30, places=1),
    maximum=st.integers(0, 80), each=st.sampled_from([D("0.25"), D(2)]),
    step=st.sampled_from([None, D("0.25"), D("0.5")]),
)  # fmt: skip
def test_leaves_rise_with_their_facts_up_to_the_maximum(
    rule: str, first: D, second: D, target: D, maximum: int, each: D, step: D | None
) -> None:
    leaf = Leaf("k", "I.1", rule, D(maximum) / 4, each=each, step=step)
    low, high = sorted((first, second))

    def points(value: D) -> D:
        facts = (
            Facts(actual=value, target=target)
            if rule in (PROPORTIONAL, EXCEEDING)
            else Facts(percent=value, count=value)
        )
        found = score(leaf, facts, TableRules()).points
        assert found is not None
        return found

    assert points(low) <= points(high)
    assert rule == EXCEEDING or points(high) <= leaf.maximum


class Tree:
    """The tree of a table, asked node by node."""

    def __init__(self, nodes: list[Node], results: dict[str, Result]) -> None:
        self.nodes, self.results = nodes, results
        self.keys = {one.key: one for one in nodes}

    def beneath(self, key: str | None) -> list[Node]:
        return [one for one in self.nodes if (one.parent if one.parent in self.keys else None) == key]

    def amount(self, node: Node, part: str) -> Fraction:
        if isinstance(node, Leaf):
            return Fraction(self.results[node.code].points or 0) if node.part == part else Fraction(0)
        value = sum((self.amount(one, part) for one in self.beneath(node.key)), Fraction(0))
        capped = part != BASE and node.part == part and node.maximum
        return min(value, Fraction(node.maximum)) if capped else value

    def most(self, node: Node, *, assigned: bool) -> Fraction:
        if node.part != BASE:
            return Fraction(0)
        if isinstance(node, Leaf):
            return (
                Fraction(0) if assigned and not self.results[node.code].assigned else Fraction(node.maximum)
            )
        children = self.beneath(node.key)
        stated = Fraction(node.maximum) or sum(
            (self.most(one, assigned=False) for one in children), Fraction(0)
        )
        if not assigned:
            return stated
        if not self.any_assigned(node):
            return Fraction(0)
        out = sum(
            (self.most(one, assigned=False) - self.most(one, assigned=True) for one in children), Fraction(0)
        )
        return max(stated - out, Fraction(0))

    def any_assigned(self, node: Node) -> bool:
        if isinstance(node, Leaf):
            return node.part == BASE and self.results[node.code].assigned
        return any(self.any_assigned(one) for one in self.beneath(node.key))


def reference(
    nodes: list[Node],
    results: dict[str, Result],
    rules_: TableRules,
    *,
    over_maximum: bool,
    late_off: D,
    changes: list[Change],
) -> D:
    """The total told once more from its definition, in fractions, node by node."""
    tree = Tree(nodes, results)
    top = tree.beneath(None)
    base = sum((tree.amount(one, BASE) for one in top), Fraction(0))
    maximum = sum((tree.most(one, assigned=False) for one in top), Fraction(0))
    assigned = (
        sum((tree.most(one, assigned=True) for one in top), Fraction(0))
        if any(map(tree.any_assigned, top))
        else Fraction(0)
    )
    full = assigned if rules_.unassigned == "reduce" else maximum
    if assigned not in (0, full):
        places = max(one.places for one in nodes if isinstance(one, Leaf) and one.part == BASE)
        scaled = base * full / assigned * 10**places + Fraction(1, 2)
        base = Fraction(scaled.numerator // scaled.denominator, 10**places)
    if not over_maximum:
        base = min(base, full)
    parts = {}
    for part, cap, own in (
        (BONUS, rules_.bonus_cap, Fraction(0)), (PENALTY, rules_.penalty_cap, Fraction(late_off)),
    ):  # fmt: skip
        value = own + sum((tree.amount(one, part) for one in top), Fraction(0))
        value += sum((Fraction(one.points) for one in changes if one.kind == part), Fraction(0))
        parts[part] = value if cap is None else min(value, Fraction(cap))
    total = base + parts[BONUS] - parts[PENALTY]
    if not over_maximum and rules_.bonus == "inside":
        total = min(total, full)
    elif not over_maximum and rules_.bonus_cap is not None:
        total = min(total, full + Fraction(rules_.bonus_cap))
    total = max(total, Fraction(0))
    return D(total.numerator) / D(total.denominator)
