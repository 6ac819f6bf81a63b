"""A criteria table in words: what each rule does, how the table counts, what changed from one version to another."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.dates import format_date
from core.quantity import format_number
from members.charter_parts import Unfit
from members.enums import AgencyKind
from scoring.domain.shapes import Condition, TableRules
from scoring.enums import BetterWhen, EvidenceRule, LeafRule, ScoredBy, TablePart
from scoring.models import Criterion
from scoring.table_parts import plain_factor, plain_share
from scoring.table_rules import params_of

HELP: Final = {
    LeafRule.SECTION: gettext_lazy("Chỉ gom các tiêu chí; điểm là tổng của chúng."),
    LeafRule.DIRECT: gettext_lazy("Người chấm ghi thẳng số điểm, từ 0 đến điểm tối đa."),
    LeafRule.YES_NO: gettext_lazy("Đạt thì được điểm tối đa, không đạt thì 0."),
    LeafRule.LEVELS: gettext_lazy("Chọn một mức trong danh sách; mỗi mức có số điểm riêng."),
    LeafRule.BANDS: gettext_lazy("Tỷ lệ đạt được rơi vào bậc nào thì được điểm của bậc đó."),
    LeafRule.PROPORTIONAL: gettext_lazy("Điểm tối đa nhân tỷ lệ hoàn thành; vượt cũng chỉ bằng điểm tối đa."),
    LeafRule.EXCEEDING: gettext_lazy("Điểm tối đa nhân tỷ lệ hoàn thành; vượt thì hơn điểm tối đa."),
    LeafRule.RELATIVE: gettext_lazy(
        "Vừa đạt chỉ tiêu được một phần điểm; phần còn lại chia theo mức vượt so với đơn vị vượt nhiều nhất. "
        "Chỉ có điểm sau khi “Tính điểm cụm”."
    ),
    LeafRule.PERCENT: gettext_lazy("Tỷ lệ phần trăm nhân điểm tối đa, làm tròn theo bước nếu có."),
    LeafRule.COUNT: gettext_lazy("Số lượt nhân điểm mỗi lượt, không quá điểm tối đa."),
    LeafRule.FAULTS: gettext_lazy("Bắt đầu từ điểm tối đa, mỗi lỗi trừ đi một số điểm, không dưới 0."),
    LeafRule.BONUS: gettext_lazy("Cộng thêm ngoài điểm chuẩn, không quá trần của dòng và của nhóm."),
    LeafRule.DEDUCTION: gettext_lazy("Mỗi vụ việc trừ một số điểm, không quá trần; có thể kèm chế tài xếp loại."),
    LeafRule.LATENESS: gettext_lazy("Trừ theo số ngày nộp trễ, các mức ghi trong quy chế."),
}  # fmt: skip
ZEROES: Final = {
    "": gettext_lazy("Được số điểm đã ghi"), "leaf": gettext_lazy("Cả tiêu chí 0 điểm"),
    "parent": gettext_lazy("Cả mục chứa tiêu chí 0 điểm"),
}  # fmt: skip
SANCTIONS: Final = {
    "not_above": gettext_lazy("Không xếp trên loại"), "not_grade": gettext_lazy("Không xếp loại"),
    "down_one": gettext_lazy("Hạ một loại"), "lowest": gettext_lazy("Xếp loại thấp nhất"),
}  # fmt: skip
MEASURED: Final = {
    "ratio": gettext_lazy("Kết quả chia chỉ tiêu (ghi cả hai số)"),
    "percent": gettext_lazy("Ghi thẳng tỷ lệ phần trăm"),
}
WHO: Final = {
    "self": gettext_lazy("Đơn vị tự chấm"), "cross": gettext_lazy("Đơn vị khác chấm chéo"),
    "leadership": gettext_lazy("Cụm trưởng, Cụm phó"), "officer": gettext_lazy("Thường trực Hội đồng"),
    "outside": gettext_lazy("Cơ quan ngoài cụm"),
}  # fmt: skip
COMBINE: Final = {
    "last": gettext_lazy("Người chấm sau cùng"), "mean": gettext_lazy("Trung bình cộng"),
    "lowest": gettext_lazy("Điểm thấp nhất"),
}  # fmt: skip
CONDITIONS: Final = {
    "each_line": gettext_lazy("Mọi tiêu chí đạt ít nhất"), "section": gettext_lazy("Riêng một mục đạt ít nhất"),
    "targets": gettext_lazy("Số chỉ tiêu không đạt nhiều nhất"),
}  # fmt: skip

SETTINGS: Final = {
    "bonus": (gettext_lazy("Điểm thưởng"), {
        "outside": gettext_lazy("Cộng thêm ngoài điểm chuẩn"),
        "inside": gettext_lazy("Nằm trong điểm chuẩn: tổng không vượt điểm chuẩn"),
    }),
    "best_tie": (gettext_lazy("Nhiều đơn vị cùng dẫn đầu một tiêu chí so sánh"), {
        "all": gettext_lazy("Tất cả đều được điểm tối đa"),
        "split": gettext_lazy("Chia đều phần điểm trên mức vừa đạt"),
    }),
    "nobody_exceeded": (gettext_lazy("Tiêu chí so sánh: không đơn vị nào vượt chỉ tiêu"), {
        "target_share": gettext_lazy("Đơn vị vừa đạt chỉ được phần điểm của mức vừa đạt"),
        "full": gettext_lazy("Đơn vị vừa đạt được điểm tối đa"),
    }),
    "target_zero": (gettext_lazy("Chỉ tiêu bằng 0"), {
        "no_target": gettext_lazy("Coi như không có chỉ tiêu"), "full": gettext_lazy("Coi như đạt"),
        "not_scored": gettext_lazy("Không chấm tiêu chí đó"),
    }),
    "unassigned": (gettext_lazy("Tiêu chí không giao cho đơn vị"), {
        "convert": gettext_lazy("Bỏ ra rồi quy đổi về đủ điểm tối đa"),
        "reduce": gettext_lazy("Bỏ ra, điểm tối đa của đơn vị giảm theo"),
        "full": gettext_lazy("Cho điểm tối đa"),
    }),
    "not_arisen": (gettext_lazy("Việc không phát sinh trong năm"), {
        "full": gettext_lazy("Cho điểm tối đa, phải ghi lý do"), "unassigned": gettext_lazy("Như không giao"),
        "zero": gettext_lazy("0 điểm"),
    }),
    "lateness_by": (gettext_lazy("Ngày nộp tính theo"), {
        "received": gettext_lazy("Ngày gửi trên hệ thống"), "posted": gettext_lazy("Ngày dấu bưu điện"),
    }),
}  # fmt: skip
FIELDS: Final = {
    "code": gettext_lazy("Số mục"), "title": gettext_lazy("Nội dung"), "rule": gettext_lazy("Loại"),
    "part": gettext_lazy("Phần điểm"), "maximum": gettext_lazy("Điểm tối đa"), "unit": gettext_lazy("Đơn vị tính"),
    "better": gettext_lazy("Chiều"), "step": gettext_lazy("Bước điểm"), "places": gettext_lazy("Số chữ số thập phân"),
    "params": gettext_lazy("Cách chấm theo loại"), "guide": gettext_lazy("Hướng dẫn chấm"),
    "evidence": gettext_lazy("Minh chứng"), "scored_by": gettext_lazy("Ai chấm"),
    "scorer_id": gettext_lazy("Cơ quan chấm"), "applies_to": gettext_lazy("Áp dụng cho"),
    "due_on": gettext_lazy("Hạn"), "former_code": gettext_lazy("Số mục ở bản trước"),
    "parent": gettext_lazy("Thuộc mục"),
}  # fmt: skip
_ENUMS: Final = {
    "rule": LeafRule, "part": TablePart, "better": BetterWhen, "evidence": EvidenceRule, "scored_by": ScoredBy,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """Label and value."""

    label: str
    value: str


# Rules ------------------------------------------------------------------------------------------
def rule_words(row: Criterion) -> str:
    """The rule of a criterion with its figures, as one short line; of a section nothing."""
    if row.rule == LeafRule.SECTION:
        return ""
    return params_words(row.rule, row.params, row)


def params_words(rule: str, params: Mapping[str, Any], row: Criterion | None = None) -> str:
    """What a rule does with its figures; one that does not read says so."""
    try:
        known = params_of(rule, params)
    except Unfit as unfit:
        return str(unfit)
    unit = row.unit if row is not None and row.unit else _("lượt")
    said = [_short(rule, known, unit)]
    if row is not None and row.step and rule in (LeafRule.DIRECT, LeafRule.PERCENT):
        said.append(_("bước %(step)s điểm") % {"step": format_number(row.step)})
    if row is not None and row.unit and rule in _RATIOS:
        said.append(_("tính theo %(unit)s") % {"unit": row.unit})
    if row is not None and row.better == BetterWhen.LOWER and rule in _RATIOS:
        said.append(_("càng thấp càng tốt"))
    if known.get("sizes"):
        sizes = ", ".join(
            _("từ %(size)s × %(factor)s")
            % {"size": format_number(one.at_least), "factor": plain_factor(one.factor).replace(".", ",")}
            for one in known["sizes"]
        )
        said.append(_("hệ số quy mô: %(sizes)s") % {"sizes": sizes})
    return "; ".join(said)


_RATIOS: Final = (LeafRule.BANDS, LeafRule.PROPORTIONAL, LeafRule.EXCEEDING, LeafRule.RELATIVE)


def _short(rule: str, known: Mapping[str, Any], unit: str) -> str:
    each = format_number(known.get("each", Decimal(0)))
    if rule == LeafRule.LEVELS:
        return _("Chọn mức: %(levels)s") % {"levels": _levels(known)}
    if rule == LeafRule.BANDS:
        return _("Theo bậc: %(steps)s") % {"steps": _steps(known)}
    if rule == LeafRule.RELATIVE:
        share = str(plain_share(known["base_share"])) + " %" if "base_share" in known else "1/2"
        return _("So với đơn vị tốt nhất; vừa đạt được %(share)s điểm") % {"share": share}
    if rule == LeafRule.COUNT:
        return _("Số %(unit)s × %(each)s điểm") % {"unit": unit, "each": each}
    if rule == LeafRule.FAULTS:
        return _("Trừ %(each)s điểm mỗi %(unit)s") % {"unit": unit, "each": each}
    if rule in (LeafRule.BONUS, LeafRule.DEDUCTION):
        return _added(rule, known, unit, each)
    return str(LeafRule(rule).label)


def _added(rule: str, known: Mapping[str, Any], unit: str, each: str) -> str:
    if known.get("choices"):
        words = _("Cộng theo mức: %(levels)s") if rule == LeafRule.BONUS else _("Trừ theo mức: %(levels)s")
        said = words % {"levels": _levels(known)}
    elif rule == LeafRule.BONUS and known.get("once"):
        said = _("Cộng %(each)s điểm, một lần") % {"each": each}
    else:
        words = (
            _("Cộng %(each)s điểm mỗi %(unit)s")
            if rule == LeafRule.BONUS
            else _("Trừ %(each)s điểm mỗi %(unit)s")
        )
        said = words % {"unit": unit, "each": each}
    sanctions = [
        _("từ %(count)s %(unit)s: %(what)s")
        % {
            "count": one.from_count,
            "unit": unit,
            "what": f"{str(SANCTIONS[one.kind]).lower()} {one.grade}".strip(),
        }
        for one in known.get("sanctions", ())
    ]
    return "; ".join([said, *sanctions])


def _levels(known: Mapping[str, Any]) -> str:
    said = [
        f"{one.label}: {str(ZEROES[one.zeroes]).lower()}"
        if one.zeroes
        else f"{one.label} {format_number(one.points)}"
        for one in known.get("choices", ())
    ]
    return ", ".join(said) or _("chưa ghi")


def _steps(known: Mapping[str, Any]) -> str:
    said = [
        (_("từ %(edge)s %% được %(points)s") if one.inclusive else _("trên %(edge)s %% được %(points)s"))
        % {"edge": format_number(one.edge), "points": format_number(one.points)}
        for one in known.get("steps", ())
    ]
    if known.get("below"):
        said.append(_("còn lại %(points)s") % {"points": format_number(known["below"])})
    return ", ".join(said) or _("chưa ghi")


# Fields -----------------------------------------------------------------------------------------
def field_label(name: str) -> str:
    """The name of a field of a criterion."""
    return str(FIELDS.get(name, name))


def field_words(
    name: str, value: Any, row: Criterion | None = None, names: Mapping[int, str] | None = None
) -> str:
    """A value of a field as people read it; "–" for none. ``names``: agencies by id."""
    if value in (None, "", [], (), {}):
        return "–"
    if name in _ENUMS:
        return str(_ENUMS[name](value).label)
    if name == "params":
        return params_words(row.rule, value, row) if row is not None else "–"
    if name == "applies_to":
        return ", ".join(str(AgencyKind(one).label) for one in value)
    if name == "scorer_id":
        return (names or {}).get(value, str(value))
    if name == "due_on":
        return format_date(value)
    return format_number(value) if isinstance(value, Decimal) else str(value)


# Settings ---------------------------------------------------------------------------------------
def settings_words(rules: TableRules) -> list[Line]:
    """How a table counts, line by line."""
    lines = [Line(str(label), str(values[getattr(rules, key)])) for key, (label, values) in SETTINGS.items()]
    caps = ((_("Trần điểm thưởng"), rules.bonus_cap), (_("Trần điểm trừ"), rules.penalty_cap))
    lines[1:1] = [
        Line(label, format_number(cap) if cap is not None else _("Không đặt trần")) for label, cap in caps
    ]
    reason = (
        _("Từ %(points)s điểm") % {"points": format_number(rules.reason_from)}
        if rules.reason_from
        else _("Mọi chênh lệch")
    )
    lines.append(Line(_("Chấm lệch phải ghi lý do"), reason))
    lines.append(Line(_("Các cấp chấm"), " → ".join(_level(one) for one in rules.levels)))
    if rules.conditions:
        lines.append(
            Line(_("Điều kiện xếp loại"), "; ".join(condition_words(one) for one in rules.conditions))
        )
    if rules.disqualifiers:
        lines.append(Line(_("Không xét thi đua khi"), "; ".join(rules.disqualifiers)))
    if rules.frequent_reasons:
        lines.append(Line(_("Lý do hay dùng"), "; ".join(rules.frequent_reasons)))
    return lines


def _level(one: Any) -> str:
    added = [] if one.counts else [_("để tham khảo")]
    added += [_("chấm kín")] if one.blind else []
    return f"{one.label} ({', '.join(added)})" if added else str(one.label)


def condition_words(one: Condition) -> str:
    """A condition of a grade as a sentence."""
    if one.kind == "targets":
        return _("%(grade)s: không quá %(count)s chỉ tiêu không đạt") % {
            "grade": one.grade,
            "count": one.count,
        }
    share = plain_share(one.share)
    written = f"{share} %" if isinstance(share, int) else share
    if one.kind == "section":
        words = {"grade": one.grade, "code": one.code, "share": written}
        return _("%(grade)s: mục %(code)s đạt ít nhất %(share)s điểm tối đa") % words
    words = {"grade": one.grade, "share": written, "code": one.code}
    if one.code:
        return _("%(grade)s: mỗi tiêu chí của mục %(code)s đạt ít nhất %(share)s điểm tối đa") % words
    return _("%(grade)s: mỗi tiêu chí đạt ít nhất %(share)s điểm tối đa") % words


def settings_differences(old: TableRules, new: TableRules) -> list[tuple[str, str, str]]:
    """(label, old, new) of every line of the settings that differs."""
    before = {line.label: line.value for line in settings_words(old)}
    after = {line.label: line.value for line in settings_words(new)}
    labels: Iterable[str] = dict.fromkeys([*before, *after])
    return [
        (label, before.get(label, "–"), after.get(label, "–"))
        for label in labels
        if before.get(label) != after.get(label)
    ]
