"""The columns of a score sheet in a file, and which of them a criterion takes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from core.sheets import FIGURE, LONG, Field
from scoring.domain.shapes import Facts, Leaf
from scoring.enums import LeafRule

MAX_ROWS: Final = 2_000
SHEET: Final = "Bảng chấm điểm"
GUIDE_SHEET: Final = "Hướng dẫn"
LIST_SHEET: Final = "Danh mục"
MARK_SHEET: Final = "Dấu của tệp"
OWN_SHEETS: Final = (GUIDE_SHEET, LIST_SHEET, MARK_SHEET)
KIND: Final = "bảng chấm điểm 1"  # what the file is, and the edition of its form

HIDDEN: Final = ("key", "version", "stamp")
SHOWN: Final = ("code", "title", "rule", "maximum", "unit", "how")
FACTS: Final = ("points", "yes", "level", "actual", "target", "percent", "count", "mark")
WORDS: Final = ("explanation", "citation")
INPUTS: Final = (*FACTS, *WORDS)
FIELDS: Final = (
    Field("key", "Mã tiêu chí"),
    Field("version", "Bản dòng", quiet=True),
    Field("stamp", "Dấu dòng", quiet=True),
    Field("code", "Số mục", ("stt",), required=True, quiet=True),
    Field("title", "Nội dung", quiet=True, required=True),
    Field("rule", "Loại", quiet=True),
    Field("maximum", "Điểm tối đa", quiet=True),
    Field("unit", "Đơn vị tính", quiet=True),
    Field("how", "Cách ghi", kind=LONG, quiet=True),
    Field("points", "Điểm chấm", kind=FIGURE),
    Field("yes", "Đạt"),
    Field("level", "Mức đạt"),
    Field("actual", "Thực hiện", kind=FIGURE),
    Field("target", "Chỉ tiêu", kind=FIGURE),
    Field("percent", "Tỷ lệ %", kind=FIGURE),
    Field("count", "Số lượt", kind=FIGURE),
    Field("mark", "Thay cho số liệu"),
    Field("explanation", "Giải trình", kind=LONG),
    Field("citation", "Văn bản chứng minh"),
)  # fmt: skip
TITLES: Final = {field.key: field.title for field in FIELDS}
LONGEST: Final = {"explanation": 2_000, "citation": 300}
WIDTHS: Final = {
    "code": 9, "title": 46, "rule": 40, "maximum": 9, "unit": 11, "how": 26, "points": 10, "yes": 9, "level": 20,
    "actual": 13, "target": 13, "percent": 10, "count": 9, "mark": 17, "explanation": 36, "citation": 30,
}  # fmt: skip
NOTES: Final = {
    "yes": "có hoặc không",
    "mark": "Không có: bằng không. Không phát sinh: cả năm không có việc này, ghi lý do ở cột Giải trình.",
    "percent": "95 hoặc 95%",
    "citation": "Số, ngày của văn bản: 12/BC-CTK, 05/12/2020",
}
SEEN: Final = "Điểm hiện có: "  # before the label of a level: columns that are shown and never read

GUIDE: Final = (
    "Chỉ ghi vào các ô màu vàng của từng dòng; mỗi loại tiêu chí có ô riêng: Điểm chấm, Đạt, Mức đạt, Thực hiện và Chỉ"
    " tiêu, Tỷ lệ %, hoặc Số lượt. Điểm do hệ thống tính khi nhập tệp.",
    "Số: dấu phẩy trước phần lẻ (9,5), dấu chấm ngăn hàng nghìn (4.500).",
    "Không có gì để ghi mà đúng là bằng không: chọn “Không có”. Cả năm không phát sinh việc ấy: chọn “Không phát sinh”"
    " và ghi lý do ở cột Giải trình. Để trống hết là chưa chấm.",
    "Cột “Điểm hiện có” chỉ để xem; sửa cũng không được đọc.",
    "Ba cột mã ẩn và trang tính ẩn cho hệ thống biết dòng nào, của ai, từ lúc nào; đừng xóa.",
    "Khi nhập, hệ thống cho xem từng ô khác với hiện nay và điểm sẽ thành; chọn dòng nào thì ghi dòng ấy. Dòng đã có"
    " người sửa sau khi tải tệp được đánh dấu và không chọn sẵn.",
    "Dòng không sửa trong tệp được bỏ qua, kể cả khi trong hệ thống đã có người sửa.",
)
HOW: Final[Mapping[str, str]] = {
    "points": "Điểm chấm", "yes": "Đạt: có / không", "level": "Chọn Mức đạt", "actual": "Thực hiện",
    "target": "Chỉ tiêu", "percent": "Tỷ lệ %", "count": "Số lượt",
}  # fmt: skip


def inputs_of(leaf: Leaf, facts: Facts) -> tuple[str, ...]:
    """The columns of figures that a criterion takes, with those that its present facts use."""
    by_rule: Mapping[str, tuple[str, ...]] = {
        LeafRule.DIRECT: ("points",), LeafRule.YES_NO: ("yes",), LeafRule.LEVELS: ("level",),
        LeafRule.PROPORTIONAL: ("actual", "target"), LeafRule.EXCEEDING: ("actual", "target"),
        LeafRule.RELATIVE: ("actual", "target"), LeafRule.COUNT: ("count",), LeafRule.FAULTS: ("count",),
        LeafRule.BONUS: ("level", "count") if leaf.choices else ("count",),
        LeafRule.DEDUCTION: ("level", "count") if leaf.choices else ("count",), LeafRule.LATENESS: (),
    }  # fmt: skip
    if leaf.rule in (LeafRule.BANDS, LeafRule.PERCENT):
        wanted: tuple[str, ...] = ("percent",) if leaf.measured == "percent" else ("actual", "target")
    else:
        wanted = by_rule[leaf.rule]
    if leaf.choices and leaf.rule in (LeafRule.BONUS, LeafRule.DEDUCTION) and not leaf.each:
        wanted = ("level",)
    used = [key for key in FACTS if key != "mark" and getattr(facts, key) not in (None, "")]
    return tuple(key for key in FACTS if key in wanted or key in used)
