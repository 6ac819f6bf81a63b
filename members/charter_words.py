"""A charter in words: labels, help, choices, and every rule as a sentence a reader understands without the form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from core.quantity import format_number
from members.charter import Rules
from members.charter_parts import OTHER, SECTION, Band, LateStep, Quota

Words = str | Promise


@dataclass(frozen=True)
class Group:
    """Settings that belong together; ``code`` is the anchor on the page."""

    code: str
    title: Words
    keys: tuple[str, ...]
    help: Words = ""


GROUPS = (
    Group(
        "xep-hang", gettext_lazy("Xếp hạng"), ("combine", "shortlist", "ranks", "tie_break"),
        gettext_lazy("Điểm và phiếu quyết định thứ hạng như thế nào, và làm gì khi bằng nhau."),
    ),
    Group(
        "bieu-quyet", gettext_lazy("Biểu quyết"),
        ("ballot_form", "quorum_share", "quorum_base", "threshold", "threshold_strict", "denominator"),
        gettext_lazy("Khi nào hội nghị họp được, bao nhiêu phiếu thì thông qua. Mỗi đơn vị một phiếu."),
    ),
    Group(
        "cham-diem", gettext_lazy("Chấm điểm"), ("decimals", "rounding", "over_maximum", "missing_sheet"),
        gettext_lazy("Điểm được làm tròn ở từng tiêu chí rồi mới cộng; tổng không làm tròn thêm lần nữa."),
    ),
    Group(
        "tre-han", gettext_lazy("Trễ hạn"), ("lateness",),
        gettext_lazy("Tính từ ngày sau ngày hết hạn (hoặc ngày được gia hạn); chỉ trừ mức cao nhất đã tới."),
    ),
    Group(
        "xep-loai", gettext_lazy("Xếp loại và chỉ tiêu khen thưởng"), ("bands", "quotas"),
        gettext_lazy("Để trống nếu Cụm không xếp loại hoặc không giới hạn số lượng."),
    ),
    Group("khieu-nai", gettext_lazy("Khiếu nại"), ("appeal_days",)),
    Group(
        "luan-phien", gettext_lazy("Luân phiên"), ("rotation_rule", "rotation_gap", "deputies"),
        gettext_lazy("Chỉ để đề xuất: người có thẩm quyền vẫn quyết định."),
    ),
    Group("cong-bo", pgettext_lazy("quy chế", "Công bố"), ("public_ranks", "publish_needs")),
)  # fmt: skip

LABELS: Mapping[str, Words] = {
    "combine": gettext_lazy("Cách xếp hạng"),
    "shortlist": gettext_lazy("Số đơn vị vào danh sách bỏ phiếu"),
    "ranks": gettext_lazy("Hạng sau khi bằng nhau"),
    "tie_break": gettext_lazy("Khi bằng điểm, xét lần lượt"),
    "ballot_form": gettext_lazy("Hình thức biểu quyết"),
    "quorum_share": gettext_lazy("Tỷ lệ dự họp tối thiểu"),
    "quorum_base": gettext_lazy("Tỷ lệ dự họp tính trên"),
    "threshold": gettext_lazy("Tỷ lệ phiếu để thông qua"),
    "threshold_strict": gettext_lazy("Phải vượt quá tỷ lệ này"),
    "denominator": gettext_lazy("Tỷ lệ phiếu tính trên"),
    "decimals": gettext_lazy("Số chữ số thập phân của điểm"),
    "rounding": gettext_lazy("Cách làm tròn"),
    "over_maximum": gettext_lazy("Tổng điểm được vượt điểm tối đa"),
    "missing_sheet": gettext_lazy("Đơn vị không nộp bảng chấm điểm"),
    "lateness": gettext_lazy("Trừ điểm nộp trễ"),
    "bands": gettext_lazy("Các loại"),
    "quotas": gettext_lazy("Chỉ tiêu khen thưởng"),
    "appeal_days": gettext_lazy("Thời hạn khiếu nại (ngày làm việc)"),
    "rotation_rule": gettext_lazy("Đề xuất Cụm trưởng năm sau"),
    "rotation_gap": gettext_lazy("Không làm Cụm trưởng lại trong (năm)"),
    "deputies": gettext_lazy("Số Cụm phó"),
    "public_ranks": gettext_lazy("Số hạng được công bố"),
    "publish_needs": gettext_lazy("Cần có trước khi công bố"),
}
HELP: Mapping[str, Words] = {
    "shortlist": gettext_lazy("Chỉ dùng khi điểm lập danh sách, phiếu quyết định."),
    "tie_break": gettext_lazy(
        "Hết danh sách mà vẫn bằng nhau thì đồng hạng; không có điều gì ngầm quyết định thay."
    ),
    "quorum_share": gettext_lazy("Phần trăm tròn (67) hoặc phân số (2/3). Với 6 đơn vị, 2/3 là 4 còn 67 % là 5."),
    "threshold": gettext_lazy("Phần trăm tròn (50) hoặc phân số (2/3)."),
    "decimals": gettext_lazy("Từ 0 đến 4."),
    "appeal_days": gettext_lazy("Kể từ ngày sau ngày thông báo kết quả; 0 là không nhận khiếu nại."),
    "rotation_gap": gettext_lazy("0 là không có quy định này."),
    "public_ranks": gettext_lazy("0 là công bố tất cả các hạng."),
}  # fmt: skip
VALUES: Mapping[str, Mapping[str, Words]] = {
    "combine": {
        "deliberation": gettext_lazy("Hội nghị bình xét; điểm và phiếu để tham khảo"),
        "score": gettext_lazy("Theo điểm; phiếu chỉ xác nhận"),
        "vote": gettext_lazy("Theo phiếu"),
        "shortlist": gettext_lazy("Điểm lập danh sách, phiếu quyết định"),
    },
    "ranks": {
        "competition": gettext_lazy("Bỏ trống hạng: Nhất, Nhất, Ba"),
        "dense": gettext_lazy("Liền hạng: Nhất, Nhất, Nhì"),
    },
    "tie_break": {
        "bonus": gettext_lazy("Điểm thưởng cao hơn"),
        "fewer_penalty": gettext_lazy("Điểm trừ ít hơn"),
        "section": gettext_lazy("Điểm phần của bảng tiêu chí cao hơn"),
        "previous_year": gettext_lazy("Hạng năm trước cao hơn"),
        "vote": gettext_lazy("Số phiếu cao hơn"),
        "chair": gettext_lazy("Cụm trưởng quyết định"),
        "other": gettext_lazy("Quy định khác bằng lời"),
    },
    "ballot_form": {
        "secret": gettext_lazy("Bỏ phiếu kín"),
        "open": gettext_lazy("Biểu quyết công khai (giơ tay)"),
        "none": gettext_lazy("Không bỏ phiếu"),
    },
    "quorum_base": {
        "members": gettext_lazy("Tổng số đơn vị thành viên"),
        "present": gettext_lazy("Số đơn vị có mặt (lúc nào cũng họp được)"),
    },
    "denominator": {
        "entitled": gettext_lazy("Tổng số đơn vị có quyền biểu quyết"),
        "present": gettext_lazy("Số đơn vị có mặt"),
        "collected": gettext_lazy("Số phiếu thu về"),
        "valid": gettext_lazy("Số phiếu hợp lệ"),
    },
    "threshold_strict": {
        "True": gettext_lazy("Quá tỷ lệ này (>)"),
        "False": gettext_lazy("Từ tỷ lệ này trở lên (≥)"),
    },
    "rounding": {
        "half_up": gettext_lazy("Nửa thì làm tròn lên (10,125 → 10,13)"),
        "half_even": gettext_lazy("Nửa thì về số chẵn (10,125 → 10,12)"),
        "down": gettext_lazy("Bỏ phần dư (10,129 → 10,12)"),
    },
    "over_maximum": {
        "True": gettext_lazy("Được, điểm thưởng cộng thêm vào tổng"),
        "False": gettext_lazy("Không, tổng dừng ở điểm tối đa"),
    },
    "missing_sheet": {
        "not_ranked": gettext_lazy("Không xếp hạng"),
        "zero": gettext_lazy("Tính 0 điểm và xếp cuối"),
    },
    "rotation_rule": {
        "deputy": gettext_lazy("Cụm phó năm trước"),
        "list": gettext_lazy("Lần lượt theo danh sách đơn vị"),
        "rank": gettext_lazy("Theo thứ hạng, hạng cao trước"),
        "free": gettext_lazy("Bầu tự do, không đề xuất"),
    },
    "publish_needs": {
        "answered": gettext_lazy("Mọi hoạt động đã gửi đều được trả lời"),
        "ranking": gettext_lazy("Kết quả xếp hạng"),
        "conference": gettext_lazy("Hội nghị tổng kết"),
        "next_chair": gettext_lazy("Cụm trưởng của năm sau"),
        "direction": gettext_lazy("Phương hướng năm sau"),
    },
    "of": {
        "members": gettext_lazy("tổng số đơn vị"),
        "remaining": gettext_lazy("số đơn vị còn lại"),
    },
}  # fmt: skip


def label(key: str) -> str:
    """What a rule is called."""
    return str(LABELS.get(key, key))


def value_lines(rules: Rules, key: str) -> list[str]:
    """A rule's value, a line for each part; never empty."""
    value = getattr(rules, key)
    if isinstance(value, tuple):
        return [part_words(key, part) for part in value] or [_none(key)]
    if key in VALUES:
        return [str(VALUES[key][str(value)])]
    return [_number(key, value)]


def value_words(rules: Rules, key: str) -> str:
    """The same on one line."""
    return "; ".join(value_lines(rules, key))


def _none(key: str) -> str:
    return {
        "tie_break": _("Đồng hạng ngay, không xét thêm"),
        "bands": _("Không xếp loại"),
        "quotas": _("Không giới hạn"),
        "lateness": _("Không trừ điểm"),
    }.get(key, _("Không yêu cầu gì"))


def _number(key: str, value: Any) -> str:
    if key in ("quorum_share", "threshold"):
        return share_words(value)
    if value == 0:
        zero = {
            "public_ranks": _("Công bố tất cả các hạng"),
            "appeal_days": _("Không nhận khiếu nại"),
            "rotation_gap": _("Không có quy định này"),
            "deputies": _("Không có Cụm phó"),
        }
        return zero.get(key, "0")
    shown = {
        "appeal_days": _("%(n)s ngày làm việc"), "rotation_gap": _("%(n)s năm"), "shortlist": _("%(n)s đơn vị"),
        "public_ranks": _("%(n)s hạng đầu"), "decimals": _("%(n)s chữ số"),
    }  # fmt: skip
    return shown.get(key, "%(n)s") % {"n": value}


def share_words(value: int | str) -> str:
    """``67`` → "67 %"; "2/3" stays."""
    return f"{value} %" if isinstance(value, int) else value


def part_words(key: str, part: Any) -> str:
    """One row of a list as people say it."""
    if isinstance(part, Band):
        return _band_words(part)
    if isinstance(part, Quota):
        return _quota_words(part)
    if isinstance(part, LateStep):
        return _late_words(part)
    if key == "tie_break":
        return tie_break_words(part)
    return str(VALUES[key].get(part, part))


def tie_break_words(rule: str) -> str:
    """ "Điểm thưởng cao hơn", "Điểm phần II cao hơn", or the words that were written."""
    if rule.startswith(SECTION):
        return _("Điểm phần %(code)s cao hơn") % {"code": rule.removeprefix(SECTION)}
    if rule.startswith(OTHER):
        return rule.removeprefix(OTHER)
    return str(VALUES["tie_break"][rule])


def _band_words(band: Band) -> str:
    if band.at_least is None:
        return band.label
    words = _("%(label)s: từ %(points)s điểm") % {
        "label": band.label,
        "points": format_number(Decimal(band.at_least)),
    }
    if band.share is not None:
        words += _(", không quá %(share)s %% số đơn vị (làm tròn xuống)") % {"share": band.share}
    return words


def _quota_words(quota: Quota) -> str:
    if quota.share is not None:
        return _("%(award)s: không quá %(share)s %% %(of)s (làm tròn xuống)") % {
            "award": quota.award, "share": quota.share, "of": VALUES["of"][quota.of],
        }  # fmt: skip
    if quota.number is not None:
        return _("%(award)s: nhiều nhất %(number)s đơn vị") % {"award": quota.award, "number": quota.number}
    return quota.award


def _late_words(step: LateStep) -> str:
    if step.words:
        return step.words
    return _("Trễ từ %(day)s ngày: trừ %(points)s điểm") % {
        "day": step.from_day,
        "points": format_number(step.points),
    }


@dataclass(frozen=True)
class Said:
    """One rule in words."""

    key: str
    label: str
    lines: list[str]


def in_words(rules: Rules) -> list[tuple[Group, list[Said]]]:
    """Every rule in words, by group, in the order of the page; rules that have no say under the others are left out."""
    return [
        (
            group,
            [Said(key, label(key), value_lines(rules, key)) for key in group.keys if has_a_say(rules, key)],
        )
        for group in GROUPS
    ]


def has_a_say(rules: Rules, key: str) -> bool:
    """Whether a rule means anything under the others: no length of a list where there is none."""
    return key != "shortlist" or rules.combine == "shortlist"


def differences(old: Rules, new: Rules, keys: list[str]) -> list[dict[str, str]]:
    """Rows for ``<c-diff>``: what stood before beside what stands now."""
    return [
        {"field": label(key), "mine": value_words(old, key), "theirs": value_words(new, key)} for key in keys
    ]
