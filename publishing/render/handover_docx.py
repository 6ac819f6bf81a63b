"""The record of hand-over as a paper: frozen data in, bytes out; the same data gives the same bytes.

Always in Vietnamese: it is a paper, not a page. No person's name: offices sign, and room is left for hand and seal.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from core.dates import format_date
from core.docx import Paper, Signature

Data = Mapping[str, Any]

KIND = "Biên bản"
NUMBER = "Số:        /BB-CTĐ"
DOTS = "……"
WIDTHS = {
    "records": (6, 3, 2, 2),
    "papers": (8, 2),
    "deadlines": (3, 8, 2),
    "money": (4, 3, 3, 2, 3),
    "rights": (4, 3, 3, 2),
}


def handover_docx(data: Data, sha256: str = "") -> bytes:
    """The paper of a snapshot; without ``sha256`` it is a draft and says so on every page."""
    day = date.fromisoformat(data["signed_on"] or data["effective_on"])
    about = f"Bàn giao nhiệm vụ Cụm trưởng {data['cluster']['name']} năm {data['year']}"
    paper = Paper(f"{KIND}: {about}", day, draft=not sha256)
    paper.head(data["cluster"]["name"], NUMBER, _place_and_date(data))
    paper.title(KIND, about)
    if data["basis"]:
        paper.basis(data["basis"])
    _parties(paper, data)
    _content(paper, data["parts"])
    _closing(paper, data, sha256)
    return paper.data()


def _place_and_date(data: Data) -> str:
    place = data["cluster"]["place"].removeprefix("Tỉnh ").removeprefix("Thành phố ")
    day = long_date(data["signed_on"]) if data["signed_on"] else f"ngày {DOTS} tháng {DOTS} năm {DOTS}"
    return f"{place}, {day}" if place else day


def long_date(iso: str) -> str:
    """ "ngày 05 tháng 01 năm 2021": days below ten and the first two months with a leading 0 (Decree 30)."""
    day = date.fromisoformat(iso)
    month = f"{day.month:02d}" if day.month < 3 else str(day.month)
    return f"ngày {day.day:02d} tháng {month} năm {day.year}"


def _parties(paper: Paper, data: Data) -> None:
    cluster, giver, receiver = data["cluster"]["name"], data["giver"], data["receiver"]
    when = (
        f"Hôm nay, {long_date(data['signed_on'])}"
        if data["signed_on"]
        else f"Hôm nay, ngày {DOTS} tháng {DOTS} năm {DOTS}"
    )
    paper.body(
        f"{when}, đại diện hai đơn vị dưới đây lập biên bản bàn giao nhiệm vụ Cụm trưởng {cluster} năm "
        f"{data['year']} như sau:"
    )
    paper.heading("I. THÀNH PHẦN")
    for number, words, side in (
        (1, "Bên giao (Cụm trưởng cũ)", giver),
        (2, "Bên nhận (Cụm trưởng mới)", receiver),
    ):
        represented = f"; đại diện: {side['post']}" if side["post"] else ""
        paper.body(f"{number}. {words}: {side['name']}{represented}.")
    paper.heading("II. NỘI DUNG BÀN GIAO")


def _content(paper: Paper, parts: Sequence[Data]) -> None:
    for number, part in enumerate(parts, 1):
        paper.heading(f"{number}. {part['title']}")
        if part["rows"]:
            widths = WIDTHS.get(part["key"], (1,) * len(part["columns"]))
            paper.table(part["columns"], part["rows"], widths, foot=part["foot"])
        elif part["none"]:
            paper.body(part["none"])
        if part["note"]:
            paper.body(part["note"])
        if not part["rows"] and not part["none"]:
            paper.body("Hai bên đã xem danh sách trên hệ thống; thông tin cá nhân không ghi vào biên bản.")


def _closing(paper: Paper, data: Data, sha256: str) -> None:
    giver, receiver, day = data["giver"], data["receiver"], date.fromisoformat(data["effective_on"])
    paper.heading("III. GHI CHÚ CỦA HAI BÊN")
    paper.body(f"Bên giao: {giver['note'] or 'không có.'}")
    paper.body(f"Bên nhận: {receiver['note'] or 'không có.'}")
    paper.heading("IV. HIỆU LỰC")
    paper.body(
        f"Nhiệm vụ và quyền của Cụm trưởng chuyển từ {giver['name']} sang {receiver['name']} từ 00 giờ 00 phút "
        f"ngày {format_date(day)}. Biên bản lập thành 02 bản có giá trị như nhau, mỗi bên giữ 01 bản."
    )
    paper.signatures(_signature("Đại diện bên nhận", receiver), _signature("Đại diện bên giao", giver))
    paper.recipients(["Như thành phần", "Thường trực Hội đồng Thi đua - Khen thưởng (để báo cáo)", "Lưu: VT"])
    if sha256:
        paper.small(f"Hai bên đã ký trên hệ thống. Mã kiểm tra nội dung (SHA-256): {sha256}")


def _signature(head: str, side: Data) -> Signature:
    signed = side["signed_at"]
    if not signed:
        return Signature(head, (side["name"],), "(Ký, ghi rõ họ tên, đóng dấu)")
    at = f"Đã ký trên hệ thống lúc {signed[11:16]} ngày {format_date(date.fromisoformat(signed[:10]))}"
    return Signature(head, (side["name"], side["post"].upper()), f"({at})")
