"""Lists of the conference app with their Vietnamese labels."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ConferenceKind(models.TextChoices):
    """Which meeting of the year."""

    FINAL = "final", _("Hội nghị tổng kết")
    MIDTERM = "midterm", _("Hội nghị sơ kết")
    LAUNCH = "launch", _("Hội nghị phát động, ký giao ước")


class AttendeeKind(models.TextChoices):
    """In what capacity somebody attends; persons stand here by office only."""

    MEMBER = "member", _("Đơn vị thành viên")
    GUEST = "guest", _("Đại biểu")


class MomentKind(models.TextChoices):
    """What happened at the meeting, in its order."""

    OPENING = "opening", _("Phát biểu khai mạc")
    REPORT = "report", _("Trình bày báo cáo")
    DIRECTION = "direction", _("Phát biểu chỉ đạo")
    LAUNCH = "launch", _("Phát động thi đua năm sau")
    HANDOVER = "handover", _("Tặng hoa, bàn giao Cụm trưởng, Cụm phó")
    OTHER = "other", _("Nội dung khác")
