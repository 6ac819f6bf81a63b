"""The list of activities as a file: exactly the rows that the page's filter shows, one line for each contribution."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from core.exporters import CsvExporter
from members.scope import Scope
from movements.domain.totals import Giver
from movements.enums import ActivityState, ContributionKind, PartState
from movements.models import Activity
from movements.queries import Choices, with_files
from movements.tables import owner_name
from movements.words import giver_names, qualifier_words, time_words

_GIFT = (
    "id", "kind", "description", "quantity_qualifier", "quantity", "unit", "value_qualifier", "value", "part_state",
    "beneficiary__name", "place",
)  # fmt: skip
_GIVER = ("agency_id", "outside_name", "share")


def activity_csv(scope: Scope, activities: QuerySet[Activity], choices: Choices) -> CsvExporter:
    """A CSV of the activities, newest first; one query, read as the file is sent.

    An activity without contributions has one line; one with several repeats its own columns, so that a spreadsheet can
    filter and add. Totals are not in it: an addition of the column would count doubtful parts, see "Quan hệ".
    """
    header = [
        _("Thời gian"), _("Từ ngày"), _("Đến ngày"), _("Hoạt động"), _("Phong trào"), _("Đơn vị"), _("Địa bàn"),
        _("Trạng thái"), _("Số minh chứng"), _("Loại"), _("Nội dung đóng góp"), _("Mức số lượng"), _("Số lượng"),
        _("Đơn vị tính"), _("Mức trị giá"), _("Trị giá (đồng)"), _("Bên đóng góp"), _("Nơi nhận"),
        _("Quan hệ với số tổng"),
    ]  # fmt: skip
    name = _("hoat-dong-%(cluster)s-%(label)s.csv") % {
        "cluster": scope.cluster.slug,
        "label": scope.year.label,
    }
    return CsvExporter(header, _lines(scope, activities, choices), name)


def _lines(scope: Scope, activities: QuerySet[Activity], choices: Choices) -> Iterator[list[Any]]:
    gift = {f"gift_{name}": F(f"contributions__{name}") for name in _GIFT}
    giver = {f"giver_{name}": F(f"contributions__contributors__{name}") for name in _GIVER}
    within = ("contributions__order", "contributions__id", "contributions__contributors__order")
    rows = (
        with_files(activities)
        .only(
            "precision",
            "starts_on",
            "ends_on",
            "title",
            "movement_id",
            "scope",
            "agency_id",
            "place",
            "state",
        )
        .annotate(**gift, **giver)
        .order_by("-sorted_on", "-id", *within)
    )
    streamed: Iterator[Any] = rows.iterator(chunk_size=1000)
    for _key, group in groupby(streamed, key=lambda row: (row.pk, row.gift_id)):
        yield _line(scope, list(group), choices)


def _line(scope: Scope, rows: list[Any], choices: Choices) -> list[Any]:
    """One contribution (its rows differ only by giver), or an activity without any."""
    row = rows[0]
    own = [
        " ".join(part for part in time_words(row) if part), row.starts_on, row.ends_on, row.title,
        choices.movements.get(row.movement_id, ""), owner_name(row, scope, choices), row.place,
        ActivityState(row.state).label, row.files,
    ]  # fmt: skip
    if row.gift_id is None:
        return own + [""] * 10
    givers = [Giver(one.giver_agency_id, one.giver_outside_name or "", one.giver_share) for one in rows]
    known = [one for one in givers if one.agency_id is not None or one.outside]
    return [
        *own,
        ContributionKind(row.gift_kind).label,
        row.gift_description,
        qualifier_words(row.gift_quantity_qualifier) if row.gift_quantity is not None else "",
        row.gift_quantity,
        row.gift_unit,
        qualifier_words(row.gift_value_qualifier) if row.gift_value is not None else "",
        row.gift_value,
        "; ".join(giver_names(known, choices) if known else [owner_name(row, scope, choices)]),
        row.gift_beneficiary__name or row.gift_place,
        PartState(row.gift_part_state).label if row.gift_part_state else "",
    ]
