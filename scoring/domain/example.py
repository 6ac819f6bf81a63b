"""The ranks of the charter's invented agencies by given rules: pure arithmetic over this app's own functions."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from decimal import Decimal

from members.charter import Rules
from members.charter_examples import MAXIMUM, SAMPLES, Sample
from members.charter_parts import SECTION, most_of, points_off
from scoring.domain.bands import Grade, Graded, grade
from scoring.domain.points import rounded, total
from scoring.domain.ranking import Number, Placed, Standing, combined

PARTS = {"i": 0, "ii": 1, "iii": 2, "1": 0, "2": 1, "3": 2}
NO_RANK_BEFORE = 1000


@dataclass(frozen=True, slots=True)
class Outcome:
    """One agency at the end: its points (None: no sheet), how it was placed, its grade."""

    sample: Sample
    points: Decimal | None
    placed: Placed
    graded: Graded


def points_of(sample: Sample, rules: Rules) -> Decimal | None:
    """Its total; None for a missing sheet that is not ranked, 0 for one that counts as nothing."""
    if not sample.sheet:
        return Decimal(0) if rules.missing_sheet == "zero" else None
    leaves = [rounded(part, rules.decimals, rules.rounding) for part in sample.parts]
    deducted = sample.penalty + points_off(rules.lateness, sample.days_late)
    return total(leaves, sample.bonus, deducted, maximum=MAXIMUM, over_maximum=rules.over_maximum)


def tie_values(sample: Sample, rules: Rules) -> tuple[Number, ...]:
    """One value for each declared rule, more is better; rules that people apply decide nothing here."""
    return tuple(_tie_value(sample, rule, rules) for rule in rules.tie_break)


def _tie_value(sample: Sample, rule: str, rules: Rules) -> Number:
    if rule.startswith(SECTION):
        part = PARTS.get(rule.removeprefix(SECTION).strip().lower())
        return 0 if part is None else rounded(sample.parts[part], rules.decimals, rules.rounding)
    values: dict[str, Number] = {
        "bonus": sample.bonus,
        "fewer_penalty": -sample.penalty,
        "previous_year": -(sample.before or NO_RANK_BEFORE),
        "vote": sample.votes,
    }
    return values.get(rule, 0)


def outcomes(rules: Rules) -> list[Outcome]:
    """All seven, best first; those without a rank last."""
    points = {sample.key: points_of(sample, rules) for sample in SAMPLES}
    placed = ranked(rules, points)
    samples = {sample.key: sample for sample in SAMPLES}
    grades = grade(((one.key, points[str(one.key)], one.rank) for one in placed), _grades(rules))
    return [
        Outcome(samples[str(one.key)], points[str(one.key)], one, graded)
        for one, graded in zip(placed, grades, strict=True)
    ]


def ranked(rules: Rules, points: dict[str, Decimal | None]) -> list[Placed]:
    """Ranks by the way of the charter; where the conference deliberates, the ranks the points alone would give."""
    standings = [Standing(sample.key, points[sample.key], tie_values(sample, rules)) for sample in SAMPLES]
    votes: dict[Hashable, int | None] = {sample.key: sample.votes for sample in SAMPLES}
    return combined(standings, votes, rules.combine, shortlist=rules.shortlist, dense=rules.dense)


def _grades(rules: Rules) -> list[Grade]:
    return [
        Grade(
            band.label, band.at_least,
            None if band.share is None else most_of(band.share, len(SAMPLES)),
        )
        for band in rules.bands if band.at_least is not None
    ]  # fmt: skip
