"""The worked example of a charter, as far as this app decides: lateness, appeals, rotation."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _

from core.dates import format_date
from core.quantity import format_number
from members.charter import Rules
from members.charter_examples import SAMPLES, Section, example
from members.charter_parts import points_off
from members.domain.appeal import last_day
from members.domain.planner import Candidate, Case, Held, Proposed, Span, coming, plan

ANNOUNCED = date(2020, 12, 18)  # a Friday, so that the weekend shows
DEADLINE = date(2020, 12, 10)
LAST_YEAR = Span("2020", date(2020, 1, 1), date(2020, 12, 31))
# Who chaired and who was deputy, by the letter's place: A chaired 2018, C 2019, D 2020; E was deputy in 2020.
HELD = (Held("2018", (0,), (2,)), Held("2019", (2,), (3,)), Held("2020", (3,), (4, 1)))


@example
def lateness(rules: Rules) -> list[Section]:
    """What a day late costs, and what F pays."""
    steps = [step for step in rules.lateness if not step.words]
    days = sorted({day for step in steps for day in (step.from_day - 1, step.from_day) if day > 0})
    late = next(sample for sample in SAMPLES if sample.days_late)
    off = points_off(rules.lateness, late.days_late)
    words = {
        "name": late.name, "days": late.days_late, "last": format_date(DEADLINE), "points": format_number(off),
        "sent": format_date(DEADLINE.replace(day=DEADLINE.day + late.days_late)),
    }  # fmt: skip
    told = _("Hạn nộp %(last)s; %(name)s nộp ngày %(sent)s, trễ %(days)s ngày: trừ %(points)s điểm.")
    free = _("Hạn nộp %(last)s; %(name)s nộp ngày %(sent)s, trễ %(days)s ngày: không bị trừ điểm.")
    return [
        Section(
            "tre-han", _("Nộp trễ"), (told if off else free) % words,
            (_("Trễ"), _("Trừ điểm")) if days else (),
            tuple(
                (_("%(n)s ngày") % {"n": day}, format_number(points_off(rules.lateness, day))) for day in days
            ),
        )
    ]  # fmt: skip


@example
def appeal(rules: Rules) -> list[Section]:
    """Until when an appeal about a result of a Friday may come."""
    until = last_day(ANNOUNCED, rules.appeal_days)
    if until is None:
        return [Section("khieu-nai", _("Khiếu nại"), _("Cụm không nhận khiếu nại về kết quả."))]
    sentence = _(
        "Kết quả thông báo thứ Sáu %(day)s: nhận khiếu nại đến hết ngày %(last)s. "
        "Thứ Bảy, Chủ nhật không tính; ngày lễ chưa được trừ."
    )
    return [
        Section(
            "khieu-nai",
            _("Khiếu nại"),
            sentence % {"day": format_date(ANNOUNCED), "last": format_date(until)},
        )
    ]


@example
def rotation(rules: Rules) -> list[Section]:
    """Who would be proposed for the three years after 2020."""
    case = Case(
        members=tuple(Candidate(place, place) for place in range(len(SAMPLES))),
        history=HELD, rule=rules.rotation_rule, gap=rules.rotation_gap, deputies=rules.deputies,
        standings={"2020": {place: place + 1 for place in range(6)}},
    )  # fmt: skip
    known = _(
        "Năm 2018 Đơn vị A làm Cụm trưởng, 2019 Đơn vị C, 2020 Đơn vị D; Cụm phó năm 2020: Đơn vị E, Đơn vị B."
    )
    if rules.rotation_rule == "free":
        free = _("Cụm bầu tự do: phần mềm không đề xuất đơn vị nào.")
        return [Section("luan-phien", _("Luân phiên"), free)]
    head = (_("Năm"), _("Cụm trưởng"), *((_("Cụm phó"),) if rules.deputies else ()))
    proposed = plan(case, coming(LAST_YEAR, 3))
    return [
        Section(
            "luan-phien", _("Luân phiên"), known, head, tuple(_turn(one, rules.deputies) for one in proposed)
        )
    ]


def _turn(one: Proposed, deputies: int) -> tuple[str, ...]:
    chair = SAMPLES[one.chair].name if one.chair is not None else _("Không ai đủ điều kiện")
    names = ", ".join(SAMPLES[pick.agency_id].name for pick in one.deputies)
    return (one.span.label, chair, *((names or "–",) if deputies else ()))
