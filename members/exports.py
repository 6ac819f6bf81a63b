"""What leaves the members app as a file."""

from __future__ import annotations

from django.utils.translation import gettext as _

from core.xlsx import XlsxExporter
from members.enums import Basis, Role
from members.role_queries import Names, term_records
from members.scope import Scope


def roles_xlsx(scope: Scope) -> XlsxExporter:
    """Every term of the cluster, the oldest first, under the names valid on its first day; two queries."""
    records = term_records(scope.year.cluster_id)
    names = Names(record.agency_id for record in records)
    header = [
        _("TT"), _("Vai trò"), _("Thứ tự"), _("Đơn vị"), _("Tên gọn"), _("Mã đơn vị"), _("Từ ngày"),
        _("Đến trước ngày"), _("Căn cứ"), _("Số quyết định, biên bản"), _("Ngày quyết định, biên bản"),
        _("Có tệp"), _("Ghi chú"),
    ]  # fmt: skip
    rows = [
        [
            number, str(Role(one.role).label), one.order, names.full(one.agency_id, one.starts_on),
            names.short(one.agency_id, one.starts_on), names.code(one.agency_id), one.starts_on, one.ends_on,
            str(Basis(one.basis).label), one.decision_number, one.decision_date, bool(one.decision_file_id), one.note,
        ]
        for number, one in enumerate(records, 1)
    ]  # fmt: skip
    return XlsxExporter(
        _("Cụm trưởng, Cụm phó qua các năm"), header, rows,
        _("vai-tro-%(cluster)s.xlsx") % {"cluster": scope.cluster.slug},
        widths=(5, 12, 8, 42, 26, 22, 12, 14, 22, 22, 14, 8, 40),
    )  # fmt: skip
