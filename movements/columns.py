"""Columns and orders of the list of activities, as addresses name them."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

ORDERS: Final = {
    "": _("Ngày, mới nhất trước"),
    "ten": _("Tên hoạt động, theo vần"),
    "don-vi": _("Đơn vị, theo vần"),
}
COLUMNS: Final = {  # the title always stands second
    "thoi-gian": _("Thời gian"),
    "don-vi": _("Đơn vị"),
    "dia-ban": _("Địa bàn"),
    "ket-qua": _("Kết quả"),
    "thanh-phan": _("Thành phần tham dự"),
    "so-nguoi": _("Số người tham gia"),
    "cong-khai": _("Công khai"),
    "tien": _("Tiền"),
    "hien-vat": _("Hiện vật"),
    "minh-chung": _("Minh chứng"),
    "trang-thai": _("Trạng thái"),
}
CHOSEN_AT_FIRST: Final = ("thoi-gian", "don-vi", "tien", "hien-vat", "minh-chung", "trang-thai")
FIELDS: Final = {  # what a column reads beside what every row reads
    "dia-ban": "place",
    "ket-qua": "result",
    "thanh-phan": "people",
    "so-nguoi": "attended",
    "cong-khai": "is_public",
}
