"""Vietnamese sentences of what was given, for the summary and for the ledger: change a figure and they change.

Every function is pure: plain data in, one text out, empty when the data has nothing to say. What is not known is said
to be unknown. The shape of sentences follows the reports of clusters; see docs/domain.md.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from core.quantity import Quantity, prose
from movements.domain import deeds
from movements.domain.deeds import Deed, Group, quantity
from movements.domain.totals import Totals

Data = Mapping[str, Any]

MOST_DEEDS = 12
KINDS = {"cum": "Cụm", "khoi": "Khối", "khu_vuc": "Khu vực"}
_VERBS = (
    "thăm hỏi, tặng quà", "thăm, tặng quà", "thăm và tặng quà", "quyên góp, ủng hộ", "ủng hộ, quyên góp",
    "phát miễn phí", "cấp phát miễn phí", "trao tặng", "cấp phát", "bàn giao", "hỗ trợ", "ủng hộ", "quyên góp",
    "đóng góp", "tặng", "trao", "phát", "xây dựng", "sửa chữa",
)  # fmt: skip
_USUAL_VERB = {"money": "ủng hộ", "goods": "tặng", "service": "thực hiện", "workdays": "đóng góp"}
_PLAIN_UNITS = frozenset({"chiếc", "cái"})
_LOWER = re.compile(
    r"(?:huyện|thành phố|thị xã|thị trấn|tỉnh|xã|phường|quận|địa bàn|hộ|gia đình|nhân dân|người|các|một số|"
    r"đồng bào|bà con|học sinh|trẻ em|đại diện|lãnh đạo|thành viên|toàn|về|phòng)\b",
    re.IGNORECASE,
)


def listed(parts: Sequence[str], separator: str = ", ") -> str:
    """``A, B và C``; with parts that hold commas give ``"; "``."""
    if len(parts) < 2:
        return "".join(parts)
    return f"{separator.join(parts[:-1])} và {parts[-1]}"


def counted(number: int) -> str:
    """``07``, ``12``: as papers write counts."""
    return f"{number:02d}"


def lower(text: str) -> str:
    """The text inside a sentence: a common noun at its start loses its capital, a name keeps it."""
    return text[:1].lower() + text[1:] if _LOWER.match(text) else text


def lower_noun(text: str) -> str:
    """A description inside a sentence; abbreviations and names of two capitals keep their capital."""
    words = text.split(" ")
    proper = words[0][1:2].isupper() or (len(words) > 1 and words[1][:1].isupper())
    return text if proper else text[:1].lower() + text[1:]


def ended(text: str) -> str:
    """The text with a full stop, unless it ends a sentence already."""
    text = text.strip()
    return text if not text or text[-1] in ".!?…" else f"{text}."


def group_word(data: Data) -> str:
    """Cụm, Khối or Khu vực."""
    return KINDS.get(data["cluster"]["kind"], "Cụm")


def money(figure: Data) -> str:
    """``trên 580 triệu đồng``."""
    return prose(quantity(figure))


def group_lead(data: Data, group: Group) -> str:
    """``Hưởng ứng phong trào “…”, Cục … đã``."""
    giver = deeds.name(data, group.giver) if group.giver else group_word(data)
    if not group.movement:
        return f"{giver} đã"
    called = group.movement["title"]
    quoted = lower_noun(called) if called.lower().startswith("phong trào") else f"phong trào “{called}”"
    own = group.movement["level"] in ("cluster", "agency")
    return f"{'Thực hiện' if own else 'Hưởng ứng'} {quoted}, {giver} đã"


def contributions(data: Data, group: Group) -> str:
    """One sentence on what a giver did within a movement, wholes first, then what is told beside them."""
    clauses, said = [], ""
    for deed in group.deeds[:MOST_DEEDS]:
        mark = {"included": "trong đó ", "not_included": "ngoài ra còn "}.get(deed.state, "")
        clauses.append((mark if mark != said else "") + clause(deed))
        said = mark
    rest = len(group.deeds) - MOST_DEEDS
    if rest > 0:
        clauses.append(f"và {counted(rest)} khoản khác trong bảng")
    return f"{group_lead(data, group)} {'; '.join(clauses)}."


def clause(deed: Deed) -> str:
    """``phối hợp với Văn phòng HĐND tỉnh tặng 200 suất quà trị giá 100 triệu đồng tại huyện Chi Lăng``."""
    gift = deed.first
    verb, action = _verb(deed)
    if deed.is_whole and gift["quantity"] is None:
        what = action or " ".join(filter(None, (verb, _receiver(gift, deed))))
        said = f"{what} với tổng giá trị {money(gift['value'])}"
    else:
        things = listed([thing(one) for one in deed.gifts])
        purpose = f" để {lower_noun(gift['purpose'])}" if gift["purpose"] else ""
        said = " ".join(filter(None, (verb, things, _receiver(gift, deed)))) + purpose
    return f"phối hợp với {listed(deed.partners)} {said}" if deed.partners else said


def _verb(deed: Deed) -> tuple[str, str]:
    """The verb the activity's own title starts with, and the whole title when it can stand as a clause."""
    for text in (deed.first["description"], deed.activity.get("title", "")):
        folded = text.lower()
        for verb in _VERBS:
            if folded.startswith(f"{verb} ") or folded == verb:
                return verb, lower_noun(text).rstrip(". ") if text != deed.first["description"] else ""
    return ("quyên góp, ủng hộ" if deed.is_whole else _USUAL_VERB[deed.first["kind"]]), ""


def thing(gift: Data) -> str:
    """``200 suất quà trị giá 100 triệu đồng``, ``gần 21.000 khẩu trang y tế``, ``10 triệu đồng``."""
    if gift["quantity"] is None:
        worth = money(gift["value"])
        return worth if gift["kind"] == "money" else f"{noun(gift['description'], '')} trị giá {worth}"
    figure = quantity(gift["quantity"])
    number = prose(Quantity(figure.number, "", figure.qualifier, "")).strip()
    said = f"{number} {noun(gift['description'], figure.unit)}"
    return f"{said} trị giá {money(gift['value'])}" if gift["value"] else said


def noun(description: str, unit: str) -> str:
    """What is counted: the unit with the description, without saying one word twice."""
    what = lower_noun(description.strip())
    for verb in _VERBS:
        if what.startswith(f"{verb} "):
            what = what[len(verb) + 1 :]
    if unit in _PLAIN_UNITS or not unit or what == unit or what.startswith(f"{unit} "):
        return what
    return f"{unit} {what}"


def _receiver(gift: Data, deed: Deed) -> str:
    to = f"cho {lower(gift['beneficiary'])}" if gift["beneficiary"] else ""
    at = f"tại {lower(deed.place)}" if deed.place else ""
    return " ".join(filter(None, (to, at)))


def unclear(group: Group) -> str:
    """Says honestly which figures may already be inside the whole, and that they are not added."""
    count = len(deeds.unclear(group.gifts))
    if not count:
        return ""
    whole = next((deed.first for deed in group.deeds if deed.is_whole and deed.first["value"]), None)
    of = f"tổng số {money(whole['value'])}" if whole else "tổng số"
    return (
        f"{counted(count)} khoản kể trên chưa rõ đã gồm trong {of} hay chưa, nên không cộng thêm vào tổng số."
    )


def paragraph(data: Data, sums: Totals) -> str:
    """What was given, as a report says it: who did what within which movement, what is unclear, and the total.

    A joint gift is told once, under its first giver; the total is that of ``domain.totals``: no unknown part is added.
    """
    groups = deeds.groups(data)
    said = [sentence for group in groups for sentence in (contributions(data, group), unclear(group))]
    is_said = any(unclear(group) for group in groups)
    total = total_sentence(replace(sums, left_out=()) if is_said else sums)
    return " ".join(sentence for sentence in [*said, total] if sentence)


def total_sentence(sums: Totals) -> str:
    """``Tổng giá trị đóng góp trên 580 triệu đồng; hiện vật gồm gần 28.500 chiếc, 200 suất.``; empty for nothing."""
    parts = []
    if sums.money:
        parts.append(f"Tổng giá trị đóng góp {prose(sums.money)}")
    if sums.goods:
        goods = listed([prose(figure) for figure in sums.goods])
        parts.append(f"{'hiện vật, ngày công, dịch vụ gồm' if parts else 'Đóng góp'} {goods}")
    if sums.left_out:
        beside = f"chưa cộng {counted(len(sums.left_out))} khoản chưa rõ đã gồm trong tổng số hay chưa"
        parts.append(beside if parts else beside.capitalize())
    if sums.joint:
        parts.append(f"{counted(sums.joint)} khoản phối hợp chỉ tính một lần")
    return ended("; ".join(parts))
