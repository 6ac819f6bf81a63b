"""The columns of the table of activities: one definition for the template, the export and the reading.

Titles and words stay in Vietnamese in every language: a file that is filled in here must be read there.
"""

from __future__ import annotations

from typing import Final

from django.db import models
from django.utils import translation

from core.sheets import ASIDE, LONG, TEXT, WHEN, Field

MAX_ROWS: Final = 10_000  # filled rows of one file
SHEET: Final = "Hoạt động"
YES, NO = "có", "không"

KEYS: Final = ("activity_key", "gift_key")
ACTIVITY: Final = (
    Field("owner", "Đơn vị thực hiện", ("don vi", "co quan")),
    Field("title", "Tên hoạt động", ("hoat dong", "noi dung hoat dong"), required=True),
    Field("movement", "Phong trào", ("phong trao thi dua",)),
    Field("when", "Thời gian", ("ngay", "ngay thuc hien"), kind=WHEN, required=True),
    Field("place", "Địa bàn", ("dia diem", "noi to chuc")),
    Field("partners", "Đơn vị cùng thực hiện", ("don vi phoi hop",), kind=LONG),
    Field("people", "Thành phần tham dự", ("thanh phan",)),
    Field("attended", "Số người tham gia", ("so nguoi",)),
    Field("story", "Mô tả", ("dien bien",), kind=LONG),
    Field("result", "Kết quả", ("ket qua dat duoc",), kind=LONG),
    Field("in_summary", "Đưa vào tổng kết", ("dua vao bao cao tong ket",)),
)
GIFT: Final = (
    Field("kind", "Loại đóng góp", ("loai",)),
    Field("description", "Nội dung đóng góp", ("khoan dong gop",)),
    Field("quantity_qualifier", "Mức số lượng"),
    Field("quantity", "Số lượng"),
    Field("unit", "Đơn vị tính", ("dvt",)),
    Field("value_qualifier", "Mức trị giá"),
    Field("value", "Trị giá (đồng)", ("tri gia", "so tien", "thanh tien")),
    Field("given_on", "Ngày trao", kind=WHEN),
    Field("givers", "Bên đóng góp", ("ben cung gop",), kind=LONG),
    Field("beneficiary", "Nơi nhận", ("don vi nhan", "nguoi nhan")),
    Field("gift_place", "Địa bàn trao", ("noi trao",)),
    Field("purpose", "Để làm gì", ("muc dich",)),
    Field("part_state", "Quan hệ với số tổng"),
    Field("whole", "Thuộc khoản", ("thuoc so tong",)),
)
SHOWN_ONLY: Final = (
    Field("state", "Trạng thái", kind=ASIDE, quiet=True),
    Field("files", "Số minh chứng", kind=ASIDE, quiet=True),
)
ERRORS: Final = Field("errors", "Lỗi", kind=ASIDE, quiet=True)
FIELDS: Final = (
    Field("activity_key", "Mã hoạt động", kind=TEXT, quiet=True),
    Field("gift_key", "Mã khoản", kind=TEXT, quiet=True),
    *ACTIVITY, *GIFT, *SHOWN_ONLY, ERRORS,
)  # fmt: skip
TITLES: Final = {field.key: field.title for field in FIELDS}
OF_ACTIVITY: Final = tuple(field.key for field in ACTIVITY)
OF_GIFT: Final = tuple(field.key for field in GIFT)
EXPORTED: Final = (*KEYS, *OF_ACTIVITY, *OF_GIFT, "state", "files")
FILLED_IN: Final = (*KEYS, *OF_ACTIVITY, *OF_GIFT)

WIDTHS: Final = {
    "owner": 24, "title": 40, "movement": 28, "when": 16, "place": 20, "partners": 24, "people": 22, "attended": 10,
    "story": 30, "result": 30, "in_summary": 10, "kind": 13, "description": 32, "quantity_qualifier": 10,
    "quantity": 12, "unit": 12, "value_qualifier": 10, "value": 18, "given_on": 12, "givers": 30, "beneficiary": 28,
    "gift_place": 20, "purpose": 24, "part_state": 24, "whole": 24, "state": 14, "files": 10, "errors": 60,
}  # fmt: skip
NOTES: Final = {
    "owner": "Để trống: đơn vị của người nhập. Hoạt động chung: ghi Cả Cụm (Cụm trưởng ghi).",
    "title": "Các khoản của cùng một hoạt động: chép lại, hoặc để trống thì theo dòng trên.",
    "when": "05/01/2020; 05/01–07/01/2020; 12/2020; 2020; hoặc: chưa rõ",
    "partners": "Nhiều đơn vị cách nhau bằng dấu chấm phẩy.",
    "people": "Ghi chức danh, cơ quan; không ghi tên người.",
    "in_summary": "Để trống: có.",
    "kind": "Để trống: tự nhận theo số liệu.",
    "quantity": "3.000; gần 21.000 chiếc",
    "value": "580.000.000; 580 triệu; trên 1,25 tỷ",
    "given_on": "Để trống: theo ngày của hoạt động.",
    "givers": "Ghi đủ các bên, kể cả đơn vị mình; để trống: đơn vị thực hiện. Phần góp: Cục Thống kê = 40 triệu.",
    "whole": "Nội dung của khoản tổng trong cùng hoạt động.",
}
GUIDE: Final = (
    "Mỗi dòng là một khoản đóng góp; các cột của hoạt động được chép lại ở mọi khoản của nó.",
    "Hoạt động không có khoản đóng góp nào: ghi một dòng, để trống các cột từ “Loại đóng góp” trở đi.",
    "Khoản thứ hai trở đi của một hoạt động có thể để trống các cột của hoạt động: dòng đó theo dòng trên.",
    "Cột bắt buộc: Tên hoạt động, Thời gian. Các cột nhận ra theo tiêu đề: đổi chỗ, bỏ bớt cột khác đều được.",
    "Thời gian: 05/01/2020 hoặc 5/1/2020 (ngày trước, tháng sau); 05/01–07/01/2020; 12/2020; 2020; chưa rõ.",
    "Số lượng: dấu chấm ngăn hàng nghìn, dấu phẩy trước phần lẻ: 3.000; 1.234,5. Đơn vị tính ghi ở cột riêng.",
    "Trị giá bằng đồng: 580.000.000; 580 triệu; 580 tr; 1,25 tỷ. Số tiền phải tròn đến đồng.",
    "Mức: Trên, Ít nhất, Gần, Khoảng; để trống là đúng con số. Ghi liền “gần 21.000” ở ô số cũng hiểu.",
    "Bên đóng góp: tên đơn vị trong cụm và bên ngoài, cách nhau bằng dấu chấm phẩy; để trống là đơn vị thực hiện.",
    "Phần góp của từng bên, nếu biết: Cục Quản lý thị trường = 60 triệu; Văn phòng HĐND tỉnh = 40 triệu.",
    "Khoản nằm trong một khoản khác: chọn “Quan hệ với số tổng”, rồi ghi nội dung khoản tổng ở cột “Thuộc khoản”.",
    "Hai cột mã ẩn ở đầu bảng giữ cho tệp nhập lại lần hai không thêm gì; đừng xóa, đừng sửa.",
    "Dòng bỏ khỏi tệp không bị xóa trong hệ thống; muốn xóa thì làm ở trang hoạt động.",
    "Hoạt động đã gửi không sửa bằng Excel: thu hồi về nháp rồi nhập lại.",
    "Không gộp ô; công thức phải có kết quả. Chữ gõ bằng phông TCVN3, VNI phải chuyển sang Unicode trước.",
    "Khi tải lên, hệ thống cho xem trước dòng mới, thay đổi, giữ nguyên, trùng, sai; chưa ghi gì trước khi xác nhận.",
    "Ví dụ (bài về Cụm thi đua các cơ quan Trung ương, năm 2020):",
    "• Thăm, tặng quà hộ nghèo | 2020 | Tiền | quà tặng hộ nghèo | Mức trị giá: Trên | 580 triệu",
    "• Tặng quà tại Chi Lăng, Hữu Lũng | 2020 | Hiện vật | suất quà | 200 | suất | 100 triệu | "
    "Cục Quản lý thị trường; Văn phòng HĐND tỉnh",
    "• Phát khẩu trang miễn phí | 2020 | Hiện vật | khẩu trang y tế | 3.000 | chiếc | nhân dân thành phố Lạng Sơn",
    "• Bàn giao khẩu trang | 2020 | Hiện vật | khẩu trang y tế | Mức số lượng: Gần | 21.000 | chiếc | Sở Y tế",
)


def labels(choices: type[models.TextChoices]) -> dict[str, str]:
    """The Vietnamese label of each value, whatever the language of the page: what the file holds."""
    with translation.override("vi"):
        return {str(value): str(label) for value, label in choices.choices}
