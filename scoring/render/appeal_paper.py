"""The notice of an appeal's result in the layout of Decree 30/2020/NĐ-CP: plain data in, the same bytes out.

Always in Vietnamese: it is a paper, not a page. No person's name: offices sign, and room is left for hand and seal.
Ranks are not printed: they are open to members only when announced.
"""

from __future__ import annotations

from decimal import Decimal

from core.dates import format_date
from core.docx import Paper, Signature
from core.quantity import format_number
from movements.render.compact_docx import long_date
from scoring.domain.appeal_result import ResultPaper, number_words

KIND = "Thông báo"
OUTCOMES = {
    "accepted": "Chấp nhận kiến nghị.",
    "partly": "Chấp nhận một phần kiến nghị.",
    "refused": "Không chấp nhận kiến nghị.",
}


def appeal_docx(data: ResultPaper) -> bytes:
    """The paper: what was asked, what was decided and why, what it does to points and total."""
    about = f"Kết quả giải quyết kiến nghị về điểm thi đua năm {data.label}"
    paper = Paper(f"{KIND} {about}", data.made_on)
    paper.head(data.decider, f"Số: {number_words(data.number)}", _place_and_date(data), upper=data.cluster)
    paper.title(KIND, about)
    paper.body(f"Kính gửi: {data.filer}", bold=True)
    paper.body(
        f"Ngày {format_date(data.filed_on)}, {data.filer} kiến nghị về điểm của tiêu chí {data.code} "
        f"“{data.criterion}” "
        f"(điểm tối đa {_number(data.maximum)}), với nội dung: “{data.words}”."
        + (f" Điểm đơn vị đề nghị: {_number(data.wanted)}." if data.wanted is not None else "")
    )
    paper.body(
        f"Sau khi xem xét kiến nghị và minh chứng của các bên, {data.decider} thông báo kết quả như sau:"
    )
    paper.heading(f"1. Kết luận: {OUTCOMES[data.outcome]}")
    paper.heading("2. Lý do")
    for line in data.decision.split("\n"):
        paper.body(line)
    paper.heading("3. Điểm sau khi giải quyết")
    for line in _figures(data):
        paper.body(line)
    paper.body(f"{data.decider} thông báo để {data.filer} biết.")
    signed = Signature(data.decider_role, (data.decider,), "(Ký, ghi rõ họ tên, đóng dấu)")
    paper.signatures(Signature(""), signed)
    paper.recipients(["Như trên", "Thường trực Hội đồng", f"Lưu: hồ sơ thi đua năm {data.label}"])
    return paper.data()


def _place_and_date(data: ResultPaper) -> str:
    place = data.place.removeprefix("Tỉnh ").removeprefix("Thành phố ")
    day = long_date(data.made_on)
    return f"{place}, {day}" if place else day


def _figures(data: ResultPaper) -> list[str]:
    if data.points_before == data.points_after:
        return [
            f"Điểm của tiêu chí {data.code} giữ nguyên: {_number(data.points_after)}; tổng điểm của đơn vị: "
            f"{_number(data.total_after)}{_provisional(data)}."
        ]
    return [
        f"Điểm của tiêu chí {data.code}: {_number(data.points_before)} → {_number(data.points_after)}.",
        f"Tổng điểm của đơn vị: {_number(data.total_before)} → {_number(data.total_after)}{_provisional(data)}.",
    ]


def _provisional(data: ResultPaper) -> str:
    return " (tạm tính)" if data.provisional else ""


def _number(value: Decimal | None) -> str:
    return "chưa có" if value is None else format_number(value)
