"""What is said about gifts afterwards: received, or not the same as another one."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.models import TimeStamped, one_of
from movements.enums import ConfirmedBy
from movements.models.contribution import Contribution
from movements.models.evidence import Evidence


class GiftConfirmation(TimeStamped):
    """The receiver (by a paper) or the chair says that a gift is as recorded.

    ``mark`` is the SHA-256 of the figures that were confirmed: once they change the confirmation no longer holds, and
    the page says so. One that was taken back stays with ``withdrawn_at``.
    """

    contribution = models.ForeignKey(
        Contribution, models.CASCADE, related_name="confirmations", verbose_name=_("khoản đóng góp")
    )
    source = models.CharField(_("ai xác nhận"), max_length=10, choices=ConfirmedBy)
    document = models.CharField(_("giấy xác nhận"), max_length=200, blank=True)
    evidence = models.ForeignKey(
        Evidence, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("minh chứng")
    )
    mark = models.CharField(max_length=64, editable=False)
    role = models.CharField(_("vai trò khi đó"), max_length=200, blank=True)
    confirmed_at = models.DateTimeField(_("xác nhận lúc"))
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("người ghi")
    )
    withdrawn_at = models.DateTimeField(_("rút lại lúc"), null=True, blank=True)

    class Meta:
        """Database rules."""

        verbose_name = _("xác nhận khoản đóng góp")
        verbose_name_plural = _("xác nhận khoản đóng góp")
        ordering = ["contribution", "id"]
        constraints = [
            one_of("source", ConfirmedBy.choices, "giftconfirmation_source"),
            models.UniqueConstraint(
                fields=["contribution", "source"],
                condition=Q(withdrawn_at__isnull=True),
                name="giftconfirmation_once",
                violation_error_message=_("Khoản này đã được xác nhận."),
            ),
            models.CheckConstraint(
                condition=~Q(source=ConfirmedBy.RECEIVER) | ~Q(document="") | Q(evidence__isnull=False),
                name="giftconfirmation_paper",
                violation_error_message=_("Nơi nhận xác nhận thì ghi giấy xác nhận hoặc chọn minh chứng."),
            ),
        ]

    def __str__(self) -> str:
        """Source and id."""
        return f"{self.source}/{self.contribution_id}"


class DuplicateRuling(TimeStamped):
    """Two gifts that look like one were looked at and are two; ``first`` is the one with the smaller id."""

    first = models.ForeignKey(
        Contribution, models.CASCADE, related_name="+", verbose_name=_("khoản thứ nhất")
    )
    second = models.ForeignKey(
        Contribution, models.CASCADE, related_name="+", verbose_name=_("khoản thứ hai")
    )
    reason = models.CharField(_("lý do"), max_length=300)
    ruled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("người ghi")
    )

    class Meta:
        """Database rules."""

        verbose_name = _("kết luận không trùng")
        verbose_name_plural = _("kết luận không trùng")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="duplicateruling_once"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="duplicateruling_order"),
            models.CheckConstraint(
                condition=~Q(reason=""),
                name="duplicateruling_reason",
                violation_error_message=_("Ghi lý do vì sao đây là hai khoản khác nhau."),
            ),
        ]

    def __str__(self) -> str:
        """Ids only."""
        return f"{self.first_id}/{self.second_id}"
