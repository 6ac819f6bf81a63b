"""Vietnamese sentences of the public page, written from frozen data: change a figure and the sentence changes.

Every function is pure: frozen data in, one text (or a list) out, empty when the data has nothing to say. What is not
known is said to be unknown. The shape of sentences follows the reports of clusters; see docs/domain.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from core import dates
from movements.domain.sentence import contributions as contributions
from movements.domain.sentence import counted as counted
from movements.domain.sentence import ended as ended
from movements.domain.sentence import group_word as group_word
from movements.domain.sentence import listed as listed
from movements.domain.sentence import lower as lower
from movements.domain.sentence import lower_noun as lower_noun
from movements.domain.sentence import noun as noun
from movements.domain.sentence import unclear as unclear
from publishing.domain import facts

Data = Mapping[str, Any]

ORDINALS = ("", "nhất", "nhì", "ba", "tư", "năm", "sáu", "bảy", "tám", "chín", "mười")
_METHODS = {
    "deliberation": "{group} đã bình xét {who}.",
    "score": "Theo kết quả chấm điểm, {group} công nhận {who}.",
    "vote": "Qua bỏ phiếu kín, {group} đã suy tôn {who}.",
}
_ROLE_OF = {"chair": "đơn vị Cụm trưởng", "deputy": "đơn vị Cụm phó"}
_MOMENTS = {
    "opening": "phát biểu khai mạc hội nghị",
    "report": "trình bày báo cáo tổng kết",
    "direction": "phát biểu chỉ đạo hội nghị",
    "launch": "phát động thi đua năm {next}",
    "handover": "tặng hoa, chúc mừng đơn vị Cụm trưởng, Cụm phó năm {next}",
}


def short_day(iso: str) -> str:
    """``07/4/2014``, as texts cite papers: day of two digits, month without zero from March on."""
    day = date.fromisoformat(iso)
    return f"{day.day:02d}/{f'{day.month:02d}' if day.month < 3 else day.month}/{day.year}"


def title(data: Data) -> str:
    """The headline."""
    return f"Tổng kết công tác thi đua, khen thưởng năm {data['year']['label']}"


def lede(data: Data) -> str:
    """When, where and by whom the year was summed up."""
    meeting, cluster = data["conference"], data["cluster"]["name"]
    if not meeting:
        return f"{cluster} công bố kết quả thi đua, khen thưởng năm {data['year']['label']}."
    day = dates.format_date(date.fromisoformat(meeting["held_on"]))
    return f"Ngày {day}, tại {lower(meeting['place'])}, {cluster} tổ chức {meeting['title'].rstrip('. ')}."


def guests(data: Data) -> str:
    """Who attended, by office, with the number of members counted from the data."""
    meeting = data["conference"]
    if not meeting:
        return ""
    people = []
    for guest in meeting["guests"]:
        at = facts.name(data, guest["agency"]) if guest["agency"] else ""
        people.append(lower(guest["office"] if at in guest["office"] else f"{guest['office']} {at}"))
    if meeting["present"]:
        people.append(f"đại diện lãnh đạo {_present(data)} đơn vị thành viên")
    return f"Tham dự hội nghị có {listed(people, '; ')}." if people else ""


def _present(data: Data) -> str:
    there, all_members = len(data["conference"]["present"]), len(data["members"])
    return counted(there) if there >= all_members else f"{counted(there)}/{counted(all_members)}"


def moments(data: Data) -> list[str]:
    """What happened at the conference, one sentence each, by office."""
    meeting = data["conference"]
    found = []
    for moment in meeting["moments"] if meeting else ():
        deed = _MOMENTS.get(moment["kind"], "").format(next=data["year"]["next_label"])
        who = _office(data, moment)
        note = moment["note"].rstrip(". ")
        said = f"{who} {deed or lower_noun(note)}".strip() if who else f"Hội nghị {deed}" if deed else note
        if deed and note:
            said = f"{said}: {lower_noun(note)}"
        if said:
            found.append(ended(said[:1].upper() + said[1:]))
    return found


def _office(data: Data, moment: Data) -> str:
    """``Giám đốc Ngân hàng Nhà nước Chi nhánh tỉnh Lạng Sơn, đơn vị Cụm trưởng,``."""
    agency, office = moment["agency"], moment["office"]
    if not agency:
        return f"{office}" if office else ""
    full = facts.name(data, agency)
    named = full in office or facts.short_name(data, agency) in office
    who = office if named else f"{office or 'Đại diện lãnh đạo'} {full}"
    role = next((row["role"] for row in data["members"] if row["agency"] == agency), "")
    return f"{who}, {_ROLE_OF[role]}," if role else who


def ranking(data: Data) -> str:
    """Who came first, second, third, by the way it was decided; shared ranks are named together."""
    if not data["ranking"] or not data["ranking"]["entries"]:
        return ""
    parts = []
    for rank, entries in facts.places(data):
        names = listed([facts.name(data, entry["agency"]) for entry in entries])
        parts.append(f"{names} {'cùng ' if len(entries) > 1 else ''}xếp thứ {ordinal(rank)}")
    shared = any(len(entries) > 1 for _rank, entries in facts.places(data))
    who = listed(parts, "; " if shared else ", ")
    return _METHODS[data["ranking"]["method"]].format(group=group_word(data), who=who)


def unranked(data: Data) -> str:
    """Which members have no published rank."""
    others = [facts.name(data, code) for code in facts.unranked(data)]
    if not others or not data["ranking"] or not data["ranking"]["entries"]:
        return ""
    return f"{counted(len(others))} đơn vị còn lại không công bố thứ hạng: {'; '.join(others)}."


def ordinal(rank: int) -> str:
    """``nhất``, ``nhì``, ``ba``, then numbers."""
    return ORDINALS[rank] if rank < len(ORDINALS) else str(rank)


def rank_label(rank: int) -> str:
    """``Hạng Nhất``."""
    return f"Hạng {ordinal(rank).capitalize()}"


def left_out(data: Data) -> str:
    """The remark beside the total of the table."""
    count = len(facts.unclear(data["contributions"]))
    return f"Chưa cộng {counted(count)} khoản chưa rõ đã gồm trong tổng số hay chưa" if count else ""


def part_state(gift: Data) -> str:
    """The remark beside a figure in the table."""
    return {
        "included": "đã gồm trong tổng số",
        "not_included": "ngoài tổng số, được cộng thêm",
        "unknown": "chưa rõ đã gồm trong tổng số hay chưa",
    }.get(gift["part_state"], "")


def directive(paper: Data) -> str:
    """``Chỉ thị số 05-CT/TW ngày 15/5/2016 của Bộ Chính trị về đẩy mạnh học tập…``."""
    about = paper["title"].strip().rstrip(".")
    if paper["kind"] == "law" and about.lower().startswith("luật"):
        return str(about)
    kind = _PAPERS.get(paper["kind"], "Văn bản")
    day = f" ngày {short_day(paper['issued_on'])}" if paper["issued_on"] else ""
    about = about if about.lower().startswith("về ") else f"về {about}"
    return f"{kind} số {paper['number']}{day} của {paper['issuer']} {lower_after_about(about)}"


def lower_after_about(text: str) -> str:
    """``về đẩy mạnh …`` for “Về Đẩy mạnh …”."""
    word, _space, rest = text.partition(" ")
    return f"{word.lower()} {lower_noun(rest)}"


_PAPERS = {
    "law": "Luật", "decree": "Nghị định", "directive": "Chỉ thị", "resolution": "Nghị quyết", "decision": "Quyết định",
    "plan": "Kế hoạch", "guidance": "Hướng dẫn", "circular": "Thông tư",
}  # fmt: skip


def handover(data: Data) -> str:
    """Who chairs and assists next year, and how that came about."""
    coming = data["next"]
    if not coming or not coming["chair"]:
        return ""
    how = {"elected": "được bầu làm", "appointed": "được chỉ định làm", "acting": "tạm quyền"}[
        coming["basis"]
    ]
    said = f"Năm {coming['label']}, {facts.name(data, coming['chair'])} {how} Cụm trưởng"
    if coming["deputies"]:
        said += f"; Cụm phó là {listed([facts.name(data, code) for code in coming['deputies']])}"
    return _kind_roles(data, f"{said}.")


def _kind_roles(data: Data, text: str) -> str:
    """Khối trưởng instead of Cụm trưởng where the group is called so."""
    word = group_word(data)
    return (
        text
        if word == "Cụm"
        else text.replace("Cụm trưởng", f"{word} trưởng").replace("Cụm phó", f"{word} phó")
    )


def direction(data: Data) -> str:
    """Which papers the coming year goes on with."""
    papers = [directive(paper) for paper in data["directives"]["next_year"]]
    if not papers:
        return ""
    return (
        f"Năm {data['year']['next_label']}, {group_word(data)} tiếp tục thực hiện tốt {listed(papers, '; ')}."
    )


def movement(data: Data, row: Data) -> str:
    """Who launched a movement and how many members joined."""
    by = row["launched_by"]
    said = f"Phong trào do {lower(by)} phát động" if by else ""
    if row["joined"]:
        joined = [facts.name(data, code) for code in row["joined"]]
        who = listed(joined) if len(joined) <= 2 else f"{counted(len(joined))} đơn vị"
        said = f"{said}; {who} hưởng ứng" if said else f"{who} hưởng ứng"
    return ended(said)
