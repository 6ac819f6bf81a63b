"""Activities as a table in a file: exactly the rows a page's filter shows, in the very columns that are read back.

One row for each contribution, one for an activity without any. Totals are not in it: an addition of a column would
count doubtful parts, see "Quan hệ với số tổng".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from core.exporters import CsvExporter
from core.folding import fold
from core.models import new_key
from core.workbooks import Column, Sheet, WorkbookExporter
from members.scope import Scope
from movements.enums import ActivityState
from movements.imports.columns import (
    EXPORTED,
    FILLED_IN,
    GUIDE,
    KEYS,
    NO,
    NOTES,
    OF_ACTIVITY,
    OF_GIFT,
    SHEET,
    TITLES,
    WIDTHS,
    YES,
    labels,
)
from movements.imports.records import Recorded, RecordedGift, recorded
from movements.imports.words import LISTS, Words
from movements.models import Activity
from movements.queries import Choices, with_files

GUIDE_SHEET = "Hướng dẫn"
LIST_SHEET = "Danh mục"
FRESH_ROWS = 500  # rows of the template that already carry keys


def activity_csv(scope: Scope, activities: QuerySet[Activity], choices: Choices) -> CsvExporter:
    """A CSV of the activities, newest first; one query, read as the file is sent."""
    rows = table_rows(Words(scope, choices), activities)
    return CsvExporter([TITLES[key] for key in EXPORTED], rows, _file_name(scope, "csv"))


def activity_xlsx(scope: Scope, activities: QuerySet[Activity], choices: Choices) -> WorkbookExporter:
    """The same as a workbook with lists to choose from; its ``chunks()`` keep no row in memory."""
    words = Words(scope, choices)
    table = Sheet(SHEET, columns(EXPORTED, words), table_rows(words, activities))
    return WorkbookExporter([table, *_more_sheets(words)], _file_name(scope, "xlsx"))


def template_xlsx(scope: Scope, choices: Choices) -> WorkbookExporter:
    """The workbook to fill in: empty rows under fresh hidden keys, lists, guide."""
    words = Words(scope, choices)
    rows = ([new_key(), new_key(), *[""] * (len(FILLED_IN) - len(KEYS))] for _row in range(FRESH_ROWS))
    name = _("mau-hoat-dong-%(cluster)s-%(label)s.xlsx") % {
        "cluster": scope.cluster.slug,
        "label": scope.year.label,
    }
    return WorkbookExporter([Sheet(SHEET, columns(FILLED_IN, words), rows), *_more_sheets(words)], name)


def _file_name(scope: Scope, kind: str) -> str:
    place = {"cluster": scope.cluster.slug, "label": scope.year.label}
    return _("hoat-dong-%(cluster)s-%(label)s") % place + f".{kind}"


# -- columns -------------------------------------------------------------------------------------
def columns(keys: Sequence[str], words: Words) -> list[Column]:
    """The columns with their widths, notes and lists; the keys are hidden."""
    sources = _sources(words)
    return [
        Column(
            TITLES[key],
            WIDTHS.get(key, 16),
            note=NOTES.get(key, ""),
            hidden=key in KEYS,
            source=sources.get(key, ""),
        )
        for key in keys
    ]


def _lists(words: Words) -> dict[str, list[str]]:
    """What may be chosen, by column."""
    members = list(words.agencies.values())
    fixed = {key: list(labels(choices).values()) for key, choices in LISTS.items()}
    return {
        "owner": [*members, words.whole_cluster],
        "movement": list(words.choices.movements.values()),
        "partners": members,
        "in_summary": [YES, NO],
        **fixed,
    }


def _sources(words: Words) -> dict[str, str]:
    """Where the list of each column stands; no text of anybody's comes into the reference."""
    found = {}
    for place, (key, values) in enumerate(_lists(words).items()):
        letter = chr(ord("A") + place)
        if values and key != "partners":  # several members stand in one cell
            found[key] = f"='{LIST_SHEET}'!${letter}$2:${letter}${len(values) + 1}"
    return found


def _more_sheets(words: Words) -> list[Sheet]:
    lists = _lists(words)
    longest = max(len(values) for values in lists.values())
    rows = [
        [values[place] if place < len(values) else "" for values in lists.values()]
        for place in range(longest)
    ]
    return [
        Sheet(LIST_SHEET, [Column(TITLES[key], 30) for key in lists], rows),
        Sheet(GUIDE_SHEET, [Column("Cách ghi", 120)], [[line] for line in GUIDE]),
    ]


# -- rows ----------------------------------------------------------------------------------------
def table_rows(words: Words, activities: QuerySet[Activity]) -> Iterator[list[object]]:
    """The rows of the table under ``EXPORTED``; one query."""
    states = labels(ActivityState)
    for one in recorded(with_files(activities), list(words.choices.agencies)):
        head = [words.cell(key, one.values[key]) for key in OF_ACTIVITY]
        last: list[object] = [states[one.state], one.files]
        for gift in one.gifts:
            yield [one.key, gift.key, *head, *gift_cells(words, one, gift), *last]
        if not one.gifts:
            yield [one.key, "", *head, *[""] * len(OF_GIFT), *last]


def gift_cells(words: Words, activity: Recorded, gift: RecordedGift) -> list[object]:
    """The cells of a contribution."""
    values: dict[str, Any] = gift.values | {"whole": whole_words(activity.gifts, gift)}
    return [words.cell(key, values[key]) for key in OF_GIFT]


def whole_words(gifts: Iterable[RecordedGift], gift: RecordedGift) -> str:
    """How the table names the figure a contribution is part of: by its description, or by its key."""
    whole = gift.values["whole"]
    if not whole:
        return ""
    by_key = {one.key: fold(one.values["description"]) for one in gifts}
    name = by_key.get(whole, "")
    alone = name and list(by_key.values()).count(name) == 1
    return next(one.values["description"] for one in gifts if one.key == whole) if alone else f"#{whole}"
