""" "Tính điểm cụm": one numbered act computes what depends on all members (R7, R8) over a named list of sheets."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core import audit
from core.access import check
from core.errors import DomainError, Problem
from core.folding import clean_line
from members.domain.lock import lock_year
from members.scope import Scope
from scoring.domain.facts import facts_data, facts_of
from scoring.domain.odd import odd_units
from scoring.domain.relative import score_relative
from scoring.domain.shapes import RELATIVE, Facts, Leaf, Result, Said
from scoring.loading import leaves
from scoring.models import ScoringAct, YearScoring
from scoring.totals import Board, board, facts_mark

LONGEST_NOTE = 300


@dataclass(frozen=True, slots=True)
class LeafAct:
    """A relative criterion over the named sheets: what went in, what comes out, which figures look odd."""

    leaf: Leaf
    inputs: dict[int, Facts]
    results: dict[int, Result]
    odd: dict[int, Said]


@dataclass(frozen=True, slots=True)
class Difference:
    """A figure that is no longer the one the last act saw; None where a side has none."""

    code: str
    agency_id: int
    before: Facts | None
    after: Facts | None


def relative_leaves(found: Board) -> list[Leaf]:
    """The criteria that depend on the others, in the order of the table."""
    return [leaf for leaf in leaves(found.nodes()) if leaf.rule == RELATIVE]


def computed(found: Board, agencies: Collection[int]) -> list[LeafAct]:
    """What an act over the sheets of ``agencies`` would give; the order of the agencies changes nothing."""
    given = found.inputs(sorted(agencies))
    return [
        LeafAct(
            leaf, given[leaf.code], score_relative(leaf, given[leaf.code], found.settings),
            odd_units(leaf, given[leaf.code]),
        )
        for leaf in relative_leaves(found)
    ]  # fmt: skip


def mark_of(found: Board, included: Collection[str], inputs: Mapping[str, Any]) -> str:
    """SHA-256 of everything the results rest on, in plain words without database ids."""
    body = {
        "table": found.table.version,
        "decimals": found.rules.decimals,
        "rounding": found.rules.rounding,
        "included": sorted(included),
        "inputs": inputs,
    }
    return hashlib.sha256(json.dumps(body, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def inputs_data(found: Board, parts: Collection[LeafAct]) -> dict[str, dict[str, dict[str, Any]]]:
    """The inputs as an act keeps them: by code of criterion and code of agency, figures as text."""
    return {
        part.leaf.code: {
            found.sheets[agency].code: facts_data(facts) | ({"mark": facts.mark} if facts.mark else {})
            for agency, facts in part.inputs.items()
        }
        for part in parts
    }


def _results_data(found: Board, parts: Collection[LeafAct]) -> dict[str, dict[str, dict[str, str]]]:
    return {
        part.leaf.code: {
            found.sheets[agency].code: {
                "points": format(result.points, "f"), "mark": facts_mark(part.inputs[agency]),
                "said": str(result.derivation or ""),
            }
            for agency, result in part.results.items() if result.points is not None
        }
        for part in parts
    }  # fmt: skip


def run_act(scope: Scope, agencies: Collection[int], note: str = "") -> tuple[ScoringAct, bool]:
    """Compute the relative criteria over the sheets of ``agencies``; returns the act and whether it is a new one.

    The same inputs as the last act make no second one. Raises ``Refused``, ``DomainError``. Effects in order: lock on
    the year, the act, audit.
    """
    with transaction.atomic():
        scope = lock_year(scope)
        check(scope, "act_run")
        found = board(scope.year)
        if problems := _problems(scope, found, agencies, note):
            raise DomainError(problems)
        assert found is not None  # noqa: S101 - the problems named it
        parts = computed(found, agencies)
        inputs = inputs_data(found, parts)
        included = sorted(found.sheets[agency].code for agency in agencies)
        mark = mark_of(found, included, inputs)
        if found.act is not None and found.act.mark == mark:
            return found.act, False
        last = ScoringAct.objects.filter(year=scope.year).order_by("-number").first()
        missing = _missing_codes(scope, included)
        act = ScoringAct.objects.create(
            year=scope.year, number=last.number + 1 if last else 1, table=found.table, included=included,
            missing=missing, inputs=inputs, results=_results_data(found, parts), mark=mark, note=clean_line(note),
            actor_id=scope.user.pk, agency_id=_seat(scope), created_at=timezone.now(),
        )  # fmt: skip
        audit.record(
            audit.cluster_chain(scope.year.cluster_id), "scoring_act", act, actor_id=scope.user.pk,
            role=scope.audit_role,
            after={"number": act.number, "included": included, "missing": missing, "mark": mark},
        )  # fmt: skip
    return act, True


def _seat(scope: Scope) -> int:
    return next((hat.agency_id for hat in scope.staff_hats if hat.is_chair), scope.agency_id)


def _missing_codes(scope: Scope, included: Collection[str]) -> list[str]:
    rows = scope.year.memberships.values_list("agency__code", flat=True).order_by("order", "pk")
    return [code for code in rows if code not in included]


def _problems(scope: Scope, found: Board | None, agencies: Collection[int], note: str) -> list[Problem]:
    if found is None:
        return [Problem(_("Năm này chưa có bảng tiêu chí đang áp dụng."))]
    problems = []
    if not relative_leaves(found):
        problems.append(Problem(_("Bảng tiêu chí không có tiêu chí nào so với các đơn vị khác.")))
    if YearScoring.objects.filter(year=scope.year, final_at__isnull=False).exists():
        problems.append(Problem(_("Điểm đã chốt. Muốn tính lại thì mở lại điểm, kèm lý do.")))
    if not agencies:
        problems.append(Problem(_("Chọn ít nhất một bảng chấm điểm."), "included"))
    if not set(agencies) <= set(found.counted()):
        problems.append(Problem(_("Chỉ tính được những bảng đã gửi hoặc đã thẩm định."), "included"))
    if len(note) > LONGEST_NOTE:
        sentence = _("Ghi chú dài nhất %(most)s ký tự.")
        problems.append(Problem(sentence % {"most": LONGEST_NOTE}, "note"))
    return problems


def differences(found: Board) -> list[Difference]:
    """What has changed since the last act, over the sheets sent by now; empty: the act is current."""
    if found.act is None:
        return []
    ids = {data.code: agency for agency, data in found.sheets.items()}
    now = found.inputs(sorted(found.counted()))
    changed = []
    for leaf in relative_leaves(found):
        before = {
            ids[code]: _facts(data)
            for code, data in found.act.inputs.get(leaf.code, {}).items() if code in ids
        }  # fmt: skip
        after = now.get(leaf.code, {})
        changed += [
            Difference(leaf.code, agency, before.get(agency), after.get(agency))
            for agency in sorted(before.keys() | after.keys())
            if before.get(agency) != after.get(agency)
        ]
    return changed


def _facts(data: Mapping[str, Any]) -> Facts:
    plain = dict(data)
    mark = plain.pop("mark", "")
    return facts_of(plain, mark)


def is_current(found: Board) -> bool:
    """Whether nothing waits for an act: none is needed, or the last one saw today's figures and rounding."""
    if not relative_leaves(found):
        return True
    act = found.act
    return act is not None and not differences(found) and mark_of(found, act.included, act.inputs) == act.mark
