"""English sentences of the public page, from the same frozen data as the Vietnamese ones; proper names stay Vietnamese.

Numbers and days are written the Vietnamese way in both languages (docs/adr), so that both pages show the same figures.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from core import dates
from core.quantity import Qualifier, Quantity, format_money, format_number
from publishing.domain import facts
from publishing.domain.facts import Deed, Group
from publishing.domain.sums import quantity

Data = Mapping[str, Any]

MOST_DEEDS = 12
_QUALIFIERS = {
    Qualifier.EXACT: "", Qualifier.OVER: "over ", Qualifier.AT_LEAST: "at least ", Qualifier.NEARLY: "nearly ",
    Qualifier.ABOUT: "about ",
}  # fmt: skip
_METHODS = {
    "deliberation": "After deliberation the cluster placed {who}.",
    "score": "By the scores the cluster placed {who}.",
    "vote": "By secret ballot the cluster placed {who}.",
}
_ORDINALS = (
    "",
    "first",
    "second",
    "third",
    "fourth",
    "fifth",
    "sixth",
    "seventh",
    "eighth",
    "ninth",
    "tenth",
)
_ROLES = {"chair": ", the chair agency,", "deputy": ", the deputy chair agency,"}
_MOMENTS = {
    "opening": "opened the conference",
    "report": "presented the annual report",
    "direction": "gave directions to the conference",
    "launch": "launched the emulation of {next}",
    "handover": "congratulated the chair and deputy agencies of {next}",
}
_PAPERS = {
    "law": "Law", "decree": "Decree", "directive": "Directive", "resolution": "Resolution", "decision": "Decision",
    "plan": "Plan", "guidance": "Guidance", "circular": "Circular",
}  # fmt: skip


def listed(parts: Sequence[str], separator: str = ", ") -> str:
    """``A, B and C``."""
    if len(parts) < 2:
        return "".join(parts)
    return f"{separator.join(parts[:-1])} and {parts[-1]}"


def title(data: Data) -> str:
    """The headline."""
    return f"Emulation and commendation summary of {data['year']['label']}"


def lede(data: Data) -> str:
    """When, where and by whom the year was summed up."""
    meeting, cluster = data["conference"], data["cluster"]["name"]
    if not meeting:
        return f"{cluster} publishes its emulation and commendation results of {data['year']['label']}."
    day = dates.format_date(date.fromisoformat(meeting["held_on"]))
    return f"On {day}, at {meeting['place']}, {cluster} held its meeting “{meeting['title'].rstrip('. ')}”."


def guests(data: Data) -> str:
    """Who attended, by office, with the number of members counted from the data."""
    meeting = data["conference"]
    if not meeting:
        return ""
    people = []
    for guest in meeting["guests"]:
        at = facts.name(data, guest["agency"]) if guest["agency"] else ""
        people.append(guest["office"] if at in guest["office"] else f"{guest['office']} {at}")
    if meeting["present"]:
        there, members = len(meeting["present"]), len(data["members"])
        count = str(there) if there >= members else f"{there} of {members}"
        people.append(f"leaders of {count} member agencies")
    return f"Present: {listed(people, '; ')}." if people else ""


def moments(data: Data) -> list[str]:
    """What happened at the conference, one sentence each, by office."""
    found = []
    for moment in data["conference"]["moments"] if data["conference"] else ():
        deed = _MOMENTS.get(moment["kind"], "").format(next=data["year"]["next_label"])
        note = moment["note"].rstrip(". ")
        who = _office(data, moment) or ("The conference" if deed else "")
        said = f"{who} {deed}".strip()
        if note:
            said = f"{said}: {note}" if said else note
        if said:
            found.append(f"{said}.")
    return found


def _office(data: Data, moment: Data) -> str:
    agency, office = moment["agency"], moment["office"]
    if not agency:
        return str(office)
    full = facts.name(data, agency)
    who = office if full in office else f"{office or 'Representative'}, {full}"
    role = next((row["role"] for row in data["members"] if row["agency"] == agency), "")
    return f"{who}{_ROLES.get(role, '')}"


def ranking(data: Data) -> str:
    """Who came first, second, third, by the way it was decided; shared ranks are named together."""
    if not data["ranking"] or not data["ranking"]["entries"]:
        return ""
    parts = []
    for rank, entries in facts.places(data):
        names = listed([facts.name(data, entry["agency"]) for entry in entries])
        parts.append(f"{names} {'joint ' if len(entries) > 1 else ''}{ordinal(rank)}")
    shared = any(len(entries) > 1 for _rank, entries in facts.places(data))
    return _METHODS[data["ranking"]["method"]].format(who=listed(parts, "; " if shared else ", "))


def unranked(data: Data) -> str:
    """Which members have no published rank."""
    others = [facts.name(data, code) for code in facts.unranked(data)]
    if not others or not data["ranking"] or not data["ranking"]["entries"]:
        return ""
    whose = "member" if len(others) == 1 else f"{len(others)} members"
    return f"The rank of the other {whose} is not published: {'; '.join(others)}."


def ordinal(rank: int) -> str:
    """``first``, then numbers."""
    return _ORDINALS[rank] if rank < len(_ORDINALS) else f"number {rank}"


def rank_label(rank: int) -> str:
    """``First``."""
    return ordinal(rank).capitalize()


def money(figure: Data) -> str:
    """``over 580.000.000 ₫``."""
    amount = quantity(figure)
    return f"{_QUALIFIERS[amount.qualifier]}{format_money(int(amount.number))}"


def number(figure: Quantity) -> str:
    """``nearly 21.000``."""
    return f"{_QUALIFIERS[figure.qualifier]}{format_number(figure.number)}"


def group_lead(data: Data, group: Group) -> str:
    """Who gave, and within which movement."""
    giver = facts.name(data, group.giver) if group.giver else "The cluster"
    if not group.movement:
        return f"{giver} gave"
    own = group.movement["level"] in ("cluster", "agency")
    return f"{'Within' if own else 'Joining'} the movement “{group.movement['title']}”, {giver} gave"


def contributions(data: Data, group: Group) -> str:
    """One sentence on what a giver did within a movement."""
    clauses = [clause(deed) for deed in group.deeds[:MOST_DEEDS]]
    rest = len(group.deeds) - MOST_DEEDS
    if rest > 0:
        clauses.append(f"{rest} further items in the table")
    return f"{group_lead(data, group)} {'; '.join(clauses)}."


def clause(deed: Deed) -> str:
    """``200 suất (Suất quà) worth 100.000.000 ₫ to … with …``."""
    gift = deed.first
    if deed.is_whole and gift["quantity"] is None:
        said = f"{money(gift['value'])} in all ({gift['description']})"
    else:
        said = listed([thing(one) for one in deed.gifts])
    mark = {"included": "of which ", "not_included": "besides, "}.get(deed.state, "")
    to = f" to {gift['beneficiary']}" if gift["beneficiary"] else ""
    at = f" in {deed.place}" if deed.place else ""
    by = f", together with {listed(deed.partners)}" if deed.partners else ""
    return f"{mark}{said}{to}{at}{by}"


def thing(gift: Data) -> str:
    """``nearly 21.000 chiếc (Khẩu trang y tế)``."""
    if gift["quantity"] is None:
        return f"{money(gift['value'])} ({gift['description']})"
    figure = quantity(gift["quantity"])
    said = f"{number(figure)} {figure.unit} ({gift['description']})"
    return f"{said} worth {money(gift['value'])}" if gift["value"] else said


def noun(description: str, unit: str) -> str:
    """What is counted, in the words of the record."""
    return f"{unit} ({description})" if unit else description


def unclear(group: Group) -> str:
    """Says honestly which figures may already be inside the whole, and that they are not added."""
    count = len(facts.unclear(group.gifts))
    if not count:
        return ""
    whole = next((deed.first for deed in group.deeds if deed.is_whole and deed.first["value"]), None)
    of = f"the total of {money(whole['value'])}" if whole else "the total"
    it = "One figure above is" if count == 1 else f"{count} figures above are"
    return (
        f"{it} not known to be inside or outside {of}, and {'is' if count == 1 else 'are'} not added to it."
    )


def left_out(data: Data) -> str:
    """The remark beside the total of the table."""
    count = len(facts.unclear(data["contributions"]))
    return f"Without {count} not known to be inside or outside a total" if count else ""


def part_state(gift: Data) -> str:
    """The remark beside a figure in the table."""
    return {
        "included": "inside the total",
        "not_included": "outside the total, added to it",
        "unknown": "not known whether inside the total",
    }.get(gift["part_state"], "")


def directive(paper: Data) -> str:
    """``Directive 05-CT/TW of 15/05/2016 (Bộ Chính trị): …``."""
    day = f" of {dates.format_date(date.fromisoformat(paper['issued_on']))}" if paper["issued_on"] else ""
    kind = _PAPERS.get(paper["kind"], "Paper")
    return f"{kind} {paper['number']}{day} ({paper['issuer']}): {paper['title'].rstrip('. ')}"


def handover(data: Data) -> str:
    """Who chairs and assists next year, and how that came about."""
    coming = data["next"]
    if not coming or not coming["chair"]:
        return ""
    how = {"elected": "was elected chair", "appointed": "was appointed chair", "acting": "acts as chair"}
    said = f"For {coming['label']}, {facts.name(data, coming['chair'])} {how[coming['basis']]}"
    if coming["deputies"]:
        said += f"; deputy chair: {listed([facts.name(data, code) for code in coming['deputies']])}"
    return f"{said}."


def direction(data: Data) -> str:
    """Which papers the coming year goes on with."""
    papers = [directive(paper) for paper in data["directives"]["next_year"]]
    return f"In {data['year']['next_label']} the cluster goes on with: {'; '.join(papers)}." if papers else ""


def movement(data: Data, row: Data) -> str:
    """Who launched a movement and how many members joined."""
    said = f"Launched by {row['launched_by']}" if row["launched_by"] else ""
    if row["joined"]:
        joined = [facts.name(data, code) for code in row["joined"]]
        who = listed(joined) if len(joined) <= 2 else f"{len(joined)} agencies"
        said = f"{said}; joined by {who}" if said else f"Joined by {who}"
    return f"{said}." if said else ""
