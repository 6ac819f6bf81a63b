"""The audit in words for people: what was done, which values changed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.apps import apps
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.dates import LOCAL_ZONE, format_date
from core.models import AuditEvent
from core.people import names_by_id

ACTIONS = {
    "check_finish": gettext_lazy("Chấm xong một bảng"),
    "assignment_edit": gettext_lazy("Phân công chấm"),
    "assignment_unfinish": gettext_lazy("Mở lại việc chấm đã xong"),
    "sheet_return": gettext_lazy("Trả lại dòng chấm điểm"),
    "sheet_verify": gettext_lazy("Thẩm định xong bảng chấm điểm"),
    "sheet_reopen": gettext_lazy("Mở lại bảng đã thẩm định"),
    "sheet_excuse": gettext_lazy("Miễn điểm trừ nộp trễ"),
    "associate_add": gettext_lazy("Thêm cơ quan phối hợp chấm điểm"),
    "associate_remove": gettext_lazy("Xóa cơ quan phối hợp chấm điểm"),
    "activity_add": gettext_lazy("Ghi hoạt động"),
    "activity_edit": gettext_lazy("Sửa hoạt động"),
    "activity_import": gettext_lazy("Nhập hoạt động từ Excel"),
    "activity_delete": gettext_lazy("Xóa hoạt động"),
    "activity_submit": gettext_lazy("Gửi hoạt động"),
    "activity_take_back": gettext_lazy("Thu hồi hoạt động"),
    "activity_confirm": gettext_lazy("Xác nhận hoạt động"),
    "activity_return": gettext_lazy("Trả lại hoạt động"),
    "activity_publish": gettext_lazy("Công khai hoạt động"),
    "activity_hide": gettext_lazy("Thôi công khai hoạt động"),
    "evidence_add": gettext_lazy("Đưa tệp vào kho minh chứng"),
    "evidence_edit": gettext_lazy("Sửa ghi chú, nhãn của tệp minh chứng"),
    "evidence_replace": gettext_lazy("Thay tệp minh chứng bằng bản mới"),
    "evidence_remove": gettext_lazy("Gỡ tệp khỏi kho minh chứng"),
    "evidence_restore": gettext_lazy("Khôi phục tệp minh chứng"),
    "tag_add": gettext_lazy("Thêm tiêu chí, nhãn"),
    "tag_edit": gettext_lazy("Đổi tên tiêu chí, nhãn"),
    "tag_retire": gettext_lazy("Thôi dùng tiêu chí, nhãn"),
    "tag_restore": gettext_lazy("Dùng lại tiêu chí, nhãn"),
    "tag_order": gettext_lazy("Sắp lại tiêu chí, nhãn"),
    "tag_copy": gettext_lazy("Chép tiêu chí, nhãn từ năm trước"),
    "gift_confirm": gettext_lazy("Xác nhận khoản đóng góp"),
    "gift_confirm_withdraw": gettext_lazy("Rút xác nhận khoản đóng góp"),
    "duplicate_rule": gettext_lazy("Kết luận không trùng"),
    "duplicate_reopen": gettext_lazy("Bỏ kết luận không trùng"),
    "beneficiary_rename": gettext_lazy("Sửa tên nơi nhận"),
    "beneficiary_merge": gettext_lazy("Gộp nơi nhận"),
    "movement_add": gettext_lazy("Ghi phong trào"),
    "movement_edit": gettext_lazy("Sửa phong trào"),
    "movement_join": gettext_lazy("Hưởng ứng phong trào"),
    "movement_leave": gettext_lazy("Thôi hưởng ứng phong trào"),
    "movement_send": gettext_lazy("Gửi phong trào tới đơn vị"),
    "movement_remind": gettext_lazy("Gửi lại phong trào tới đơn vị chưa trả lời"),
    "movement_seen": gettext_lazy("Đã xem phong trào được gửi"),
    "movement_decline": gettext_lazy("Trả lời không tham gia phong trào"),
    "movement_answer": gettext_lazy("Sửa câu trả lời về phong trào"),
    "review_add": gettext_lazy("Ghi sơ kết, tổng kết phong trào"),
    "review_edit": gettext_lazy("Sửa sơ kết, tổng kết phong trào"),
    "review_close": gettext_lazy("Chốt sơ kết, tổng kết phong trào"),
    "pledge_add": gettext_lazy("Soạn giao ước"),
    "pledge_edit": gettext_lazy("Sửa giao ước"),
    "pledge_open": gettext_lazy("Mở ký giao ước"),
    "pledge_close": gettext_lazy("Chốt giao ước"),
    "pledge_reopen": gettext_lazy("Đưa giao ước về bản nháp, chữ ký hết hiệu lực"),
    "pledge_sign": gettext_lazy("Ký giao ước"),
    "pledge_unsign": gettext_lazy("Rút chữ ký giao ước"),
    "registration_add": gettext_lazy("Lập bản đăng ký"),
    "registration_edit": gettext_lazy("Sửa bản đăng ký"),
    "registration_send": gettext_lazy("Gửi bản đăng ký"),
    "registration_take_back": gettext_lazy("Thu hồi bản đăng ký"),
    "registration_accept": gettext_lazy("Tiếp nhận bản đăng ký"),
    "registration_return": gettext_lazy("Trả lại bản đăng ký"),
    "target_actual": gettext_lazy("Ghi kết quả chỉ tiêu"),
    "sheet_start": gettext_lazy("Lập bảng chấm điểm"),
    "sheet_send": gettext_lazy("Gửi bảng chấm điểm"),
    "sheet_take_back": gettext_lazy("Thu hồi bảng chấm điểm"),
    "score_put": gettext_lazy("Chấm điểm một tiêu chí"),
    "score_clear": gettext_lazy("Bỏ trống điểm một tiêu chí"),
    "score_text": gettext_lazy("Sửa giải trình, văn bản của một tiêu chí"),
    "score_files": gettext_lazy("Gắn, gỡ minh chứng của một tiêu chí"),
    "score_note": gettext_lazy("Trao đổi về một tiêu chí"),
    "appeal_file": gettext_lazy("Gửi kiến nghị về điểm"),
    "appeal_reply": gettext_lazy("Trao đổi về kiến nghị"),
    "appeal_withdraw": gettext_lazy("Rút kiến nghị về điểm"),
    "appeal_decide": gettext_lazy("Giải quyết kiến nghị về điểm"),
    "adjustment_propose": gettext_lazy("Đề xuất điều chỉnh điểm"),
    "adjustment_withdraw": gettext_lazy("Rút đề xuất điều chỉnh điểm"),
    "adjustment_approve": gettext_lazy("Duyệt điều chỉnh điểm"),
    "adjustment_refuse": gettext_lazy("Không duyệt điều chỉnh điểm"),
    "criteria_start": gettext_lazy("Soạn bảng tiêu chí"),
    "criteria_head": gettext_lazy("Sửa phần đầu bảng tiêu chí"),
    "criteria_settings": gettext_lazy("Sửa cách tính của bảng tiêu chí"),
    "criteria_add": gettext_lazy("Thêm tiêu chí"),
    "criteria_change": gettext_lazy("Sửa tiêu chí"),
    "criteria_move": gettext_lazy("Chuyển chỗ tiêu chí"),
    "criteria_copy": gettext_lazy("Chép tiêu chí"),
    "criteria_remove": gettext_lazy("Xóa tiêu chí"),
    "criteria_drop": gettext_lazy("Bỏ bản soạn bảng tiêu chí"),
    "criteria_apply": gettext_lazy("Áp dụng bảng tiêu chí"),
    "criteria_import": gettext_lazy("Nhập bảng tiêu chí từ Excel"),
    "sheet_import": gettext_lazy("Nhập bảng chấm điểm từ Excel"),
    "sheet_carry": gettext_lazy("Chuyển bảng chấm điểm sang bản tiêu chí mới"),
    "scoring_act": gettext_lazy("Tính điểm cụm"),
    "scores_release": gettext_lazy("Công bố điểm thẩm định cho các đơn vị"),
    "scores_final": gettext_lazy("Chốt điểm"),
    "scores_reopen": gettext_lazy("Mở lại điểm đã chốt"),
    "ranking_record": gettext_lazy("Ghi xếp hạng"),
    "conference_save": gettext_lazy("Ghi hội nghị"),
    "text_edit": gettext_lazy("Sửa nội dung tổng kết"),
    "summary_publish": gettext_lazy("Công bố tổng kết"),
    "handover_mark": gettext_lazy("Đánh dấu bàn giao"),
    "handover_sign": gettext_lazy("Ký bàn giao"),
    "handover_take_back": gettext_lazy("Rút chữ ký bàn giao"),
    "handover_freeze": gettext_lazy("Chốt biên bản bàn giao"),
    "phase_advance": gettext_lazy("Chuyển bước"),
    "phase_step_back": gettext_lazy("Lùi bước"),
    "calendar_edit": gettext_lazy("Sửa lịch năm"),
    "extension_give": gettext_lazy("Gia hạn"),
    "extension_change": gettext_lazy("Sửa gia hạn"),
    "extension_take_back": gettext_lazy("Thu hồi gia hạn"),
    "calendar_link_make": gettext_lazy("Tạo liên kết lịch"),
    "calendar_link_revoke": gettext_lazy("Thu hồi liên kết lịch"),
    "year_reopen": gettext_lazy("Mở lại năm đã đóng"),
    "year_open": gettext_lazy("Mở năm"),
    "charter_edit": gettext_lazy("Sửa quy chế"),
    "charter_version": gettext_lazy("Ra bản mới của quy chế"),
    "year_seal": gettext_lazy("Đóng năm"),
    "year_load": gettext_lazy("Nạp tệp năm"),
    "term_write": gettext_lazy("Ghi nhiệm kỳ"),
    "term_rotate": gettext_lazy("Luân chuyển"),
    "term_replace": gettext_lazy("Thay giữa kỳ"),
    "term_record": gettext_lazy("Ghi nhiệm kỳ đã qua"),
    "term_acting": gettext_lazy("Cụm phó tạm quyền"),
    "rotation_skip": gettext_lazy("Bỏ qua khi luân phiên"),
    "rotation_unskip": gettext_lazy("Gỡ bỏ qua khi luân phiên"),
    "term_end": gettext_lazy("Kết thúc nhiệm kỳ"),
    "agency_rename": gettext_lazy("Đổi tên đơn vị"),
    "agency_link": gettext_lazy("Nối đơn vị kế thừa"),
    "agency_add": gettext_lazy("Thêm đơn vị"),
    "cluster_form": gettext_lazy("Tổ chức cụm theo tệp"),
    "member_join": gettext_lazy("Đơn vị vào cụm"),
    "member_leave": gettext_lazy("Đơn vị rời cụm"),
    "member_reorder": gettext_lazy("Sắp lại thứ tự đơn vị"),
    "agency_merge": gettext_lazy("Sáp nhập, hợp nhất đơn vị"),
    "agency_split": gettext_lazy("Chia, tách đơn vị"),
    "agency_dissolve": gettext_lazy("Giải thể đơn vị"),
    "person_move": gettext_lazy("Chuyển người dùng sang đơn vị sau"),
    "carry_over": gettext_lazy("Kế thừa kết quả"),
    "carry_over_edit": gettext_lazy("Chuyển tiếp kế thừa kết quả"),
    "carry_over_remove": gettext_lazy("Bỏ kế thừa kết quả"),
    "admin_add": gettext_lazy("Thêm ở trang quản trị"),
    "admin_change": gettext_lazy("Sửa ở trang quản trị"),
    "admin_delete": gettext_lazy("Xóa ở trang quản trị"),
    "admin_password": gettext_lazy("Đặt lại mật khẩu"),
    "demo_accounts": gettext_lazy("Tạo tài khoản dùng thử"),
    "person_add": gettext_lazy("Giao chức năng"),
    "person_edit": gettext_lazy("Sửa chức vụ, thời gian"),
    "person_end": gettext_lazy("Thôi chức năng"),
    "stand_in_add": gettext_lazy("Cử người làm thay"),
    "invitation_add": gettext_lazy("Tạo lời mời"),
    "invitation_revoke": gettext_lazy("Thu hồi lời mời"),
    "invitation_accept": gettext_lazy("Nhận lời mời"),
    "password_link": gettext_lazy("Tạo liên kết đặt lại mật khẩu"),
    "password_reset": gettext_lazy("Đặt lại mật khẩu bằng liên kết"),
    "view_as_start": gettext_lazy("Bắt đầu xem như người khác: chỉ đọc, thấy cả bản nháp của người đó"),
    "view_as_stop": gettext_lazy("Thôi xem như người khác"),
    "sessions_end": gettext_lazy("Đăng xuất ở máy khác"),
    "second_factor_add": gettext_lazy("Thêm lớp xác thực thứ hai"),
    "second_factor_remove": gettext_lazy("Bỏ lớp xác thực thứ hai"),
    "second_factor_reset": gettext_lazy("Gỡ lớp xác thực thứ hai bị mất"),
    "identity_connect": gettext_lazy("Nối tài khoản đăng nhập ngoài"),
    "identity_disconnect": gettext_lazy("Bỏ nối tài khoản đăng nhập ngoài"),
    "refused": gettext_lazy("Bị từ chối ghi"),
}


def action_words(action: str) -> str:
    """An action in words; one that has none stays as it is."""
    return str(ACTIONS.get(action, action))


ROLE_PARTS = {
    "chair": gettext_lazy("Cụm trưởng"),
    "deputy": gettext_lazy("Cụm phó"),
    "member": gettext_lazy("thành viên"),
    "council": gettext_lazy("Hội đồng"),
    "clerk": gettext_lazy("cán bộ nhập liệu"),
    "leader": gettext_lazy("lãnh đạo đơn vị"),
    "observer": gettext_lazy("thành viên Hội đồng phụ trách cụm"),
    "officer": gettext_lazy("chuyên viên Thường trực"),
    "superuser": gettext_lazy("quản trị hệ thống"),
    "command": gettext_lazy("lệnh trên máy chủ"),
    "system": gettext_lazy("hệ thống"),
    "agency": gettext_lazy("đơn vị"),
    "invitation": gettext_lazy("người cầm liên kết"),
}


def role_words(role: str, names: Mapping[int, str] | None = None) -> str:
    """``chair/clerk/agency:7/for:12`` → Cụm trưởng, cán bộ nhập liệu, đơn vị #7, làm thay Nguyễn Thị Lan.

    ``names``: the accounts by id, see ``names_in``; parts without words stay as they are.
    """
    words = []
    for part in role.split("/"):
        name, _colon, number = part.partition(":")
        if name == "for":
            words.append(_("làm thay %(who)s") % {"who": who_words(number, names)})
            continue
        word = str(ROLE_PARTS.get(name, name))
        words.append(f"{word} #{number}" if number else word)
    return ", ".join(words)


def who_words(account_id: object, names: Mapping[int, str] | None = None) -> str:
    """Who an account is: its name, or its number when the name is not known any more."""
    number = str(account_id or "")
    found = (names or {}).get(int(number)) if number.isdecimal() else None
    return found or _("tài khoản #%(number)s") % {"number": number}


def names_in(events: Iterable[AuditEvent]) -> dict[int, str]:
    """The names of everybody who acted in the events, or was acted for; one query."""
    ids = set()
    for event in events:
        ids |= {event.actor_id} if event.actor_id else set()
        ids |= {int(number) for number in _FOR.findall(event.role)}
    return names_by_id(ids)


_FOR = re.compile(r"/for:(\d+)")


def lines(text: str, target_type: str = "") -> str:
    """Canonical JSON as lines for reading; what is no object stays as it is.

    With the model of the event (``members.cluster``) columns bear their names for people, and values read as on the
    page: days as 05/01/2021, choices by their label, nothing as a dash, another row by its number.
    """
    try:
        value = json.loads(text) if text else {}
    except ValueError:
        return text
    if not isinstance(value, dict):
        return text
    fields = _fields(target_type)
    return "\n".join(f"{_title(key, fields)}: {_value(part, fields.get(key))}" for key, part in value.items())


def _fields(target_type: str) -> dict[str, Any]:
    """The columns of a model by their stored name; none for a model that is not known (any more)."""
    try:
        model = apps.get_model(target_type)
    except (LookupError, ValueError):
        return {}
    return {field.attname: field for field in model._meta.concrete_fields}


KEYS = {
    "year": gettext_lazy("Năm"),
    "joined": gettext_lazy("Vào cụm"),
    "left": gettext_lazy("Rời cụm"),
    "members": gettext_lazy("Đơn vị thành viên"),
    "from": gettext_lazy("Từ"),
    "in_charge": gettext_lazy("Phụ trách"),
    "source": gettext_lazy("Tệp nguồn (SHA-256)"),
    "name": gettext_lazy("Tên"),
    "names": gettext_lazy("Các tên"),
    "fields": gettext_lazy("Các mục đã sửa"),
}


def _title(key: str, fields: Mapping[str, Any]) -> str:
    if key in fields:
        return str(capfirst(fields[key].verbose_name))
    return str(KEYS[key]) if key in KEYS and fields else key


def _value(part: Any, field: Any) -> str:
    if field is None:
        return part if isinstance(part, str) else json.dumps(part, ensure_ascii=False)
    if part is None or part == "":
        return "–"
    if isinstance(part, bool):
        return _("có") if part else _("không")
    if field.choices:
        return str(dict(field.flatchoices).get(part, part))
    if field.is_relation:
        return f"#{part}"
    kind = field.get_internal_type()
    if kind == "DateField" and isinstance(part, str):
        return format_date(date.fromisoformat(part))
    if kind == "DateTimeField" and isinstance(part, str):
        moment = datetime.fromisoformat(part).astimezone(LOCAL_ZONE)
        return f"{moment:%H:%M} {format_date(moment.date())}"
    return part if isinstance(part, str) else json.dumps(part, ensure_ascii=False)
