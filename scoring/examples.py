"""The worked example of a charter, as far as this app decides: points, ranks, ties, public ranks, grades."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext as _

from core.quantity import format_number
from members.charter import Rules
from members.charter_examples import MAXIMUM, SAMPLES, Section, example
from members.charter_parts import allotted, points_off
from members.charter_words import part_words, tie_break_words
from scoring.domain.example import Outcome, outcomes
from scoring.domain.points import rounded
from scoring.words import rank_label


@example
def ranking(rules: Rules) -> list[Section]:
    """All seven with points, votes, ranks and what decided; who the public page names."""
    found = outcomes(rules)
    head = (_("Đơn vị"), _("Điểm"), _("Phiếu"), _("Hạng"), _("Vì sao"))
    rows = tuple(
        (
            one.sample.name,
            _shown(one.points, rules),
            str(one.sample.votes),
            rank_label(one.placed.rank, shared=one.placed.shared) if one.placed.rank else _("Không xếp hạng"),
            _why(one, rules),
        )
        for one in found
    )
    return [
        Section("xep-hang", _("Bảy đơn vị, một năm"), _intro(rules), head, rows),
        Section("cong-bo", _("Trang công khai nêu"), lines=tuple(_public(found, rules))),
    ]


def _shown(points: Decimal | None, rules: Rules) -> str:
    return "–" if points is None else format_number(points, rules.decimals)


def _intro(rules: Rules) -> str:
    return {
        "deliberation": _("Thứ tự theo điểm, để hội nghị tham khảo khi bình xét."),
        "score": _("Điểm quyết định thứ hạng."),
        "vote": _("Phiếu quyết định thứ hạng; điểm để tham khảo."),
        "shortlist": _("Đơn vị trong %(n)s hạng đầu theo điểm vào danh sách; phiếu quyết định.")
        % {"n": rules.shortlist},
    }[rules.combine]


def _why(one: Outcome, rules: Rules) -> str:
    if one.placed.rank is None:
        if one.points is None:
            return _("Không nộp bảng chấm điểm")
        return _("Ngoài danh sách bỏ phiếu")
    if one.placed.decided_by is not None:
        return _("Xét theo: %(rule)s") % {"rule": tie_break_words(rules.tie_break[one.placed.decided_by])}
    if one.placed.shared:
        return _("Bằng nhau đến hết danh sách: đồng hạng") if rules.tie_break else _("Bằng nhau: đồng hạng")
    if not one.sample.sheet:
        return _("Không nộp bảng chấm điểm, tính 0 điểm")
    return ""


def _public(found: list[Outcome], rules: Rules) -> list[str]:
    named = [
        one for one in found
        if one.placed.rank and (not rules.public_ranks or one.placed.rank <= rules.public_ranks)
    ]  # fmt: skip
    lines = [
        f"{rank_label(one.placed.rank or 0, shared=one.placed.shared)}: {one.sample.name}" for one in named
    ]
    if rest := len(found) - len(named):
        lines.append(_("%(n)s đơn vị khác không nêu hạng") % {"n": rest})
    return lines


@example
def points(rules: Rules) -> list[Section]:
    """How one agency's points come about: rounding, maximum, deductions."""
    half, best = SAMPLES[0].parts[0], SAMPLES[0]
    leaves = [rounded(part, rules.decimals, rules.rounding) for part in best.parts]
    raw = sum(leaves, Decimal(0)) + best.bonus
    lines = [
        _("Làm tròn: %(raw)s thành %(rounded)s điểm.")
        % {"raw": format_number(half), "rounded": format_number(leaves[0], rules.decimals)},
        _("%(name)s: %(sum)s điểm kể cả %(bonus)s điểm thưởng; tối đa %(most)s, nên ghi %(kept)s.") % {
            "name": best.name, "sum": format_number(raw, rules.decimals), "bonus": format_number(best.bonus),
            "most": format_number(MAXIMUM),
            "kept": format_number(raw if rules.over_maximum else min(raw, MAXIMUM), rules.decimals),
        },
    ]  # fmt: skip
    late = next(sample for sample in SAMPLES if sample.days_late)
    if off := points_off(rules.lateness, late.days_late):
        lines.append(
            _("%(name)s nộp trễ: trừ %(points)s điểm.")
            % {"name": late.name, "points": format_number(off)}
        )  # fmt: skip
    missing = next(sample for sample in SAMPLES if not sample.sheet)
    kept = _("không xếp hạng") if rules.missing_sheet == "not_ranked" else _("tính 0 điểm")
    lines.append(_("%(name)s không nộp bảng chấm điểm: %(what)s.") % {"name": missing.name, "what": kept})
    return [Section("cham-diem", _("Tính điểm"), lines=tuple(lines))]


@example
def grades(rules: Rules) -> list[Section]:
    """Which grade everybody gets, and how many of each award there may be."""
    found = []
    if any(band.at_least is not None for band in rules.bands):
        rows = tuple(
            (one.sample.name, _shown(one.points, rules), one.graded.label or "–", _missed(one))
            for one in outcomes(rules)
        )
        head = (_("Đơn vị"), _("Điểm"), _("Xếp loại"), _("Ghi chú"))
        found.append(Section("xep-loai", _("Xếp loại"), head=head, rows=rows))
    if rules.quotas:
        most = allotted(rules.quotas, len(SAMPLES))
        lines = tuple(
            part_words("quotas", quota)
            + ("" if number is None else " → " + _("%(n)s đơn vị") % {"n": number})
            for quota, number in zip(rules.quotas, most, strict=True)
        )  # fmt: skip
        intro = _("Với %(n)s đơn vị thành viên:") % {"n": len(SAMPLES)}
        found.append(Section("xep-loai", _("Chỉ tiêu khen thưởng"), intro, lines=lines))
    return found


def _missed(one: Outcome) -> str:
    if one.graded.missed and one.graded.missed != one.graded.label:
        return _("Đủ điểm loại %(label)s nhưng hết chỉ tiêu") % {"label": one.graded.missed}
    return ""
