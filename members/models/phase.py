"""Steps of a year, and what single agencies were given beyond them."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.models import TimeStamped, before, one_of
from members.enums import PhaseKind
from members.models.agency import Agency
from members.models.year import ClusterYear


class Phase(models.Model):
    """A step of a year; only ``opened_at`` and ``closed_at`` decide, planned days measure lateness."""

    year = models.ForeignKey(ClusterYear, models.CASCADE, related_name="phases", verbose_name=_("năm"))
    kind = models.CharField(_("bước"), max_length=12, choices=PhaseKind)
    order = models.PositiveSmallIntegerField(_("thứ tự"))
    planned_from = models.DateField(_("dự kiến từ"), null=True, blank=True)
    planned_to = models.DateField(_("dự kiến đến hết"), null=True, blank=True)
    opened_at = models.DateTimeField(_("mở lúc"), null=True, blank=True)
    closed_at = models.DateTimeField(_("đóng lúc"), null=True, blank=True)
    moves_on = models.BooleanField(
        _("tự chuyển bước khi hết hạn"), default=False,
        help_text=_("Chỉ chuyển khi không còn việc nào chưa xong; bước cuối không tự đóng."),
    )  # fmt: skip

    class Meta:
        """Database rules."""

        verbose_name = _("bước của năm")
        verbose_name_plural = _("các bước của năm")
        ordering = ["year", "order"]
        constraints = [
            models.UniqueConstraint(fields=["year", "kind"], name="phase_kind_once"),
            models.UniqueConstraint(fields=["year", "order"], name="phase_order_once"),
            models.UniqueConstraint(
                fields=["year"], condition=Q(opened_at__isnull=False, closed_at__isnull=True), name="phase_one_open",
                violation_error_message=_("Một năm chỉ có một bước đang mở."),
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True) | Q(opened_at__isnull=False), name="phase_open_before_close",
                violation_error_message=_("Bước chưa mở thì không thể đóng."),
            ),
            before("planned_from", "planned_to", "phase_planned", equal=True),
            models.CheckConstraint(
                condition=Q(moves_on=False) | Q(planned_to__isnull=False), name="phase_moves_on_a_day",
                violation_error_message=_("Muốn tự chuyển bước thì phải có ngày hết hạn."),
            ),
            one_of("kind", PhaseKind.choices, "phase_kind"),
        ]  # fmt: skip

    def __str__(self) -> str:
        """The step's label."""
        return str(PhaseKind(self.kind).label)


class PhaseExtension(TimeStamped):
    """An agency may go on with a step after it has closed for the others, to the end of a day (Viet Nam time)."""

    phase = models.ForeignKey(Phase, models.CASCADE, related_name="extensions", verbose_name=_("bước"))
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="extensions", verbose_name=_("đơn vị"))
    until = models.DateField(_("đến hết ngày"))
    reason = models.CharField(_("lý do"), max_length=300)

    class Meta:
        """Database rules."""

        verbose_name = _("gia hạn")
        verbose_name_plural = _("gia hạn cho đơn vị")
        ordering = ["phase", "agency"]
        constraints = [
            models.UniqueConstraint(
                fields=["phase", "agency"], name="phaseextension_once",
                violation_error_message=_("Đơn vị đã được gia hạn ở bước này."),
            ),
            models.CheckConstraint(
                condition=~Q(reason=""), name="phaseextension_reason",
                violation_error_message=_("Gia hạn phải ghi lý do."),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        """Day only; names would cost queries."""
        return f"{self.until:%d/%m/%Y}"
