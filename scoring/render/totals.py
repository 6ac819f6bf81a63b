""" "Bảng tổng hợp điểm" as a paper that lies across. Plain figures in, bytes out; the words are Vietnamese."""

from __future__ import annotations

from datetime import date

from core.docx import Paper, Signature
from scoring.exports import Line, Totals, shown

MOST_PARTS = 6  # top parts of the table in columns of their own; of more only the sums are told


def totals_docx(cluster: str, label: str, made_on: date, totals: Totals) -> bytes:
    """The board of a year: parts, bonus, penalty, total and grade of each agency, and what the figures rest on."""
    about = f"Kết quả chấm điểm thi đua năm {label}"
    draft = not totals.result.final
    paper = Paper(f"Bảng tổng hợp điểm: {about}", made_on, draft=draft, across=True)
    paper.head(cluster, "", "")
    paper.title("Bảng tổng hợp điểm", about)
    parts = [part for part in totals.parts if part.part == "base"]
    parts = parts if len(parts) <= MOST_PARTS else []
    columns = [
        "Đơn vị", *(f"{part.code}. {part.title}" for part in parts), "Điểm chuẩn", "Thưởng", "Trừ", "Tổng điểm",
        "Xếp loại", "Ghi chú",
    ]  # fmt: skip
    places = totals.result.rules.decimals
    rows = [_cells(line, [part.code for part in parts], places) for line in totals.lines]
    paper.table(columns, rows, (30, *(14 for _part in parts), 12, 10, 10, 12, 14, 24))
    for sentence in _below(totals):
        paper.body(sentence)
    paper.signatures(
        Signature("Người lập", hint="(Ký, ghi rõ họ tên)"), Signature("Cụm trưởng", hint="(Ký, đóng dấu)")
    )
    return paper.data()


def _cells(line: Line, codes: list[str], places: int) -> list[str]:
    total = line.total
    remarks = "; ".join(line.remarks)
    if total is None:
        return [line.name, *("" for _code in codes), "", "", "", "", "", remarks]
    base = shown(total.converted, places)
    if line.is_converted:
        base = f"{base} (đạt {shown(total.base, places)}/{shown(total.assigned, 0)})"
    return [
        line.name, *(shown(line.parts.get(code), places) for code in codes), base, shown(total.bonus, places),
        shown(total.penalty, places), shown(total.total, places), line.grade, remarks,
    ]  # fmt: skip


def _below(totals: Totals) -> list[str]:
    result = totals.result
    found = [totals.missing_rule]
    if result.board is not None:
        table = result.board.table
        found.append(f"Theo {table.title}, bản {table.version}.")
        if result.board.act is not None:
            found.append(f"Tính điểm cụm lần {result.board.act.number}.")
    found.append("Điểm đã chốt." if result.final else "Điểm tạm tính, còn có thể thay đổi.")
    return found
