"""What the pages of checks share: one sheet or one criterion loaded for a scorer, and what was typed into it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from django.http import Http404, QueryDict
from django.utils.translation import gettext as _

from core.access import check as check_right
from core.access import may
from core.errors import Problem
from core.fields import TOO_LARGE, WHOLE_DIGITS, too_large
from core.folding import clean_line
from core.formfields import said as said_quantity
from core.quantity import QuantityError, format_number, parse_number
from members.queries import member_rows
from members.scope import Scope
from scoring.check_lines import CheckLine, Summary, check_lines, earlier_levels, lines_for, seen_by, summary
from scoring.domain.checks import Draft, sheets_of
from scoring.domain.desk import Check, Desk, desk
from scoring.domain.shapes import Facts, Level
from scoring.enums import SheetState
from scoring.totals import Board

LARGEST_ID = 2**31 - 1


@dataclass
class Loaded:
    """A sheet at a level as its scorer sees it."""

    at: Desk
    check: Check
    seat: int
    of: Board
    levels: list[Level]
    lines: list[CheckLine]
    names: dict[int, tuple[str, str]]
    writable: bool

    @property
    def agency_id(self) -> int:
        """Whose sheet it is."""
        return self.check.sheet.agency_id

    @property
    def summary(self) -> Summary:
        """Counts over its lines."""
        return summary(self.lines)

    def total(self, level: str) -> Decimal:
        """The total at a level, of what the person sees."""
        return self.of.total(self.agency_id, level).total

    def mine(self) -> Board:
        """The board with the own figures of this level alone."""
        data = self.of.sheets[self.agency_id]
        kept = {
            code: found
            for code, some in data.figures.items()
            if (
                found := [
                    one for one in some if one.level != self.check.level.key or one.scorer_id == self.seat
                ]
            )
        }
        return replace(self.of, sheets={self.agency_id: replace(data, figures=kept)}, _nodes={}, _results={})


def level_or_404(scope: Scope, key: str) -> tuple[Desk, Level]:
    """Desk and level that an address names."""
    at = desk(scope)
    level = at.level(key) if at else None
    if at is None or level is None:
        raise Http404
    return at, level


def load_sheet(scope: Scope, key: str, agency: int) -> Loaded:
    """A sheet at a level; 404 for what does not exist, refused where nothing of it is the person's to score."""
    at, level = level_or_404(scope, key)
    if agency not in at.sheets:
        raise Http404
    check = at.check(agency, level)
    seat = at.seat(check)
    if seat is None:
        check_right(scope, "check_score", check)
        raise Http404
    of = sheets_of(at, [agency])
    shown = seen_by(at, of, check, seat)
    names, levels = at.names(), earlier_levels(at, check, seat)
    writable = may(scope, "check_score", check)
    hidden = check.sheet.state == SheetState.DRAFT and not check.is_first
    rows = [] if hidden else list(lines_for([check.sheet.pk]))
    lines = check_lines(at, shown, check, seat, rows, writable=writable, names=names, levels=levels)
    return Loaded(at, check, seat, shown, levels, lines, names, writable)


def in_charter_order(scope: Scope, checks: Iterable[tuple[Check, int]]) -> list[tuple[Check, int]]:
    """Checks with the sheets in the order of the members; two queries."""
    order = {row.agency_id: place for place, row in enumerate(member_rows(scope.year))}
    return sorted(checks, key=lambda pair: order.get(pair[0].sheet.agency_id, len(order)))


# -- what was typed --------------------------------------------------------------------------------
@dataclass
class Typed:
    """The drafts of a form, and what could not be read; ``lines`` keep what was typed."""

    drafts: list[Draft] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def read_form(data: QueryDict, lines: Sequence[CheckLine]) -> Typed:
    """What changed in a posted form; the lines keep what was typed. ``agree`` names the line to agree with."""
    found = Typed()
    agreed = data.getlist("agree")
    for line in lines:
        pk = line.row.pk
        if str(pk) in agreed and line.writable:
            found.drafts.append(Draft(pk, seen=_seen(data, line), agree=True))
            continue
        if f"points-{pk}" not in data:
            continue
        text, reason = clean_line(data.get(f"points-{pk}", "")), clean_line(data.get(f"reason-{pk}", ""))
        if (text, reason) == (line.typed, line.reason) or not line.writable:
            continue
        draft = _draft(line, text, reason, found)
        line.typed, line.reason, line.asks = text, reason, True
        if draft is not None:
            found.drafts.append(replace(draft, seen=_seen(data, line)))
    return found


def _draft(line: CheckLine, text: str, reason: str, found: Typed) -> Draft | None:
    pk = line.row.pk
    if line.mine is not None and text == line.typed:
        return Draft(pk, line.mine.facts, reason)
    if not text and line.mine is None:
        return None
    try:
        number = parse_number(text) if text else None
    except QuantityError as error:
        found.problems.append(Problem(said_quantity(error), f"points-{pk}"))
        return None
    if number is not None and too_large(number):
        found.problems.append(Problem(TOO_LARGE % {"digits": WHOLE_DIGITS}, f"points-{pk}"))
        return None
    return Draft(pk, Facts(points=number), reason)


def _seen(data: Mapping[str, Any], line: CheckLine) -> int:
    text = data.get(f"seen-{line.row.pk}", "")
    return int(text) if text.isdigit() and len(text) < 12 else 0


def show_problems(lines: Sequence[CheckLine], problems: Iterable[Problem]) -> list[str]:
    """Put each problem beside its line; the sentences that belong to none."""
    by_pk = {line.row.pk: line for line in lines}
    rest = []
    for one in problems:
        name, _dash, pk = one.field.partition("-")
        line = by_pk.get(int(pk)) if pk.isdigit() else None
        if line is None:
            rest.append(one.sentence)
        elif name == "reason":
            line.reason_problem, line.asks = one.sentence, True
        else:
            line.problem = one.sentence
    return rest


def wrong_lines(lines: Sequence[CheckLine]) -> list[dict[str, str]]:
    """Lines with problems, for the list on top of the page."""
    return [
        {"id": f"{'points' if line.problem else 'reason'}-{line.row.pk}", "code": line.criterion.code,
         "text": line.problem or line.reason_problem}
        for line in lines if line.problem or line.reason_problem
    ]  # fmt: skip


# -- the bar at the foot ---------------------------------------------------------------------------
def sums(loaded: Loaded) -> list[dict[str, Any]]:
    """Totals of the levels the person sees, the own one last with its sections."""
    rows = [
        {"label": level.label, "value": format_number(loaded.total(level.key), 2), "key": "", "of": ""}
        for level in loaded.levels
        if any(
            one.level == level.key
            for some in loaded.of.sheets[loaded.agency_id].figures.values()
            for one in some
        )
    ]
    total = loaded.mine().total(loaded.agency_id, loaded.check.level.key)
    counts = loaded.summary
    label = f"{loaded.check.level.label} ({counts.given}/{counts.lines})"
    rows.append(
        {"label": label, "value": format_number(total.total, 2), "key": "own", "of": _most(total.maximum)}
    )
    tops = [
        node for node in loaded.of.nodes(loaded.agency_id) if not node.parent and node.code in total.sections
    ]
    rows += [
        {"label": _("Phần %(code)s") % {"code": node.code}, "key": node.code,
         "value": format_number(total.sections[node.code].points, 2), "of": _most(total.sections[node.code].maximum)}
        for node in tops[:5]
    ]  # fmt: skip
    return rows


def _most(value: Decimal) -> str:
    return format_number(value)


def answer(loaded: Loaded) -> dict[str, Any]:
    """What a page shows anew after a line was saved."""
    return {
        "summary": loaded.summary.words,
        "left": loaded.summary.left,
        "sums": {row["key"]: row["value"] for row in sums(loaded) if row["key"]},
        "label": next(row["label"] for row in sums(loaded) if row["key"] == "own"),
        "lines": {str(line.row.pk): line_answer(line) for line in loaded.lines},
    }


def line_answer(line: CheckLine) -> dict[str, Any]:
    """A line as the page keeps it."""
    return {
        "seen": line.seen, "typed": line.typed, "reason": line.reason, "off": line.off_text, "kind": line.kind,
        "agreed": line.agreed,
    }  # fmt: skip
