"""Workbooks of the council: the list of clusters, and the table from which clusters are formed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.contrib.auth import get_user_model
from django.db import models
from django.utils.translation import gettext as _

from core.dates import format_date
from core.workbooks import Column, Sheet, WorkbookExporter
from members.domain.formation_sheet import FIELDS, NO_ROLE, TITLES, words
from members.enums import AgencyKind, Basis, GroupKind, Level, Role
from members.models import ClusterYear, Membership, RoleTerm
from members.overview import Row, observers_of
from members.queries import agency_names, covering

FORM_SHEET = "Tổ chức cụm"
WIDTHS = {
    "name": 40, "agency_name": 40, "short_name": 24, "agency_short": 24, "place": 22, "order": 8, "label": 10,
    "agency_kind": 30, "in_charge": 24,
}  # fmt: skip
CHOICES: dict[str, type[models.TextChoices]] = {
    "kind": GroupKind, "level": Level, "agency_kind": AgencyKind, "role": Role, "basis": Basis,
}  # fmt: skip
# What the workbook says stays in Vietnamese in every language, as its titles do: the office fills it in.
NOTES = {
    "cluster": "Chữ thường không dấu, số, gạch nối; cụm đã có thì ghi đúng mã đang dùng.",
    "parent": "Mã của cụm, khối cấp trên, nếu có.",
    "label": "2026, hoặc 2025-2026.",
    "agency": "Để trống nếu chưa có mã: đơn vị được nhận ra theo tên.",
    "role": "Chỉ ghi khi lập hoặc thay Cụm trưởng, Cụm phó; để trống hết thì giữ nguyên.",
    "day": "Để trống: lấy ngày hiệu lực ghi khi tải tệp lên.",
    "in_charge": "Tên đăng nhập; nhiều người thì cách nhau bằng dấu chấm phẩy.",
}
GUIDE = (
    "Mỗi dòng là một đơn vị thành viên của một cụm trong một năm; thông tin của cụm ghi ở dòng đầu là đủ.",
    "Các cột nhận ra theo tiêu đề: đổi chỗ, thêm hoặc bỏ cột không bắt buộc đều được; đừng đổi tiêu đề.",
    "Cột bắt buộc: Mã cụm, Tên cụm, Năm, Tên đơn vị.",
    "Cụm chưa có sẽ được lập cùng năm đầu tiên; cụm đã có thì được sửa theo tệp.",
    "Đơn vị chưa có sẽ được thêm; tên trùng với đơn vị đã có thì dùng đơn vị đó.",
    "Vai trò: ghi Cụm trưởng, Cụm phó cho các đơn vị giữ vai trò từ ngày hiệu lực; nhiệm kỳ cũ kết thúc ngày đó.",
    "Được chỉ định thì ghi số và ngày quyết định.",
    "Ngày ghi dạng 05/01/2021. Không gộp ô; công thức phải có kết quả.",
    "Khi tải lên, hệ thống cho xem trước mọi thay đổi và mọi chỗ sai; chưa có gì được ghi trước khi xác nhận.",
)


def council_xlsx(rows: Iterable[Row], today: date) -> WorkbookExporter:
    """The clusters as the page shows them, one line each."""
    columns = [
        Column(_("Cụm"), 42), Column(_("Tên gọn"), 24), Column(_("Cấp"), 16), Column(_("Địa bàn"), 22),
        Column(_("Thuộc"), 24), Column(_("Năm"), 10), Column(_("Bước đang mở"), 16),
        Column(_("Hạn của bước"), 14, day=True), Column(_("Tình trạng hạn"), 26), Column(_("Số thành viên"), 12),
        Column(_("Cụm trưởng"), 30), Column(_("Cụm phó"), 30), Column(_("Thành viên Hội đồng phụ trách"), 30),
        Column(_("Số đơn vị chậm"), 12), Column(_("Đơn vị chậm"), 60), Column(_("Năm trước chưa đóng"), 16),
    ]  # fmt: skip
    heading = _("Các cụm thi đua, ngày %(day)s") % {"day": format_date(today)}
    name = _("cac-cum-%(day)s.xlsx") % {"day": today.isoformat()}
    return WorkbookExporter([Sheet(_("Các cụm"), columns, (_line(row) for row in rows), heading)], name)


def _line(row: Row) -> list[object]:
    entry = row.entry
    return [
        entry.name, entry.short_name, Level(entry.level).label, entry.place, row.parent, entry.label, row.step,
        entry.planned_to, row.due, row.members, row.chair.name if row.chair else "",
        "; ".join(seat.name for seat in row.deputies), "; ".join(row.observers), len(row.late),
        "; ".join(f"{one.name} ({', '.join(one.sentences)})" for one in row.late), ", ".join(row.older),
    ]  # fmt: skip


def formation_xlsx(years: Sequence[ClusterYear] = (), today: date | None = None) -> WorkbookExporter:
    """The table to fill in; with ``years`` (clusters selected) it holds their members as they stand today."""
    columns = [
        Column(
            field.title,
            WIDTHS.get(field.key, 16),
            _choices(field.key),
            NOTES.get(field.key, ""),
            hidden=field.key == "mark",
            day=field.kind == "day",
        )
        for field in FIELDS
    ]
    rows = _filled(years, today) if years and today else []
    guide = Sheet("Hướng dẫn", [Column("Cách ghi", 110)], [[line] for line in GUIDE])
    return WorkbookExporter([Sheet(FORM_SHEET, columns, rows), guide, _lists()], "to-chuc-cum.xlsx")


def _choices(key: str) -> tuple[str, ...]:
    found = tuple(words(CHOICES[key]).values()) if key in CHOICES else ()
    return (*found, NO_ROLE) if key == "role" else found


def _lists() -> Sheet:
    """Every value of the columns with a list, for programs without dropdowns."""
    columns = [Column(TITLES[key], 40) for key in CHOICES]
    lists = [_choices(key) for key in CHOICES]
    longest = max(len(one) for one in lists)
    rows = [[one[place] if place < len(one) else "" for one in lists] for place in range(longest)]
    return Sheet("Danh mục", columns, rows)


def _filled(years: Sequence[ClusterYear], today: date) -> list[list[object]]:
    """The members of the years, with who leads and who is in charge; five queries."""
    ids = [year.cluster_id for year in years]
    terms = covering(RoleTerm.objects.filter(cluster__in=ids), today)
    roles = {(row.cluster_id, row.agency_id): row for row in terms.order_by("role", "order")}
    users = _user_names(observers_of(ids, today))
    by_year = {year.pk: year for year in years}
    rows = (
        Membership.objects.filter(year__in=by_year).select_related("agency").order_by("year", "order", "pk")
    )
    members = [row for row in rows if row.left_on is None or row.left_on > today]
    names = agency_names((row.agency_id for row in members), today)
    place = {year.pk: number for number, year in enumerate(years)}
    members.sort(key=lambda row: (place[row.year_id], row.order, row.pk))
    return [_member_line(row, by_year[row.year_id], names, roles, users) for row in members]


def _user_names(cared: dict[int, list[tuple[int, str]]]) -> dict[int, str]:
    wanted = {user for listed in cared.values() for user, _name in listed}
    accounts = get_user_model()._default_manager.filter(pk__in=wanted)
    known = dict(accounts.values_list("pk", "username"))
    return {pk: "; ".join(known[user] for user, _name in listed) for pk, listed in cared.items()}


def _member_line(
    row: Membership,
    year: ClusterYear,
    names: dict[int, tuple[str, str]],
    roles: dict[tuple[int, int], Any],
    users: dict[int, str],
) -> list[object]:
    cluster, code = year.cluster, row.agency.code
    name, short = names.get(row.agency_id, (code, code))
    term = roles.get((cluster.pk, row.agency_id))
    return [
        f"{cluster.slug}|{code}", cluster.slug, words(GroupKind)[cluster.kind], cluster.name, cluster.short_name,
        words(Level)[cluster.level], cluster.place, cluster.parent.slug if cluster.parent else "", year.label,
        year.starts_on, year.ends_on, row.order, code, name, short, words(AgencyKind)[row.agency.kind],
        words(Role)[term.role] if term else NO_ROLE, None, words(Basis)[term.basis] if term else "",
        term.decision_number if term else "", term.decision_date if term else None, users.get(cluster.pk, ""),
    ]  # fmt: skip
