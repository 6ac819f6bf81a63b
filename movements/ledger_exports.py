"""The ledger as a file: exactly the rows that the page's filter shows, one line for each contribution."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any, Final

from django.utils.translation import gettext as _

from core.exporters import CsvExporter
from core.workbooks import Column, Sheet, WorkbookExporter
from members.scope import Scope
from movements.domain.confirmations import standing_of, with_confirmations
from movements.domain.ledger import with_day
from movements.domain.sums import Rows
from movements.domain.totals import Totals, own_gifts
from movements.enums import ActivityState, ContributionKind, PartState
from movements.ledger_rows import confirmed_words, day_words, gift_of, givers_words
from movements.models import Contribution
from movements.queries import Choices
from movements.words import plain, qualifier_words

WORKBOOK_ROWS: Final = 20_000  # a workbook is made in memory; CSV has no end
_AT_ONCE: Final = 500


def columns() -> list[Column]:
    """The columns of both files."""
    return [
        Column(_("Thời gian"), 18), Column(_("Ngày trao"), 12, day=True), Column(_("Hoạt động"), 40),
        Column(_("Phong trào"), 30), Column(_("Bên đóng góp"), 40), Column(_("Loại"), 12),
        Column(_("Nội dung"), 30), Column(_("Mức số lượng"), 10), Column(_("Số lượng"), 12),
        Column(_("Đơn vị tính"), 12), Column(_("Mức trị giá"), 10), Column(_("Trị giá (đồng)"), 18),
        Column(_("Phần góp riêng (đồng)"), 18), Column(_("Nơi nhận"), 36), Column(_("Địa bàn"), 28),
        Column(_("Để làm gì"), 24), Column(_("Quan hệ với số tổng"), 28), Column(_("Trạng thái"), 14),
        Column(_("Xác nhận"), 36), Column(_("Ghi ban đầu"), 30),
    ]  # fmt: skip


def ledger_csv(scope: Scope, rows: Rows, choices: Choices, givers: Sequence[int] = ()) -> CsvExporter:
    """A CSV of the rows, newest first, read as the file is sent. Totals are not in it: adding a column would count
    doubtful parts, see "Quan hệ với số tổng"."""
    header = [column.title for column in columns()]
    return CsvExporter(header, _lines(scope, rows, choices, givers), _name(scope, "csv"))


def ledger_xlsx(
    scope: Scope, rows: Rows, choices: Choices, totals: Totals, givers: Sequence[int] = ()
) -> WorkbookExporter:
    """A workbook of the first ``WORKBOOK_ROWS`` rows, newest first, with a sheet of the totals of all."""
    lines = list(islice(_lines(scope, rows, choices, givers), WORKBOOK_ROWS))
    sheets = [
        Sheet(_("Sổ đóng góp"), columns(), lines),
        Sheet(_("Tổng"), [Column(_("Tổng"), 60), Column(_("Số"), 40)], _sums(totals, len(lines))),
    ]
    return WorkbookExporter(sheets, _name(scope, "xlsx"))


def _name(scope: Scope, ending: str) -> str:
    return (
        _("so-dong-gop-%(cluster)s-%(label)s")
        % {
            "cluster": scope.cluster.slug,
            "label": scope.year.label,
        }
        + f".{ending}"
    )


def _sums(totals: Totals, lines: int) -> Iterator[list[object]]:
    """The totals in words, each unknown part by itself."""
    if totals.money:
        yield [_("Tiền và trị giá"), plain(totals.money)]
    for figure in totals.goods:
        yield [_("Hiện vật, dịch vụ, ngày công"), plain(figure)]
    yield [_("Số khoản"), totals.gifts]
    if totals.joint:
        yield [_("Trong đó khoản phối hợp, chỉ tính một lần"), totals.joint]
    for row in totals.left_out:
        yield [
            _("Chưa cộng, chưa rõ có gồm: %(what)s") % {"what": row.description},
            ", ".join(plain(figure) for figure in row.figures),
        ]
    if lines < totals.gifts:
        yield [_("Tệp này chỉ có số dòng đầu; bản CSV có đủ"), lines]


def _lines(scope: Scope, rows: Rows, choices: Choices, givers: Sequence[int]) -> Iterator[list[Any]]:
    ordered = with_day(with_confirmations(rows)).order_by("-sorted_on", "-id")
    for gift in ordered.iterator(chunk_size=_AT_ONCE):
        yield _line(scope, gift, choices, givers)


def _line(scope: Scope, gift: Contribution, choices: Choices, givers: Sequence[int]) -> list[Any]:
    activity, seen = gift.activity, gift_of(gift)
    own = own_gifts([seen], *givers)[0] if givers else None
    said = [f"“{text}”" for text in (gift.quantity_words, gift.value_words) if text]
    confirmed = [
        " ".join(filter(None, (one.text, one.note))) for one in map(confirmed_words, standing_of(gift))
    ]
    return [
        " ".join(part for part in day_words(gift) if part), gift.given_on, activity.title,
        choices.movements.get(activity.movement_id or 0, ""), givers_words(scope, seen, choices, shares=True),
        ContributionKind(gift.kind).label, gift.description,
        qualifier_words(gift.quantity_qualifier) if gift.quantity is not None else "", gift.quantity, gift.unit,
        qualifier_words(gift.value_qualifier) if gift.value is not None else "", gift.value,
        own.value if own and own.value != gift.value else None, seen.receiver, gift.place or activity.place,
        gift.purpose, PartState(gift.part_state).label if gift.part_state else "",
        ActivityState(activity.state).label, "; ".join(confirmed), ", ".join(said),
    ]  # fmt: skip
