"""What leaves the members app as a file."""

from __future__ import annotations

from django.utils.translation import gettext as _

from core.workbooks import Column, Sheet, WorkbookExporter
from members.enums import Basis, Role
from members.role_queries import Names, term_records
from members.scope import Scope


def roles_xlsx(scope: Scope) -> WorkbookExporter:
    """Every term of the cluster, the oldest first, under the names valid on its first day; two queries."""
    records = term_records(scope.year.cluster_id)
    names = Names(record.agency_id for record in records)
    columns = [
        Column(_("TT"), 5), Column(_("Vai trò"), 12), Column(_("Thứ tự"), 8), Column(_("Đơn vị"), 42),
        Column(_("Tên gọn"), 26), Column(_("Mã đơn vị"), 22), Column(_("Từ ngày"), 12, day=True),
        Column(_("Đến trước ngày"), 14, day=True), Column(_("Căn cứ"), 22),
        Column(_("Số quyết định, biên bản"), 22), Column(_("Ngày quyết định, biên bản"), 14, day=True),
        Column(_("Có tệp"), 8), Column(_("Ghi chú"), 40),
    ]  # fmt: skip
    rows = [
        [
            number, str(Role(one.role).label), one.order, names.full(one.agency_id, one.starts_on),
            names.short(one.agency_id, one.starts_on), names.code(one.agency_id), one.starts_on, one.ends_on,
            str(Basis(one.basis).label), one.decision_number, one.decision_date, bool(one.decision_file_id), one.note,
        ]
        for number, one in enumerate(records, 1)
    ]  # fmt: skip
    title = _("Cụm trưởng, Cụm phó qua các năm")
    name = _("vai-tro-%(cluster)s.xlsx") % {"cluster": scope.cluster.slug}
    return WorkbookExporter([Sheet(title, columns, rows, heading=title)], name)
