"""What the public page shows of frozen data of schema 1: ready strings, in either language, nothing looked up.

Sentences come from ``prose_vi`` or ``prose_en``; labels from the catalogue of the active language.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import ModuleType
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from core.dates import PartialDate, Precision, format_date, format_partial
from core.quantity import MONEY_UNIT, Quantity, format_money, format_number
from publishing.domain import facts, prose_en, prose_vi
from publishing.domain.facts import Group
from publishing.domain.sums import quantity

Data = Mapping[str, Any]

TEMPLATE = "publishing/summary_1.html"
SHOWN_ACTIVITIES = 8
_QUALIFIERS = {
    "exact": "", "over": gettext_lazy("trên"), "at_least": gettext_lazy("ít nhất"), "nearly": gettext_lazy("gần"),
    "about": gettext_lazy("khoảng"),
}  # fmt: skip


def page(data: Data, language: str) -> dict[str, Any]:
    """The context of ``publishing/summary_1.html``; the caller has activated ``language``."""
    words = prose_en if language == "en" else prose_vi
    content: dict[str, Any] = {
        "foreign": language != "vi",
        "label": data["year"]["label"],
        "next_label": data["next"]["label"] if data["next"] else data["year"]["next_label"],
        "sample": data["year"]["sample"],
        "slogan": data["year"]["slogan"],
        "cluster": data["cluster"]["name"],
        "brand": data["cluster"]["short_name"],
        "title": words.title(data),
        "lede": words.lede(data),
        "keys": _keys(data),
        "ranking": ranking(data, language),
        "texts": data["texts"],
        "timeline": _timeline(data, words),
        "giving": _giving(data, words),
        "papers": {use: [_paper(paper) for paper in papers] for use, papers in data["directives"].items()},
        "handover": _handover(data, words),
        "direction": words.direction(data),
        "members": _members(data),
    }
    content["toc"] = list(_toc(content))
    return content


def _toc(content: Data) -> list[dict[str, str]]:
    """Anchors and names of the parts that are there."""
    texts, papers = content["texts"], content["papers"]
    parts = (
        ("xep-hang", _("Kết quả xếp hạng"), content["ranking"]),
        ("tinh-hinh", _("Tình hình chung"), texts["overview"]),
        ("phong-trao", _("Các phong trào trong năm"), content["timeline"]),
        ("dong-gop", _("Đóng góp"), content["giving"]),
        ("ket-qua", _("Kết quả nổi bật"), texts["result"]),
        ("chi-dao", _("Văn bản chỉ đạo"), papers["carried_out"] or papers["next_year"]),
        ("han-che", _("Hạn chế, nguyên nhân"), texts["weakness"]),
        ("ban-giao", _("Bàn giao Cụm trưởng"), content["handover"]),
        (
            "phuong-huong", _("Phương hướng năm %(label)s") % {"label": content["next_label"]},
            content["direction"] or texts["direction"],
        ),
        ("thanh-vien", _("Thành viên Cụm"), content["members"]),
    )  # fmt: skip
    return [{"id": anchor, "name": name} for anchor, name, there in parts if there]


def figure(amount: Quantity) -> dict[str, str]:
    """A quantity in parts: qualifier small before the number, unit behind."""
    money = amount.unit == MONEY_UNIT
    return {
        "q": str(_QUALIFIERS[amount.qualifier.value]),
        "value": format_money(int(amount.number)) if money else format_number(amount.number),
        "unit": "" if money else amount.unit,
    }


def _keys(data: Data) -> list[dict[str, str]]:
    """Four big figures at most: members, money, the goods recorded most often."""
    count = len(data["members"])
    keys = [
        {
            "value": format_number(count),
            "label": ngettext("đơn vị thành viên", "đơn vị thành viên", count),
            "q": "",
        }
    ]
    sums = data["totals"]
    if sums["value"]:
        givers = [row["agency"] for row in sums["agencies"] if row["value"]]
        label = _("quyên góp, ủng hộ")
        if len(givers) == 1:
            label = _("%(agency)s quyên góp, ủng hộ") % {"agency": facts.short_name(data, givers[0])}
        keys.append(figure(quantity(sums["value"])) | {"label": label, "unit": ""})
    for goods in facts.headline_goods(data):
        label = prose_vi.noun(goods["description"], goods["unit"])
        keys.append(figure(quantity(goods)) | {"label": label, "unit": ""})
    return keys


def ranking(data: Data, language: str) -> dict[str, Any] | None:
    """The published ranks as lines with a sentence; None without any."""
    words = prose_en if language == "en" else prose_vi
    if not data["ranking"] or not data["ranking"]["entries"]:
        return None
    items = [
        {
            "rank": entry["rank"],
            "rank_label": words.rank_label(entry["rank"]),
            "name": facts.name(data, entry["agency"]),
            "points": _points(entry["points"]),
        }
        for entry in data["ranking"]["entries"]
    ]
    return {"sentence": words.ranking(data), "items": items, "unranked": words.unranked(data)}


def _points(text: str) -> str:
    """``96,75``; a whole number keeps two places, so that points stand in line."""
    if not text:
        return ""
    places = max(2, len(text.partition(".")[2]))
    return format_number(quantity({"number": text, "unit": "", "qualifier": "exact"}).number, places)


def _timeline(data: Data, words: ModuleType) -> list[dict[str, Any]]:
    """Movements with their activities, then what belongs to none, last the conference."""
    giving = {gift["activity"] for gift in data["contributions"]}
    of: dict[str, list[dict[str, str]]] = {}
    for activity in data["activities"]:
        if activity["key"] not in giving or activity["story"] or activity["result"]:
            of.setdefault(activity["movement"], []).append(_activity(data, activity))
    items = [
        {
            "when": _when(row, data),
            "title": row["title"],
            "slogan": row["slogan"],
            "text": row["story"],
            "by": words.movement(data, row),
            **_folded(of.pop(row["key"], [])),
        }
        for row in data["movements"]
    ]
    if rest := [activity for group in of.values() for activity in group]:
        label = _("Năm %(label)s") % {"label": data["year"]["label"]}
        items.append(
            {"when": label, "title": _("Hoạt động khác"), "slogan": "", "text": "", "by": "", **_folded(rest)}
        )
    if meeting := data["conference"]:
        items.append(
            {
                **_folded([]),
                "when": format_date(date.fromisoformat(meeting["held_on"])),
                "iso": meeting["held_on"],
                "title": _("Hội nghị tổng kết"),
                "slogan": "",
                "text": "",
                "by": words.guests(data),
                "end": True,
            }
        )
    return items


def _folded(activities: list[dict[str, str]]) -> dict[str, Any]:
    return {
        "activities": activities[:SHOWN_ACTIVITIES],
        "more": activities[SHOWN_ACTIVITIES:],
        "iso": "",
        "end": False,
    }


def _activity(data: Data, activity: Data) -> dict[str, str]:
    names = [facts.short_name(data, code) for code in (activity["agency"], *activity["partners"]) if code]
    when = _partial(activity["starts_on"], activity["ends_on"], activity["precision"])
    facts_of = [part for part in (when, activity["place"]) if part and part != data["year"]["label"]]
    return {
        "who": ", ".join(names),
        "title": activity["title"],
        "facts": ", ".join(facts_of),
        "text": " ".join(prose_vi.ended(part) for part in (activity["story"], activity["result"]) if part),
    }


def _partial(start: str, end: str, precision: str) -> str:
    if precision == Precision.UNKNOWN:
        return ""
    first, last = _date(start), _date(end)
    if first and not last:
        return _("từ %(day)s") % {"day": format_date(first)}
    if last and not first:
        return _("đến %(day)s") % {"day": format_date(last)}
    return format_partial(PartialDate(first, last, Precision(precision)))


def _date(iso: str) -> date | None:
    return date.fromisoformat(iso) if iso else None


def _when(row: Data, data: Data) -> str:
    """The days of a movement; "Cao điểm" or the year where no day is known."""
    whole = (data["year"]["starts_on"], data["year"]["ends_on"])
    if (row["starts_on"] or row["ends_on"]) and (row["starts_on"], row["ends_on"]) != whole:
        days = _partial(row["starts_on"], row["ends_on"], Precision.DAY)
        return _("Cao điểm, %(days)s") % {"days": days} if row["kind"] == "campaign" else days
    if row["kind"] == "campaign":
        return _("Cao điểm")
    return _("Năm %(label)s") % {"label": data["year"]["label"]}


def _giving(data: Data, words: ModuleType) -> dict[str, Any] | None:
    """Sentences by giver and movement, one table, charts of goods by receiver."""
    found = facts.groups(data)
    if not found:
        return None
    tables: dict[str, list[dict[str, Any]]] = {}
    for group in found:
        giver = facts.name(data, group.giver) if group.giver else _("Hoạt động chung")
        tables.setdefault(giver, []).extend(_rows(group, words))
    sums = data["totals"]
    total = [figure(quantity(sums["value"]))] if sums["value"] else []
    for one in sums["goods"]:
        total.append(figure(quantity(one)) | {"unit": prose_vi.noun(one["description"], one["unit"])})
    return {
        "sentences": [
            {"text": words.contributions(data, group), "unclear": words.unclear(group)} for group in found
        ],
        "tables": [{"giver": giver, "rows": rows} for giver, rows in tables.items()],
        "grouped": len(tables) > 1,
        "totals": total,
        "left_out": words.left_out(data),
        "charts": [_chart(one) for one in facts.bars(data)],
    }


def _rows(group: Group, words: ModuleType) -> list[dict[str, Any]]:
    rows = []
    for deed in group.deeds:
        for gift in deed.gifts:
            main = gift["quantity"] or gift["value"]
            rows.append(
                {
                    "what": gift["description"],
                    "to": gift["beneficiary"],
                    "place": deed.place,
                    "partners": words.listed(deed.partners),
                    "purpose": gift["purpose"],
                    "amount": figure(quantity(main)),
                    "worth": figure(quantity(gift["value"])) if gift["quantity"] and gift["value"] else None,
                    "part": words.part_state(gift),
                }
            )
    return rows


def _chart(one: facts.Bars) -> dict[str, Any]:
    caption = _("%(what)s theo nơi nhận (%(unit)s)") % {"what": one.description, "unit": one.unit}
    rows = [
        {
            "label": receiver,
            "value": amount.number,
            "shown": format_number(amount.number),
            "q": figure(amount)["q"],
        }
        for receiver, amount in one.rows
    ]
    return {"caption": caption, "rows": rows}


def _paper(paper: Data) -> dict[str, str]:
    title = paper["title"]
    return {
        "number": paper["number"],
        "iso": paper["issued_on"],
        "day": format_date(date.fromisoformat(paper["issued_on"])) if paper["issued_on"] else "",
        "issuer": paper["issuer"],
        "title": title[3:4].upper() + title[4:] if title.lower().startswith("về ") else title,
    }


def _handover(data: Data, words: ModuleType) -> dict[str, Any] | None:
    """Chair and deputies of this year and the next, the sentence on the election, the moments of the meeting."""
    this = {
        role: [facts.name(data, code) for code in facts.role_holders(data, role)]
        for role in ("chair", "deputy")
    }
    coming = data["next"]
    if not coming and not any(this.values()):
        return None
    after = {
        "chair": facts.name(data, coming["chair"]) if coming and coming["chair"] else "",
        "deputy": words.listed([facts.name(data, code) for code in coming["deputies"]]) if coming else "",
    }
    next_label = coming["label"] if coming else data["year"]["next_label"]
    return {
        "before": {
            "title": _("Năm %(label)s") % {"label": data["year"]["label"]},
            "chair": words.listed(this["chair"]),
            "deputy": words.listed(this["deputy"]),
        },
        "after": {"title": _("Năm %(label)s") % {"label": next_label}, **after},
        "sentence": words.handover(data),
        "moments": " ".join(words.moments(data)),
    }


def _members(data: Data) -> list[dict[str, str]]:
    roles = {"chair": _("Cụm trưởng"), "deputy": _("Cụm phó"), "": ""}
    return [
        {
            "name": facts.name(data, row["agency"]),
            "role": roles[row["role"]],
            "days": _stay(row["joined_on"], row["left_on"]),
        }
        for row in data["members"]
    ]


def _stay(joined: str, left: str) -> str:
    said = []
    if joined:
        said.append(_("từ %(day)s") % {"day": format_date(date.fromisoformat(joined))})
    if left:
        said.append(_("đến trước %(day)s") % {"day": format_date(date.fromisoformat(left))})
    return ", ".join(said)
