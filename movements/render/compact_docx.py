"""The compact as a paper in the layout of Decree 30/2020/NĐ-CP: plain data in, the same bytes out.

Always in Vietnamese: it is a paper, not a page. No person's name: offices sign, and room is left for hand and seal.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from core.dates import LOCAL_ZONE, format_date
from core.docx import Paper, Signature

KIND = "Giao ước thi đua"
DOTS = "……"
FEW = 8  # up to so many agencies sign in two columns, more in three


@dataclass(frozen=True, slots=True)
class Party:
    """An agency under the compact: its name, its role in the cluster, its office and moment where it has signed."""

    name: str
    role: str = ""
    post: str = ""
    signed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Compact:
    """Everything the paper says; ``mark`` empty means a draft."""

    cluster: str
    place: str
    label: str
    title: str
    made_on: date
    clauses: Sequence[str]
    parties: Sequence[Party]
    preamble: str = ""
    slogan: str = ""
    signing_place: str = ""
    signing_on: date | None = None
    mark: str = ""
    is_closed: bool = False


def compact_docx(data: Compact) -> bytes:
    """The paper; without ``mark`` it is a draft and says so on every page."""
    about = _about(data)
    paper = Paper(f"{KIND} {about}", data.made_on, draft=not data.mark)
    paper.head(data.cluster, "", _place_and_date(data))
    paper.title(KIND, about)
    for line in _opening(data):
        paper.body(line)
    for number, party in enumerate(data.parties, 1):
        paper.body(f"{number}. {party.name}{f' ({party.role})' if party.role else ''};")
    paper.body(f"cùng nhau ký kết giao ước thi đua năm {data.label} với các nội dung sau:")
    for number, clause in enumerate(data.clauses, 1):
        paper.body(f"{number}. {clause}")
    if data.slogan:
        paper.body(f"Khẩu hiệu thi đua: “{data.slogan}”.", bold=True)
    if data.signing_place:
        paper.body(f"Ký kết tại: {data.signing_place}.", italic=True)
    paper.signature_grid(
        [_block(data, party) for party in data.parties], 2 if len(data.parties) <= FEW else 3
    )
    _closing(paper, data)
    return paper.data()


def _about(data: Compact) -> str:
    """What follows the kind in the title: "năm 2020"; a title of other words stands whole."""
    title = data.title.strip()
    rest = title[len(KIND) :].strip() if title.casefold().startswith(KIND.casefold()) else title
    return rest[:1].upper() + rest[1:] if rest else f"Năm {data.label}"


def _place_and_date(data: Compact) -> str:
    place = data.place.removeprefix("Tỉnh ").removeprefix("Thành phố ")
    day = long_date(data.signing_on) if data.signing_on else f"ngày {DOTS} tháng {DOTS} năm {data.label[:4]}"
    return f"{place}, {day}" if place else day


def long_date(day: date) -> str:
    """ "ngày 05 tháng 01 năm 2021": days below ten and the first two months with a leading 0 (Decree 30)."""
    month = f"{day.month:02d}" if day.month < 3 else str(day.month)
    return f"ngày {day.day:02d} tháng {month} năm {day.year}"


def _opening(data: Compact) -> list[str]:
    """The words the cluster wrote, else the usual ones, and who follows."""
    usual = f"Thực hiện nhiệm vụ công tác thi đua, khen thưởng năm {data.label},"
    number = f"{len(data.parties):02d}"
    return [
        *(data.preamble.split("\n") if data.preamble else [usual]),
        f"Chúng tôi, đại diện lãnh đạo {number} đơn vị thành viên {data.cluster}, gồm:",
    ]


def _block(data: Compact, party: Party) -> Signature:
    if party.signed_at is None:
        hint = "(Chưa ký trên hệ thống)" if data.is_closed else "(Ký, ghi rõ họ tên, đóng dấu)"
        return Signature(party.name, (), hint)
    local = party.signed_at.astimezone(LOCAL_ZONE)
    at = f"Đã ký trên hệ thống lúc {local:%H:%M} ngày {format_date(local.date())}"
    return Signature(party.name, (party.post,) if party.post else (), "(Ký, ghi rõ họ tên, đóng dấu)", at)


def _closing(paper: Paper, data: Compact) -> None:
    signed = sum(1 for party in data.parties if party.signed_at)
    if not data.mark:
        paper.small("Dự thảo để lấy ý kiến, chưa mở ký.")
        return
    total = len(data.parties)
    paper.small(
        f"Đã ký trên hệ thống: {signed:02d}/{total:02d} đơn vị. Mã kiểm tra lời giao ước (SHA-256): {data.mark}"
    )
