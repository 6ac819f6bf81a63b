"""A meeting of the cluster: when, where, who by office, what happened."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from conference.enums import AttendeeKind, ConferenceKind, MomentKind
from core.models import TimeStamped, one_of
from members.models import Agency, ClusterYear


class Conference(TimeStamped):
    """A meeting of a year; the one on 05/01/2021 sums up 2020, so its day may lie outside the year's period."""

    year = models.ForeignKey(ClusterYear, models.PROTECT, related_name="conferences", verbose_name=_("năm"))
    kind = models.CharField(
        _("loại hội nghị"), max_length=8, choices=ConferenceKind, default=ConferenceKind.FINAL
    )
    title = models.CharField(_("tên hội nghị"), max_length=300)
    held_on = models.DateField(_("ngày họp"))
    place = models.CharField(_("nơi họp"), max_length=300)
    host = models.ForeignKey(
        Agency, models.PROTECT, null=True, blank=True, related_name="hosted", verbose_name=_("đơn vị chủ trì")
    )
    note = models.TextField(_("ghi chú"), max_length=2000, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        """Database rules."""

        verbose_name = _("hội nghị")
        verbose_name_plural = _("hội nghị")
        ordering = ["year", "held_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["year"],
                condition=Q(kind=ConferenceKind.FINAL),
                name="conference_one_final",
                violation_error_message=_("Một năm chỉ có một hội nghị tổng kết."),
            ),
            one_of("kind", ConferenceKind.choices, "conference_kind"),
        ]

    def __str__(self) -> str:
        """The title."""
        return self.title


class Attendance(models.Model):
    """Who attends, by agency and office; no person's name."""

    conference = models.ForeignKey(
        Conference, models.CASCADE, related_name="attendance", verbose_name=_("hội nghị")
    )
    order = models.PositiveSmallIntegerField(_("thứ tự"))
    kind = models.CharField(_("tư cách"), max_length=8, choices=AttendeeKind)
    agency = models.ForeignKey(
        Agency, models.PROTECT, null=True, blank=True, related_name="attended", verbose_name=_("đơn vị")
    )
    office = models.CharField(_("chức vụ, thành phần"), max_length=300)

    class Meta:
        """Database rules."""

        verbose_name = _("thành phần dự")
        verbose_name_plural = _("thành phần dự")
        ordering = ["conference", "kind", "order"]
        constraints = [
            models.UniqueConstraint(fields=["conference", "kind", "order"], name="attendance_order"),
            models.UniqueConstraint(
                fields=["conference", "agency"],
                condition=Q(kind=AttendeeKind.MEMBER),
                name="attendance_member_once",
                violation_error_message=_("Đơn vị đã có trong danh sách dự."),
            ),
            models.CheckConstraint(
                condition=Q(kind=AttendeeKind.GUEST) | Q(agency__isnull=False),
                name="attendance_member_agency",
                violation_error_message=_("Đơn vị thành viên dự họp phải chọn đơn vị."),
            ),
            one_of("kind", AttendeeKind.choices, "attendance_kind"),
        ]

    def __str__(self) -> str:
        """The office."""
        return self.office


class Moment(models.Model):
    """One thing that happened at the meeting, by the office that did it."""

    conference = models.ForeignKey(
        Conference, models.CASCADE, related_name="moments", verbose_name=_("hội nghị")
    )
    order = models.PositiveSmallIntegerField(_("thứ tự"))
    kind = models.CharField(_("nội dung"), max_length=10, choices=MomentKind)
    office = models.CharField(_("chức vụ người thực hiện"), max_length=300, blank=True)
    agency = models.ForeignKey(
        Agency, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("của đơn vị")
    )
    note = models.CharField(_("diễn giải"), max_length=500, blank=True)

    class Meta:
        """Database rules."""

        verbose_name = _("diễn biến")
        verbose_name_plural = _("diễn biến")
        ordering = ["conference", "order"]
        constraints = [
            models.UniqueConstraint(fields=["conference", "order"], name="moment_order"),
            one_of("kind", MomentKind.choices, "moment_kind"),
        ]

    def __str__(self) -> str:
        """What."""
        return str(MomentKind(self.kind).label)
