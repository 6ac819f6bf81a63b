"""R7 and R8: points relative to the best of the cluster. Pure: no Django.

A = result, T = target, MS = maximum, b = share of the maximum for just reaching the target (usually 1/2), e = (A − T) /
|T| (lower is better: (T − A) / |T|), e_best = the greatest e above 0 among the members with a target.

* e < 0: b × MS × (1 + e), which is b × MS × A / T for a positive target; not below 0.
* e = 0: b × MS.
* e > 0: b × MS + e / e_best × (1 − b) × MS. The best gets MS. Several best (``best_tie``): all get MS; ``split``: what
  lies above b × MS is divided by their number for everybody, so that no one passes the best.
* ``nobody_exceeded`` "full": where no e is above 0, e = 0 gives MS.

Members without a target are compared among themselves only (R8): MS × A / A_best; lower is better: MS × A_best / A. All
zero: 0 (lower is better: all are the best). A result below 0 gives 0. They never enter the first group. A tie at their
best is no question of ``best_tie``: the formula gives all of them MS.

The order of members changes nothing. Results that somebody set himself are not compared.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from fractions import Fraction
from typing import TypeVar

from core.marks import _
from scoring.domain.degree import beyond, mixed_units, zero_as_target
from scoring.domain.derive import ZERO, by_hand, finish, is_out, not_arisen, not_assigned, said, text
from scoring.domain.facts import own_number
from scoring.domain.shapes import LOWER, NOT_ARISEN, NOTHING, Facts, Leaf, Result, Said, TableRules

Key = TypeVar("Key", bound=Hashable)


def waiting(leaf: Leaf, facts: Facts, settings: TableRules) -> Result:
    """One member alone: it waits for the others, with what is sure already (``least``) and why."""
    alone = _before(leaf, facts, settings)
    if alone is not None:
        return alone
    if not _has_target(facts):
        words = _("Không có chỉ tiêu; kết quả %(actual)s: so với các đơn vị khác khi tính điểm cụm")
        return Result(derivation=said(words, actual=facts.actual or 0), least=ZERO, waits=True)
    e = beyond(leaf, facts)
    words = _("; chờ tính điểm cụm, phần đã chắc: %(share)s × %(maximum)s × %(percent)s %%")
    percent = text(min(1 + e, Fraction(1)) * 100, 2)
    more = said(words, share=leaf.base_share, maximum=leaf.maximum, percent=percent)
    head = _head(facts, e)
    sure = finish(leaf, facts, _up_to_target(leaf, e), Said(head.template, head.values, (more,)))
    return Result(
        derivation=sure.derivation, least=sure.points, waits=True, warnings=mixed_units(facts), reached=e >= 0
    )


def score_relative(leaf: Leaf, members: Mapping[Key, Facts], settings: TableRules) -> dict[Key, Result]:
    """The results of all members by R7 and R8, none of them waiting; who has no figures stays unanswered."""
    found: dict[Key, Result] = {}
    with_target: dict[Key, Fraction] = {}
    without: dict[Key, Fraction] = {}
    for key, facts in members.items():
        alone = _before(leaf, facts, settings)
        if alone is not None:
            found[key] = alone
        elif _has_target(facts):
            with_target[key] = beyond(leaf, facts)
        else:
            without[key] = Fraction(facts.actual or 0)
    best = max((e for e in with_target.values() if e > 0), default=None)
    leaders = sum(1 for e in with_target.values() if e == best)
    for key, e in with_target.items():
        found[key] = _with_target(leaf, members[key], e, best, leaders, settings)
    for key, actual in without.items():
        found[key] = _without_target(leaf, members[key], actual, list(without.values()))
    return {key: found[key] for key in members}


def _before(leaf: Leaf, facts: Facts, settings: TableRules) -> Result | None:
    """What needs no comparison: not assigned, not arisen, own numbers, nothing typed; None for the others."""
    if is_out(leaf, facts):
        return not_assigned(leaf, settings)
    if facts.mark == NOT_ARISEN:
        return not_arisen(leaf, settings)
    if own_number(facts):
        return by_hand(leaf, facts)
    if facts.actual is None and facts.mark != NOTHING:
        half = (said(_("Chưa đủ số liệu: cần ghi kết quả thực hiện.")),) if facts.target is not None else ()
        return Result(warnings=half)
    if facts.target == 0 and settings.target_zero == "full":
        return zero_as_target(leaf, facts)
    if facts.target == 0 and settings.target_zero == "not_scored":
        return not_assigned(leaf, settings)
    return None


def _has_target(facts: Facts) -> bool:
    return bool(facts.target)


def _up_to_target(leaf: Leaf, e: Fraction) -> Fraction:
    return leaf.base_share * Fraction(leaf.maximum) * max(1 + min(e, Fraction(0)), Fraction(0))


def _head(facts: Facts, e: Fraction) -> Said:
    words = _("%(actual)s so với chỉ tiêu %(target)s: đạt %(percent)s %%")
    return said(words, actual=facts.actual or 0, target=facts.target or 0, percent=text((1 + e) * 100, 2))


def _with_target(
    leaf: Leaf, facts: Facts, e: Fraction, best: Fraction | None, leaders: int, settings: TableRules
) -> Result:
    maximum, share = Fraction(leaf.maximum), leaf.base_share
    shown = {"share": text(share), "maximum": text(maximum)}
    if best is None and e == 0 and settings.nobody_exceeded == "full":
        raw, more = maximum, said(_("; không đơn vị nào vượt chỉ tiêu nên được điểm tối đa"))
    elif e < 0:
        raw = _up_to_target(leaf, e)
        more = said(_("; %(share)s × %(maximum)s × %(percent)s %%"), **shown, percent=text((1 + e) * 100, 2))
    elif e == 0 or best is None:
        raw, more = share * maximum, said(_("; đúng chỉ tiêu: %(share)s × %(maximum)s"), **shown)
    else:
        parts = leaders if settings.best_tie == "split" else 1
        above = (1 - share) * maximum / parts
        raw = share * maximum + e / best * above
        words = _("; vượt %(e)s %%, cao nhất cụm vượt %(best)s %%: %(base)s + %(e)s / %(best)s × %(above)s")
        more = said(
            words, e=text(e * 100, 2), best=text(best * 100, 2), base=share * maximum, above=above,
        )  # fmt: skip
        if parts > 1:
            tie = said(_(" (%(count)s đơn vị cùng cao nhất, chia đều)"), count=parts)
            more = Said(more.template, more.values, (tie,))
    head = _head(facts, e)
    return finish(
        leaf, facts, raw, Said(head.template, head.values, (more,)),
        warnings=mixed_units(facts), reached=e >= 0,
    )  # fmt: skip


def _without_target(leaf: Leaf, facts: Facts, actual: Fraction, group: list[Fraction]) -> Result:
    lower = leaf.better == LOWER
    best = min(group) if lower else max(group)
    share = _share_of_best(actual, best, lower=lower)
    words = _(
        "Không có chỉ tiêu; kết quả %(actual)s, tốt nhất trong nhóm không có chỉ tiêu %(best)s: "
        "%(percent)s %% × %(maximum)s"
    )
    head = said(
        words, actual=actual, best=best, percent=text(share * 100, 2), maximum=leaf.maximum,
    )  # fmt: skip
    return finish(leaf, facts, share * Fraction(leaf.maximum), head)


def _share_of_best(actual: Fraction, best: Fraction, *, lower: bool) -> Fraction:
    """A / A_best, inverted where lower is better; 0 where that says nothing (nothing done, below 0)."""
    if lower:
        if actual == best:
            return Fraction(1)
        return best / actual if actual > 0 and best > 0 else Fraction(0)
    return actual / best if actual > 0 and best > 0 else Fraction(0)
