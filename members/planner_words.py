"""The planner's reasons in words; the codes are explained in ``members/domain/planner.py``."""

from __future__ import annotations

from collections.abc import Callable

from django.utils.translation import gettext as _

from core.dates import format_date
from members.domain.planner import Passed, Reason

Name = Callable[[int], str]


def why_words(why: Reason, name: Name) -> str:
    """Why an agency is proposed for its seat, or nobody: one or two sentences."""
    words = {
        "label": why.label,
        "number": why.number,
        "agency": name(why.agency_id) if why.agency_id else "",
    }
    own = _own(why) % words
    before = _BECAUSE[why.because]() % words if why.because else ""
    return f"{before} {own}".strip()


def _own(why: Reason) -> str:
    if why.code == "deputy":
        return _("Cụm phó năm %(label)s.") if why.number < 2 else _("Cụm phó thứ %(number)s năm %(label)s.")
    if why.code == "list":
        return (
            _("Tiếp theo %(agency)s trong danh sách đơn vị thành viên.")
            if why.agency_id
            else _("Đứng đầu danh sách đơn vị thành viên.")
        )
    if why.code == "longest":
        return (
            _("Lâu nhất chưa làm lại Cụm trưởng, lần gần nhất là năm %(label)s.")
            if why.label
            else _("Chưa làm Cụm trưởng lần nào trong các năm đã ghi.")
        )
    return _WORDS[why.code]()


_WORDS: dict[str, Callable[[], str]] = {
    "moves_up": lambda: _("Đang là Cụm phó thứ %(number)s năm %(label)s."),
    "rank": lambda: _("Xếp thứ %(number)s năm %(label)s."),
    "only": lambda: _("Không còn đơn vị nào khác đủ điều kiện."),
    "gap_waived": lambda: _(
        "Mọi đơn vị còn lại đều đã làm Cụm trưởng trong %(number)s năm gần đây; đơn vị này làm lâu nhất, năm %(label)s."
    ),
    "nobody": lambda: _("Không đơn vị nào đủ điều kiện."),
    "free": lambda: _("Quy chế không định cách luân phiên: hội nghị bầu."),
}
_BECAUSE: dict[str, Callable[[], str]] = {
    "no_deputy": lambda: _("Năm trước không ghi Cụm phó."),
    "no_fit_deputy": lambda: _("Cụm phó năm trước không đủ điều kiện."),
    "no_ranks": lambda: _("Chưa có xếp hạng năm %(label)s, nên theo danh sách."),
    "unranked": lambda: _("Các đơn vị có hạng năm %(label)s đều không đủ điều kiện, nên theo danh sách."),
}


def passed_words(passed: Passed, gap: int) -> str:
    """Why an agency is passed over, as the end of "Cục Thống kê: …"."""
    words = {
        "label": passed.label,
        "gap": gap,
        "day": format_date(passed.day) if passed.day else "",
        "text": passed.text,
    }
    return _PASSED[passed.code]() % words


_PASSED: dict[str, Callable[[], str]] = {
    "skipped": lambda: _("tạm bỏ qua: %(text)s"),
    "gap": lambda: _("đã làm Cụm trưởng năm %(label)s, chưa qua %(gap)s năm"),
    "outgoing": lambda: _("vừa làm Cụm trưởng năm %(label)s"),
    "leaves": lambda: _("rời cụm từ ngày %(day)s"),
    "gone": lambda: _("không còn là đơn vị thành viên từ ngày %(day)s"),
    "not_yet": lambda: _("vào cụm từ ngày %(day)s"),
    "deputy": lambda: _("vừa làm Cụm phó năm %(label)s"),
}


def rule_words(rule: str, gap: int, deputies: int) -> str:
    """The charter's rule of rotation as one line."""
    parts = [_RULES[rule]()]
    if gap:
        parts.append(_("không làm lại Cụm trưởng trong %(gap)s năm") % {"gap": gap})
    parts.append(_("%(count)s Cụm phó") % {"count": deputies} if deputies else _("không có Cụm phó"))
    return "; ".join(parts)


_RULES: dict[str, Callable[[], str]] = {
    "deputy": lambda: _("Cụm phó năm trước làm Cụm trưởng năm sau"),
    "list": lambda: _("lần lượt theo danh sách đơn vị thành viên"),
    "rank": lambda: _("theo kết quả xếp hạng năm trước"),
    "free": lambda: _("hội nghị tự bầu, không định trước"),
}
