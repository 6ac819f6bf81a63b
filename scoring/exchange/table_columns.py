"""The columns of a criteria table in a file: one definition for writing and reading."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from core.sheets import ASIDE, DAY, LONG, Field

MAX_ROWS: Final = 2_000
SHEET: Final = "Bảng tiêu chí"
GUIDE_SHEET: Final = "Hướng dẫn"
LIST_SHEET: Final = "Danh mục"
OWN_SHEETS: Final = (GUIDE_SHEET, LIST_SHEET)
LEVEL: Final = "Cấp"

FIELDS: Final = (
    Field("key", "Mã tiêu chí", ("ma",), quiet=True),
    Field("code", "Số mục", ("stt", "tt", "so tt", "so thu tu", "muc so", "so muc/tieu chi")),
    Field("depth", LEVEL, ("cap muc", "bac muc"), quiet=True),
    Field(
        "title", "Nội dung",
        ("noi dung tieu chi", "tieu chi", "noi dung va tieu chi", "noi dung, tieu chi", "noi dung cham diem",
         "ten tieu chi", "noi dung thi dua", "tieu chi thi dua", "noi dung, tieu chi cham diem", "noi dung danh gia"),
        required=True,
    ),
    Field("rule", "Loại", ("loai tieu chi", "kieu tinh")),
    Field("part", "Phần điểm"),
    Field(
        "maximum", "Điểm tối đa",
        ("diem chuan", "diem", "thang diem", "so diem", "diem chuan toi da", "tong diem", "muc diem", "diem quy dinh"),
        required=True,
    ),
    Field("unit", "Đơn vị tính", ("dvt", "don vi")),
    Field("each", "Điểm mỗi lượt", ("diem moi lan", "diem moi loi", "diem moi vu", "diem/luot", "diem moi vu viec")),
    Field("choices", "Mức", ("cac muc", "muc va diem"), kind=LONG),
    Field("steps", "Bậc", ("cac bac", "bac va diem", "bac ty le"), kind=LONG),
    Field("extras", "Quy định thêm", kind=LONG),
    Field("better", "Chiều", ("chieu so sanh",)),
    Field("step", "Bước điểm", ("buoc",)),
    Field("places", "Số chữ số lẻ", ("so le", "chu so thap phan")),
    Field("evidence", "Minh chứng", ("ho so minh chung", "tai lieu minh chung")),
    Field("scored_by", "Ai chấm", ("ben cham", "don vi cham", "co quan cham")),
    Field("guide", "Cách chấm", ("huong dan", "cach tinh", "cach cham diem", "ghi chu", "dien giai"), kind=LONG),
    Field("applies_to", "Áp dụng cho", ("ap dung", "loai don vi"), kind=LONG),
    Field("due_on", "Hạn", ("thoi han", "han hoan thanh"), kind=DAY),
    Field("errors", "Lỗi", kind=ASIDE, quiet=True),
)  # fmt: skip
TITLES: Final = {field.key: field.title for field in FIELDS}
WRITTEN: Final = tuple(field.key for field in FIELDS if field.key != "errors")
VALUES: Final = (  # what is compared and written, in the order of the columns
    "code", "title", "rule", "part", "maximum", "unit", "params", "better", "step", "places", "evidence", "scored_by",
    "guide", "applies_to", "due_on",
)  # fmt: skip

WIDTHS: Final = {
    "key": 14, "code": 9, "depth": 6, "title": 52, "rule": 28, "part": 13, "maximum": 10, "unit": 12, "each": 10,
    "choices": 34, "steps": 34, "extras": 30, "better": 18, "step": 9, "places": 9, "evidence": 22, "scored_by": 24,
    "guide": 40, "applies_to": 26, "due_on": 12,
}  # fmt: skip
NOTES: Final = {
    "code": "I, I.1, I.1.a hoặc 1, 1.1, 1.1.1; cũng hiểu I / 1 / a như trên giấy.",
    "depth": "1 là mục lớn nhất. Để trống thì theo số mục.",
    "rule": "Để trống: mục nếu có tiêu chí con; có Mức, Bậc thì theo đó; còn lại là chấm điểm trực tiếp.",
    "part": "Để trống: theo mục chứa nó.",
    "maximum": "0,5; 12,25. Của điểm thưởng, điểm trừ: mức trần.",
    "each": "Điểm của một lượt, một lỗi, một vụ việc.",
    "choices": "Tốt = 2; Khá = 1,5; Không đạt = 0",
    "steps": "≥ 40 % = 2; > 30 % = 1; còn lại = 0",
    "extras": "chỉ tính một lần; đạt đúng chỉ tiêu = 1/2; từ 2 vụ: không xếp trên Tốt",
    "step": "0,5: chỉ nhận bội số của 0,5.",
    "scored_by": "Để trống: đơn vị tự chấm. Cơ quan ngoài cụm: ghi tên cơ quan.",
    "applies_to": "Để trống: mọi đơn vị. Nhiều loại cách nhau bằng dấu chấm phẩy.",
}
GUIDE: Final = (
    "Mỗi dòng là một mục hoặc một tiêu chí; mục đứng trước những gì nó chứa, sâu bao nhiêu cấp cũng được.",
    "Chỉ bắt buộc hai cột Nội dung và Điểm tối đa (hoặc Điểm chuẩn); bảng như trên giấy với STT, Nội dung, Điểm chuẩn"
    " cũng nhập được: mọi tiêu chí thành “Chấm điểm trực tiếp”, sửa loại sau.",
    "Cấp của một dòng: theo cột Cấp nếu có ghi; không thì theo số mục (I, I.1, I.1.a; 1.1.1; hoặc I rồi 1 rồi a);"
    " dòng không có số mục thì theo độ thụt đầu dòng.",
    "Gạch đầu dòng không có điểm được ghép vào cột Cách chấm của tiêu chí phía trên.",
    "Số: dấu phẩy trước phần lẻ (0,5; 12,25), dấu chấm ngăn hàng nghìn (1.000). Ô số của Excel giữ đúng con số.",
    "Loại: chọn trong danh sách. “Mục gồm các tiêu chí con” không tự có điểm, điểm tối đa của nó để đối chiếu tổng.",
    "Mức (loại Chọn mức): Tốt = 2; Khá = 1,5; Không đạt = 0. Có thể ghi tiếp các mức ở những dòng dưới, để trống các"
    " cột khác. Mức đưa điểm về 0: Vi phạm = 0 [cả tiêu chí 0 điểm] hoặc [cả mục 0 điểm].",
    "Bậc (loại Bậc theo tỷ lệ đạt): ≥ 40 % = 2; > 30 % = 1; còn lại = 0. Càng thấp càng tốt: ≤ 5 % = 2; < 10 % = 1.",
    "Quy định thêm: “nhập thẳng tỷ lệ %” (bậc đo bằng phần trăm, không có chỉ tiêu); “chỉ tính một lần” (điểm thưởng);"
    " “đạt đúng chỉ tiêu = 1/2” (so với đơn vị tốt nhất); “quy mô từ 100 = × 1,2”; “từ 2 vụ: không xếp trên Tốt”,"
    " “từ 3 vụ: không xếp loại Xuất sắc”, “từ 3 vụ: hạ một mức”, “từ 4 vụ: xếp mức thấp nhất” (điểm trừ).",
    "Điểm thưởng, điểm trừ: ghi số dương, cột Phần điểm cho biết là cộng hay trừ; điểm tối đa là mức trần.",
    "Cột mã ẩn ở đầu bảng giữ cho tiêu chí vẫn là nó khi đổi số mục hay tên; chép dòng mới thì để trống cột ấy.",
    "Dòng bỏ khỏi tệp là bỏ khỏi bản đang soạn; bảng đang áp dụng không thay đổi cho đến khi bản mới được áp dụng.",
    "Không gộp ô ở phần nội dung; công thức phải có kết quả. Chữ gõ bằng TCVN3, VNI phải chuyển sang Unicode trước.",
    "Khi tải lên, hệ thống cho xem trước dòng mới, thay đổi, bị bỏ, chỗ sai và tổng điểm không khớp; chưa ghi gì trước"
    " khi xác nhận.",
)
OUTSIDE: Final = "Cơ quan ngoài cụm: "
Names = Mapping[int, str]  # of agencies that score from outside, by id
