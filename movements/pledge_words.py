"""Compact, registrations and targets as pages show them: words, icons, figures, what stands side by side."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from core.dates import format_date
from core.folding import fold
from core.quantity import Qualifier, format_number
from members.queries import MemberRow
from movements.domain.targets import Outcome, Result, outliers, result_of, same_content
from movements.enums import Direction, Holder, PledgeState, RegistrationState
from movements.models import Registration, Target, TitleRegistration
from movements.render import registrations as board
from movements.words import StateLook, qualifier_words

PLEDGE_LOOKS = {
    PledgeState.DRAFT: ("", "pencil"),
    PledgeState.OPEN: ("wait", "hourglass"),
    PledgeState.CLOSED: ("ok", "circle-check"),
}
REGISTRATION_LOOKS = {
    RegistrationState.DRAFT: ("", "pencil"),
    RegistrationState.SENT: ("wait", "hourglass"),
    RegistrationState.ACCEPTED: ("ok", "circle-check"),
    RegistrationState.RETURNED: ("err", "arrow-back-up"),
}
OUTCOME_LOOKS = {
    Outcome.MET: ("ok", "circle-check"),
    Outcome.NOT_MET: ("warn", "alert-triangle"),
    Outcome.UNSURE: ("wait", "info-circle"),
    Outcome.NO_TARGET: ("", "minus"),
    Outcome.NO_ACTUAL: ("", "hourglass"),
}


def pledge_look(state: str) -> StateLook:
    """Icon and words of a compact's state."""
    kind, icon = PLEDGE_LOOKS[PledgeState(state)]
    return StateLook(kind, icon, str(PledgeState(state).label))


def registration_look(state: str) -> StateLook:
    """Icon and words of a registration's state; empty means there is none."""
    if not state:
        return StateLook("", "circle-dashed", _("Chưa lập"))
    kind, icon = REGISTRATION_LOOKS[RegistrationState(state)]
    return StateLook(kind, icon, str(RegistrationState(state).label))


def public_look(state: str, *, leads: bool = False) -> StateLook:
    """The same for others: a draft is nobody's business, one that was returned that of those who lead."""
    if state in ("", RegistrationState.DRAFT) or (state == RegistrationState.RETURNED and not leads):
        return StateLook("warn", "circle-dashed", _("Chưa gửi"))
    return registration_look(state)


def outcome_words(outcome: Outcome) -> str:
    """Whether a target is met, in words."""
    return {
        Outcome.MET: _("Đạt"),
        Outcome.NOT_MET: _("Chưa đạt"),
        Outcome.UNSURE: _("Chưa đủ rõ để kết luận"),
        Outcome.NO_TARGET: _("Không giao chỉ tiêu"),
        Outcome.NO_ACTUAL: _("Chưa có kết quả"),
    }[outcome]


# -- one target ----------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class TargetLine:
    """A target ready to be shown."""

    pk: int
    content: str
    unit: str
    lower: bool
    plan: str
    plan_words: str
    actual_q: str
    actual: str
    on: date | None
    share_q: str
    share: str
    look: StateLook
    outcome: Outcome
    movement: str
    note: str
    warning: str = ""


def standing_of(target: Target) -> Result:
    """How a recorded target stands."""
    return result_of(
        target.plan, target.actual, lower=target.direction == Direction.LOWER,
        qualifier=Qualifier(target.actual_qualifier),
    )  # fmt: skip


def target_line(target: Target, warning: str = "") -> TargetLine:
    """A target as a row of a table."""
    result = standing_of(target)
    kind, icon = OUTCOME_LOOKS[result.outcome]
    plan = "" if target.plan is None else format_number(target.plan)
    typed = target.plan_words
    bare = {fold(words) for words in (plan, f"{plan} {target.unit}", f"{plan}{target.unit}", "")}
    return TargetLine(
        target.pk, target.content, target.unit, target.direction == Direction.LOWER, plan,
        "" if fold(typed) in bare else typed,
        qualifier_words(target.actual_qualifier) if target.actual is not None else "",
        "" if target.actual is None else format_number(target.actual), target.actual_on,
        qualifier_words(result.qualifier), "" if result.share is None else format_number(result.share, 2),
        StateLook(kind, icon, outcome_words(result.outcome)), result.outcome,
        target.movement.title if target.movement else "", target.note, warning,
    )  # fmt: skip


def met_words(lines: Sequence[TargetLine]) -> str:
    """ "3/5 chỉ tiêu đạt"; empty where nothing was planned, or nothing is known yet of what was achieved."""
    planned = [line for line in lines if line.outcome is not Outcome.NO_TARGET]
    if all(line.outcome is Outcome.NO_ACTUAL for line in planned):
        return ""
    met = sum(1 for line in planned if line.outcome is Outcome.MET)
    return _("%(met)s/%(all)s chỉ tiêu đạt") % {"met": met, "all": len(planned)} if planned else ""


def suspicions(targets: Iterable[Target]) -> dict[int, str]:
    """Sentences on figures that look like another unit beside those of other members, by the target's id."""
    groups: dict[tuple[str, str], list[Target]] = {}
    for target in targets:
        groups.setdefault(same_content(target.content, target.unit), []).append(target)
    found: dict[int, str] = {}
    for group in groups.values():
        for name, words in (("plan", _("kế hoạch")), ("actual", _("kết quả"))):
            figures = {one.pk: getattr(one, name) for one in group if getattr(one, name) is not None}
            for pk, usual in outliers(figures).items():
                found.setdefault(pk, _suspicion(words, figures[pk], usual))
    return found


def _suspicion(what: str, number: Decimal, usual: Decimal) -> str:
    return _("Có thể nhầm đơn vị tính: %(what)s ghi %(number)s, các đơn vị khác khoảng %(usual)s.") % {
        "what": what,
        "number": format_number(number),
        "usual": format_number(usual),
    }


# -- all members side by side --------------------------------------------------------------------
def board_of(
    cluster: str, label: str, made_on: date, members: Sequence[MemberRow], found: Mapping[int, Registration],
    targets: Mapping[int, Sequence[Target]], titles: Mapping[int, Sequence[TitleRegistration]],
) -> board.Board:  # fmt: skip
    """Targets and titles of the agencies that have sent theirs; ``found``: registrations by agency."""
    sent = [member for member in members if member.agency_id in found]
    rows: dict[tuple[str, str, bool], board.Row] = {}
    for place, member in enumerate(sent):
        for target in targets.get(found[member.agency_id].pk, ()):
            lower = target.direction == Direction.LOWER
            key = (*same_content(target.content, target.unit), lower)
            row = rows.setdefault(key, board.Row(target.content, target.unit, lower, {}))
            row.cells[place] = _board_cell(target)
    absent = [member.short_name for member in members if member.agency_id not in found]
    counted = [titles.get(found[member.agency_id].pk, ()) for member in sent]
    return board.Board(
        cluster, label, made_on, [member.short_name for member in sent], list(rows.values()), title_rows(counted),
        absent,
    )  # fmt: skip


def _board_cell(target: Target) -> board.Cell:
    result = standing_of(target)
    return board.Cell(
        target.plan, target.actual, Qualifier(target.actual_qualifier), result.share,
        outcome_words(result.outcome), target.actual_on, target.note,
    )  # fmt: skip


def title_rows(counted: Sequence[Sequence[TitleRegistration]]) -> list[board.TitleRow]:
    """Titles with their numbers by the place of the agency; collectives first, then by name as first written."""
    rows: dict[tuple[str, str], board.TitleRow] = {}
    for place, titles in enumerate(counted):
        for title in titles:
            key = (title.holder, fold(title.title))
            row = rows.setdefault(key, board.TitleRow(title.title, str(Holder(title.holder).label), {}))
            row.counts[place] = row.counts.get(place, 0) + title.count
    return [row for _key, row in sorted(rows.items(), key=lambda item: item[0][0])]


# -- reminders -----------------------------------------------------------------------------------
def reminder(
    label: str, unsigned: Sequence[str], unsent: Sequence[str], signing_on: date | None, link: str
) -> str:
    """A text to copy into a message: who has not signed, who has not sent; empty when nobody is missing."""
    lines = []
    if unsigned:
        until = _(" (ký kết ngày %(day)s)") % {"day": format_date(signing_on)} if signing_on else ""
        words = {"label": label, "until": until, "names": "; ".join(unsigned)}
        lines.append(_("- Chưa ký giao ước thi đua năm %(label)s%(until)s: %(names)s.") % words)
    if unsent:
        words = {"label": label, "names": "; ".join(unsent)}
        lines.append(_("- Chưa gửi bản đăng ký thi đua năm %(label)s: %(names)s.") % words)
    if not lines:
        return ""
    head = _("Kính đề nghị lãnh đạo các đơn vị quan tâm, hoàn thành các việc sau:")
    return "\n".join([head, *lines, _("Thực hiện tại: %(link)s") % {"link": link}])


def facts_of(pairs: Sequence[tuple[str, Any]]) -> list[dict[str, Any]]:
    """Label and value for ``<c-facts>``, those with a value alone."""
    return [{"label": label, "value": value} for label, value in pairs if value]
