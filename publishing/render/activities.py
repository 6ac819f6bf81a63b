"""Public pages of activities as bytes: the same for everybody, in the language of the address.

No request, session or user comes in here. Names are those of offices; what people wrote stands as they wrote it.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.paging import Page as RowsPage
from core.quantity import format_number
from movements.domain.totals import Gift, total
from movements.enums import ContributionKind
from movements.models import Activity
from movements.queries import Choices
from movements.share import named_figures, when_words
from movements.words import figure, giver_names, left_out_words, part_words, time_words, total_figures
from publishing import cards, memory
from publishing.domain.activities import Place, Told
from publishing.render import pages

AFTER, BEFORE = "sau", "truoc"
DESCRIPTION = 200


def one(place: Place, told: Told, language: str, base: str) -> pages.Page:
    """The page of one activity; ``base`` is scheme and host, for the addresses that other sites read."""
    with translation.override(language):
        activity, where = told.activity, where_of(place, told.activity)
        drawn, picture = card(place, told, base), reverse("public_activity_card", kwargs=where)
        row = _row(place, told)
        context = {
            **_common(place, language),
            **row,
            "facts": _facts(place, told),
            "story": activity.story,
            "result": activity.result,
            "gifts": [_gift(gift, place.choices, activity.agency_id) for gift in told.gifts],
            "pictures": [_picture(where, picture.key) for picture in told.pictures],
            "list_url": reverse("public_activities", kwargs=_year(place)),
            "page_url": base + reverse("public_activity", kwargs=where),
            "card_url": f"{base}{picture}?{urlencode({'v': cards.mark_of(drawn)})}",
            "card_width": str(cards.WIDTH),
            "card_height": str(cards.HEIGHT),
            "description": _description(row, activity),
            **pages.other_language("public_activity", where),
        }
        return pages.made(render_to_string("publishing/public_activity.html", context))


def listing(place: Place, rows: list[Told], page: RowsPage[Activity], language: str) -> pages.Page:
    """One page of the year's public activities."""
    with translation.override(language):
        here = reverse("public_activities", kwargs=_year(place))
        context = {
            **_common(place, language),
            "items": [_row(place, told) for told in rows],
            "prev": f"{here}?{urlencode({BEFORE: page.before})}" if page.before else "",
            "next": f"{here}?{urlencode({AFTER: page.after})}" if page.after else "",
            **pages.other_language("public_activities", _year(place)),
        }
        return pages.made(render_to_string("publishing/public_activities.html", context))


def card(place: Place, told: Told, base: str) -> cards.Card:
    """What stands on the picture for sharing, in the active language."""
    activity, sums = told.activity, total(told.gifts)
    when = capfirst(when_words(activity))
    return cards.Card(
        group=place.year.cluster.name,
        eyebrow=_("Hoạt động thi đua · Năm %(label)s") % {"label": place.year.label},
        title=activity.title,
        facts=[
            line
            for line in (
                ", ".join(_agencies(place, told)),
                " · ".join(part for part in (when, activity.place) if part),
            )
            if line
        ],
        figures=[
            cards.Figure(one.figure.q, one.figure.number, one.figure.unit, one.what)
            for one in named_figures(told.gifts, sums)
        ],
        note=_left_out(len(sums.left_out)),
        foot=base.partition("//")[2] + reverse("public_activities", kwargs=_year(place)),
        stamp=_("Số liệu minh họa") if place.year.sample else "",
    )


def card_png(drawn: cards.Card) -> tuple[bytes, str]:
    """The picture and its ETag; drawn once for as long as nothing on it changes."""
    mark = cards.mark_of(drawn)
    content: bytes | None = memory.cards.get(mark)
    if content is None:
        content = cards.png(drawn)
        memory.cards.put(mark, content)
    return content, f'"{mark}"'


def where_of(place: Place, activity: Activity) -> dict[str, str]:
    """What names an activity in an address."""
    return {**_year(place), "key": activity.key}


def _year(place: Place) -> dict[str, str]:
    return {"cluster": place.year.cluster.slug, "label": place.year.label}


def _common(place: Place, language: str) -> dict[str, Any]:
    """What every page of the year shows. Not for search engines before the year is published, nor invented data."""
    year = place.year
    return {
        "brand": year.cluster.short_name or year.cluster.name,
        "cluster": year.cluster.name,
        "label": year.label,
        "sample": year.sample,
        "hidden": year.sample or not place.published,
        "foreign": language != "vi",
        "summary_url": reverse("summary_public", kwargs=_year(place)) if place.published else "",
    }


def _row(place: Place, told: Told) -> dict[str, Any]:
    """An activity as both pages show its head."""
    activity, where = told.activity, where_of(place, told.activity)
    time, unknown = time_words(activity)
    sums = total(told.gifts)
    return {
        "title": activity.title,
        "url": reverse("public_activity", kwargs=where),
        "agencies": _agencies(place, told),
        "when": f"{time} ({unknown})" if unknown else time,
        "when_iso": activity.starts_on.isoformat()
        if activity.starts_on and activity.precision == "day"
        else "",
        "place": activity.place,
        "figures": total_figures(sums),
        "named": named_figures(told.gifts, sums),
        "left_out": capfirst(left_out_words(sums.left_out)),
        "thumb": _picture(where, told.pictures[0].key)["small"] if told.pictures else "",
    }


def _agencies(place: Place, told: Told) -> list[str]:
    """Who did it, under the names of that year."""
    names = [place.choices.agencies.get(pk, ("", ""))[0] for pk in told.agencies]
    return [name for name in names if name] or [place.year.cluster.name]


def _facts(place: Place, told: Told) -> list[dict[str, str]]:
    activity = told.activity
    attended = activity.attended
    people = (
        ngettext("%(count)s người", "%(count)s người", attended) % {"count": format_number(attended)}
        if attended
        else ""
    )
    facts = [
        (_("Phong trào"), activity.movement.title if activity.movement else ""),
        (_("Địa bàn"), activity.place),
        (_("Thành phần tham dự"), activity.people),
        (_("Số người tham gia"), people),
    ]
    return [{"label": label, "value": value} for label, value in facts if value]


def _gift(gift: Gift, choices: Choices, owner: int | None) -> dict[str, Any]:
    return {
        "what": gift.description,
        "kind": ContributionKind(gift.kind).label,
        "to": gift.receiver,
        "place": gift.place,
        "goods": figure(gift.goods) if gift.goods else None,
        "money": figure(gift.money) if gift.money else None,
        "givers": "; ".join(giver_names(gift.givers, choices, without=owner)),
        "part": part_words(gift)[1],
    }


def _picture(where: dict[str, str], key: str) -> dict[str, str]:
    named = {**where, "picture": key}
    return {
        "url": reverse("public_activity_picture", kwargs={**named, "size": "lon"}),
        "small": reverse("public_activity_picture", kwargs={**named, "size": "nho"}),
    }


def _left_out(number: int) -> str:
    """How many figures are in no total, in few words."""
    sentence = ngettext(
        "chưa cộng %(count)s khoản chưa rõ có gồm trong số tổng",
        "chưa cộng %(count)s khoản chưa rõ có gồm trong số tổng",
        number,
    )
    return capfirst(sentence % {"count": number}) if number else ""


def _description(row: dict[str, Any], activity: Activity) -> str:
    """A line for the preview that a messenger shows under the link."""
    parts = [", ".join(row["agencies"]), row["when"], activity.place, *(str(one) for one in row["figures"])]
    words = " · ".join(part for part in parts if part)
    return words if len(words) <= DESCRIPTION else f"{words[: DESCRIPTION - 1].rstrip()}…"
