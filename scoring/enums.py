"""Lists of the scoring app with their Vietnamese labels."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class RankingMethod(models.TextChoices):
    """How a ranking was reached (domain 4.3)."""

    DELIBERATION = "deliberation", _("Bình xét")
    SCORE = "score", _("Theo điểm")
    VOTE = "vote", _("Bỏ phiếu kín")


class TableState(models.TextChoices):
    """A table is drafted, put into force once, and replaced by its next version."""

    DRAFT = "draft", _("Đang soạn")
    APPLIED = "applied", _("Đang áp dụng")
    REPLACED = "replaced", _("Đã thay bằng bản sau")


class LeafRule(models.TextChoices):
    """How a criterion earns its points (domain 3.2); same values as ``scoring.domain.shapes``."""

    SECTION = "section", _("Mục gồm các tiêu chí con")
    DIRECT = "direct", _("Chấm điểm trực tiếp")
    YES_NO = "yes_no", _("Đạt / không đạt")
    LEVELS = "levels", _("Chọn mức")
    BANDS = "bands", _("Bậc theo tỷ lệ đạt")
    PROPORTIONAL = "proportional", _("Theo tỷ lệ hoàn thành, không vượt điểm tối đa")
    EXCEEDING = "exceeding", _("Theo tỷ lệ hoàn thành, vượt thì cộng thêm")
    RELATIVE = "relative", _("So với đơn vị tốt nhất trong cụm")
    PERCENT = "percent", _("Tỷ lệ phần trăm nhân điểm tối đa")
    COUNT = "count", _("Số lượt nhân điểm mỗi lượt")
    FAULTS = "faults", _("Điểm tối đa trừ điểm mỗi lỗi")
    BONUS = "bonus", _("Điểm thưởng")
    DEDUCTION = "deduction", _("Điểm trừ theo số vụ việc")
    LATENESS = "lateness", _("Điểm trừ nộp trễ theo quy chế")


class TablePart(models.TextChoices):
    """What kind of points a criterion adds to."""

    BASE = "base", _("Điểm chuẩn")
    BONUS = "bonus", _("Điểm thưởng")
    PENALTY = "penalty", _("Điểm trừ")


class BetterWhen(models.TextChoices):
    """Which figure is the better one."""

    HIGHER = "higher", _("Càng cao càng tốt")
    LOWER = "lower", _("Càng thấp càng tốt")


class EvidenceRule(models.TextChoices):
    """Whether a claim must be proved."""

    NONE = "none", _("Không cần minh chứng")
    ASKED = "asked", _("Nên có minh chứng")
    REQUIRED = "required", _("Bắt buộc có minh chứng")


class ScoredBy(models.TextChoices):
    """Who gives the first figure of a criterion."""

    SELF = "self", _("Đơn vị tự chấm")
    LEADERSHIP = "leadership", _("Cụm trưởng, Cụm phó chấm")
    OUTSIDE = "outside", _("Cơ quan ngoài cụm chấm")


class SheetState(models.TextChoices):
    """From a member's draft to verified points."""

    DRAFT = "draft", _("Đang tự chấm")
    SENT = "sent", _("Đã gửi")
    RETURNED = "returned", _("Bị trả lại")
    VERIFIED = "verified", _("Đã thẩm định")


class LineMark(models.TextChoices):
    """What stands instead of a figure."""

    FIGURE = "", _("Có số liệu")
    NOTHING = "nothing", _("Không có")
    NOT_ARISEN = "not_arisen", _("Không phát sinh")
    NOT_ASSIGNED = "not_assigned", _("Không giao chỉ tiêu")


class EntrySource(models.TextChoices):
    """How a figure came to stand."""

    TYPED = "typed", _("Nhập")
    ACCEPTED = "accepted", _("Đồng ý với điểm trước")
    IMPORTED = "imported", _("Nhập từ Excel")
    CARRIED = "carried", _("Chuyển từ bản tiêu chí trước")
    APPEAL = "appeal", _("Theo quyết định kiến nghị")


class AdjustmentKind(models.TextChoices):
    """What a decision beside the table does to an agency's result (domain 3.3)."""

    BONUS = "bonus", _("Cộng điểm")
    PENALTY = "penalty", _("Trừ điểm")
    ZERO = "zero", _("Không chấm điểm một tiêu chí")
    GRADE_LIMIT = "grade_limit", _("Không xếp loại trên một mức")
    DISQUALIFIED = "disqualified", _("Không xét thi đua")


class AdjustmentState(models.TextChoices):
    """Proposed by one, decided by another."""

    PROPOSED = "proposed", _("Chờ quyết định")
    APPROVED = "approved", _("Đã duyệt")
    REFUSED = "refused", _("Không duyệt")
    WITHDRAWN = "withdrawn", _("Đã rút")


class AppealState(models.TextChoices):
    """From the objection to its decision."""

    FILED = "filed", _("Chờ giải quyết")
    ACCEPTED = "accepted", _("Chấp nhận")
    PARTLY = "partly", _("Chấp nhận một phần")
    REFUSED = "refused", _("Không chấp nhận")
    WITHDRAWN = "withdrawn", _("Đã rút")


class NoticeKind(models.TextChoices):
    """What an agency is told about its sheet."""

    RETURNED = "returned", _("Bảng chấm điểm bị trả lại")
    RELEASED = "released", _("Đã công bố điểm thẩm định")
    APPEAL = "appeal", _("Kết quả giải quyết kiến nghị")
    ADJUSTMENT = "adjustment", _("Điều chỉnh điểm")
    TABLE = "table", _("Bảng tiêu chí thay đổi")
