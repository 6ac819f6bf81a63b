"""What the calculation works on: criteria, facts, results, totals. Pure: no Django, no clock, no database.

Words. A *leaf* is a criterion that earns points by its rule (domain 3.2, R1 to R16 and R19; R17 is the rule
``lateness``, R18 stands beside the total). *Facts* are what somebody typed for a leaf; empty facts are not zero. A
*result* is what the rule makes of the facts, with its derivation in words. ``parent`` is the key of a section. Numbers
are ``Decimal`` (shown, stored) or ``Fraction`` (compared): never a float.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Final

SECTION: Final = "section"
DIRECT, YES_NO, LEVELS, BANDS = "direct", "yes_no", "levels", "bands"
PROPORTIONAL, EXCEEDING, RELATIVE, PERCENT = "proportional", "exceeding", "relative", "percent"
COUNT, FAULTS, BONUS, DEDUCTION, LATENESS = "count", "faults", "bonus", "deduction", "lateness"
BASE, PENALTY = "base", "penalty"  # with BONUS the parts of a table
NOTHING, NOT_ARISEN, NOT_ASSIGNED = "nothing", "not_arisen", "not_assigned"
LOWER: Final = "lower"
ZERO_LEAF, ZERO_PARENT = "leaf", "parent"

# Sanctions of a deduction (R13): the grade may not be above one, may not be one, falls by one, or is the lowest.
NOT_ABOVE, NOT_GRADE, DOWN_ONE, LOWEST = "not_above", "not_grade", "down_one", "lowest"


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence in parts: a Vietnamese template with named places, and what fills them; ``str`` is Vietnamese.

    ``more`` follows without a space between. A plain per cent sign in a template is ``%%``.
    """

    template: str
    values: tuple[tuple[str, str], ...] = ()
    more: tuple[Said, ...] = ()

    def __str__(self) -> str:
        """The Vietnamese sentence; ``scoring.words.said`` gives that of the page's language."""
        return self.template % dict(self.values) + "".join(str(one) for one in self.more)


@dataclass(frozen=True, slots=True)
class Choice:
    """A named level (R3); ``zeroes`` (R14) takes the leaf, or everything under its parent, to nothing."""

    key: str
    label: str
    points: Decimal
    zeroes: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """A band (R4): from ``edge`` per cent on (``inclusive``) or beyond it; downwards where lower is better."""

    edge: Decimal
    points: Decimal
    inclusive: bool = True


@dataclass(frozen=True, slots=True)
class SizeStep:
    """R19: from a size on, points count ``factor`` times."""

    at_least: Decimal
    factor: Fraction


@dataclass(frozen=True, slots=True)
class Sanction:
    """R13: what ``from_count`` cases do to the grade."""

    from_count: int
    kind: str
    grade: str = ""


@dataclass(frozen=True, slots=True)
class Leaf:
    """One criterion with its rule, as the calculation needs it.

    ``maximum``: of a bonus or deduction line its cap. ``each``: points for one case (R10 to R13). ``base_share``: part
    of the maximum for reaching the target exactly (R7). ``measured``: "ratio" = actual and target are typed, "percent"
    = the percentage itself. ``once``: a bonus counts once however often it arose. ``below``: points under every band.
    ``step``: R1 only multiples may be typed, R9 rounded to it. ``places``: decimals the leaf is rounded to.
    """

    key: str
    code: str
    rule: str
    maximum: Decimal
    part: str = BASE
    parent: str = ""
    title: str = ""
    unit: str = ""
    better: str = "higher"
    step: Decimal | None = None
    places: int = 2
    rounding: str = "half_up"
    each: Decimal = Decimal(0)
    choices: tuple[Choice, ...] = ()
    steps: tuple[Step, ...] = ()
    below: Decimal = Decimal(0)
    measured: str = "ratio"
    base_share: Fraction = Fraction(1, 2)
    once: bool = False
    sizes: tuple[SizeStep, ...] = ()
    sanctions: tuple[Sanction, ...] = ()
    applies: bool = True  # to the kind of this agency; one that does not is like one not assigned


@dataclass(frozen=True, slots=True)
class Section:
    """A group; ``maximum`` is the stated one, of a bonus or penalty group its cap (0 = none)."""

    key: str
    code: str
    title: str
    maximum: Decimal
    part: str = BASE
    parent: str = ""


Node = Section | Leaf


@dataclass(frozen=True, slots=True)
class Facts:
    """What was typed for a leaf; only what its rule asks for is looked at. All empty: not answered yet."""

    points: Decimal | None = None
    yes: bool | None = None
    level: str = ""
    actual: Decimal | None = None
    target: Decimal | None = None
    percent: Decimal | None = None
    count: Decimal | None = None
    mark: str = ""
    size: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """What a rule gave: ``points`` None = not answered, or waiting for the others (``waits``).

    ``least``: of a waiting one, what is sure already. ``assigned`` False: out of the maximum. ``faults``: sentences on
    what is wrong with the facts (over the maximum, no step of …); then ``points`` is None. ``warnings``: odd but
    possible. ``zeroes``: see ``Choice``. ``sanctions``: those the facts reached. ``reached``: whether the target was
    reached, None where there is none.
    """

    points: Decimal | None = None
    derivation: Said | None = None
    least: Decimal | None = None
    waits: bool = False
    assigned: bool = True
    faults: tuple[Said, ...] = ()
    warnings: tuple[Said, ...] = ()
    zeroes: str = ""
    sanctions: tuple[Sanction, ...] = ()
    reached: bool | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """An approved adjustment beside the table; ``points`` positive in both directions.

    A bonus that names a bonus line or group (``code``) counts within its cap, and so does a penalty; one that names
    another criterion, or none, stands free of the groups.
    """

    kind: str  # bonus | penalty | zero | grade_limit | disqualified
    points: Decimal = Decimal(0)
    code: str = ""
    grade: str = ""
    ground: str = ""


@dataclass(frozen=True, slots=True)
class Level:
    """A step of scoring: who gives figures there, whether it sees those before (``blind``: not), whether it counts.

    Among the levels that count the last one with a figure wins, line by line (domain 3.3). ``combine``: what several
    scorers of one level come to: ``last``, ``mean`` (rounded like the leaf) or ``lowest``.
    """

    key: str
    label: str
    who: str  # self | cross | leadership | officer | outside
    blind: bool = False
    counts: bool = True
    combine: str = "last"


@dataclass(frozen=True, slots=True)
class Condition:
    """R18: what ``grade`` (and every better one) asks beside the total.

    ``each_line``: no base leaf (under ``code``, where given) below ``share`` of its maximum. ``section``: the section
    or leaf ``code`` has at least ``share`` of its maximum. ``targets``: at least ``count`` targets reached, 0 = all.
    """

    grade: str
    kind: str
    code: str = ""
    share: Fraction = Fraction(0)
    count: int = 0


DEFAULT_LEVELS: Final = (
    Level("self", "Tự chấm", "self"),
    Level("cross", "Chấm chéo", "cross", blind=True, counts=False, combine="mean"),
    Level("verify", "Thẩm định", "leadership"),
)


@dataclass(frozen=True, slots=True)
class TableRules:
    """How a table is calculated: the open choices that every table answers differently (domain 3.2).

    ``bonus`` inside: base and bonus together stay within the base maximum; outside: bonus comes on top. ``bonus_cap``
    and ``penalty_cap`` hold the whole bonus and penalty, approved adjustments and lateness included; None = no cap.
    ``best_tie``: all leaders of R7 get the maximum, or they ``split`` what lies above the target. ``nobody_exceeded``:
    reaching the target gives R7's share of the maximum, or all of it. ``target_zero``: a target of 0 counts as none
    (``no_target``), as reached (``full``) or takes the line out (``not_scored``). ``unassigned`` (R16): the rest is
    converted to the full maximum, the maximum is only reduced, or the line is full. ``not_arisen`` (R15): full points,
    like not assigned, or zero. ``reason_from``: from which difference a scorer gives a reason; 0 = any difference.
    """

    bonus: str = "outside"
    bonus_cap: Decimal | None = None
    penalty_cap: Decimal | None = None
    best_tie: str = "all"
    nobody_exceeded: str = "target_share"
    target_zero: str = "no_target"
    unassigned: str = "convert"
    not_arisen: str = "full"
    reason_from: Decimal = Decimal(0)
    lateness_by: str = "received"
    levels: tuple[Level, ...] = DEFAULT_LEVELS
    conditions: tuple[Condition, ...] = ()
    disqualifiers: tuple[str, ...] = ()
    frequent_reasons: tuple[str, ...] = ()

    def level(self, key: str) -> Level | None:
        """The level of that key; None for an unknown one."""
        return next((one for one in self.levels if one.key == key), None)


@dataclass(frozen=True, slots=True)
class WrittenLine:
    """One line of a total's derivation: its words and what it adds (negative: takes off); all lines add up to it."""

    said: Said
    points: Decimal = Decimal(0)
    code: str = ""


@dataclass(frozen=True, slots=True)
class PartTotal:
    """A section or the whole: what it earned of what it could, and how much of it is answered.

    ``maximum`` as the table states it, ``assigned`` without what was not assigned. ``summed`` is the plain sum before
    a group's cap.
    """

    points: Decimal
    maximum: Decimal
    assigned: Decimal
    answered: int
    leaves: int
    summed: Decimal


@dataclass(frozen=True, slots=True)
class Total:
    """The result of one sheet at one level: the only total there is, for page, Excel, papers and ranking.

    ``base``: the base part before conversion, out of ``assigned`` ("684/700"), the base maximum without what was not
    assigned; ``converted``: after it (R16; a division, so it is rounded once like a
    leaf); ``total`` = converted + bonus − penalty within the ceiling, never rounded again, never below 0.
    ``provisional``: something waits for the others or is not answered. ``percent``: base of what was assigned.
    ``lines`` add up exactly to ``total``; ``written`` says them, with the sum as the last sentence. ``sections`` is by
    code. Conditions that are not met (``unmet``) hold the grade down; a disqualified agency keeps its figures.
    """

    total: Decimal
    base: Decimal
    converted: Decimal
    bonus: Decimal
    penalty: Decimal
    maximum: Decimal
    ceiling: Decimal | None
    percent: Fraction | None
    sections: dict[str, PartTotal] = field(default_factory=dict)
    written: tuple[Said, ...] = ()
    lines: tuple[WrittenLine, ...] = ()
    answered: int = 0
    leaves: int = 0
    provisional: bool = False
    disqualified: tuple[str, ...] = ()
    grade_limits: tuple[Sanction, ...] = ()
    unmet: tuple[tuple[str, Said], ...] = ()  # (grade, why it may not be given)
    assigned: Decimal = Decimal(0)
