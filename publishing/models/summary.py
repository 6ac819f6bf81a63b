"""The annual summary: texts people write, and frozen numbered versions."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.models import TimeStamped, new_key, one_of
from members.models import Agency, ClusterYear
from publishing.enums import TextKind


class YearText(TimeStamped):
    """One paragraph of a year, written by the chair's staff."""

    year = models.ForeignKey(ClusterYear, models.PROTECT, related_name="texts", verbose_name=_("năm"))
    key = models.CharField(_("mã"), max_length=40, default=new_key, editable=False)
    kind = models.CharField(_("phần"), max_length=10, choices=TextKind)
    order = models.PositiveSmallIntegerField(_("thứ tự"))
    text = models.TextField(_("nội dung"), max_length=4000)

    class Meta:
        """Database rules."""

        verbose_name = _("đoạn văn của năm")
        verbose_name_plural = _("đoạn văn của năm")
        ordering = ["year", "kind", "order"]
        constraints = [
            models.UniqueConstraint(fields=["year", "kind", "order"], name="yeartext_order"),
            models.UniqueConstraint(fields=["year", "key"], name="yeartext_key"),
            one_of("kind", TextKind.choices, "yeartext_kind"),
            models.CheckConstraint(
                condition=~models.Q(text=""),
                name="yeartext_filled",
                violation_error_message=_("Đoạn văn để trống."),
            ),
        ]

    def __str__(self) -> str:
        """The beginning of the text."""
        return self.text[:60]


class AnnualSummary(models.Model):
    """A published version of a year: canonical JSON kept as text, its SHA-256, who by office, when, why.

    Append-only (triggers): a correction is the next number; the newest number is the one in force. No person's name
    stands inside, since what is frozen cannot be erased.
    """

    year = models.ForeignKey(ClusterYear, models.PROTECT, related_name="summaries", verbose_name=_("năm"))
    number = models.PositiveIntegerField(_("bản số"))
    schema = models.PositiveSmallIntegerField(_("phiên bản cấu trúc"))
    content = models.TextField(_("dữ liệu đã chốt (JSON)"))
    sha256 = models.CharField(_("mã SHA-256"), max_length=64)
    published_at = models.DateTimeField(_("công bố lúc"))
    published_by = models.ForeignKey(
        Agency, models.PROTECT, related_name="+", verbose_name=_("đơn vị công bố")
    )
    actor_id = models.BigIntegerField(_("mã tài khoản"), null=True)
    reason = models.CharField(_("lý do đính chính"), max_length=500, blank=True)

    class Meta:
        """Database rules."""

        verbose_name = _("bản tổng kết đã công bố")
        verbose_name_plural = _("bản tổng kết đã công bố")
        ordering = ["year", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["year", "number"], name="summary_number"),
            models.CheckConstraint(
                condition=models.Q(number=1, reason="") | (models.Q(number__gt=1) & ~models.Q(reason="")),
                name="summary_reason",
                violation_error_message=_("Công bố bản đính chính phải ghi lý do."),
            ),
        ]

    def __str__(self) -> str:
        """The number."""
        return f"v{self.number}"
