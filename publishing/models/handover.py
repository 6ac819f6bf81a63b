"""The chair of a cluster passes on: what both sides marked, noted and signed, and the record that came of it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.models import StoredFile, TimeStamped, one_of
from members.models import Agency, ClusterYear
from publishing.enums import Side


class Handover(TimeStamped):
    """One change of chair, out of the year it hands over; made by the first thing a side marks, notes or signs.

    ``effective_on`` is the first day of the new chair's term; the rights move by that term, not by this row. A side
    signs by its office (``giver_post``); its account stands beside for the four eyes and never inside ``content``.
    ``giver_mark`` names exactly what was signed: facts and notes; when these change the signature holds no more. With
    the second signature the record is frozen: canonical JSON, its SHA-256, the paper. From then on the database refuses
    every change of the row (triggers).
    """

    year = models.ForeignKey(
        ClusterYear, models.PROTECT, related_name="handovers", verbose_name=_("bàn giao năm")
    )
    from_agency = models.ForeignKey(Agency, models.PROTECT, related_name="+", verbose_name=_("bên giao"))
    to_agency = models.ForeignKey(Agency, models.PROTECT, related_name="+", verbose_name=_("bên nhận"))
    effective_on = models.DateField(_("có hiệu lực từ ngày"))
    giver_note = models.TextField(_("ghi chú của bên giao"), max_length=2000, blank=True)
    receiver_note = models.TextField(_("ghi chú của bên nhận"), max_length=2000, blank=True)
    giver_signed_at = models.DateTimeField(_("bên giao ký lúc"), null=True, blank=True)
    giver_post = models.CharField(_("chức vụ người ký bên giao"), max_length=150, blank=True)
    giver_mark = models.CharField(_("nội dung bên giao đã ký"), max_length=32, blank=True)
    giver_signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("tài khoản ký bên giao"),
    )  # fmt: skip
    receiver_signed_at = models.DateTimeField(_("bên nhận ký lúc"), null=True, blank=True)
    receiver_post = models.CharField(_("chức vụ người ký bên nhận"), max_length=150, blank=True)
    receiver_mark = models.CharField(_("nội dung bên nhận đã ký"), max_length=32, blank=True)
    receiver_signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("tài khoản ký bên nhận"),
    )  # fmt: skip
    frozen_at = models.DateTimeField(_("chốt lúc"), null=True, blank=True)
    content = models.TextField(_("dữ liệu đã chốt (JSON)"), blank=True)
    sha256 = models.CharField(_("mã SHA-256"), max_length=64, blank=True)
    paper = models.ForeignKey(
        StoredFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("biên bản (DOCX)")
    )

    class Meta:
        """Database rules."""

        verbose_name = _("bàn giao Cụm trưởng")
        verbose_name_plural = _("bàn giao Cụm trưởng")
        ordering = ["year", "effective_on", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["year", "from_agency", "to_agency", "effective_on"], name="handover_once",
                violation_error_message=_("Lần bàn giao này đã được ghi."),
            ),
            models.CheckConstraint(
                condition=~Q(from_agency=F("to_agency")), name="handover_two",
                violation_error_message=_("Bên giao và bên nhận phải là hai đơn vị."),
            ),
            models.CheckConstraint(
                condition=Q(giver_signed_at__isnull=True, giver_post="", giver_mark="", giver_signed_by__isnull=True)
                | (Q(giver_signed_at__isnull=False) & ~Q(giver_post="") & ~Q(giver_mark="")),
                name="handover_giver",
                violation_error_message=_("Chữ ký của bên giao phải có thời điểm, chức vụ và nội dung đã ký."),
            ),
            models.CheckConstraint(
                condition=Q(
                    receiver_signed_at__isnull=True, receiver_post="", receiver_mark="", receiver_signed_by__isnull=True
                )
                | (Q(receiver_signed_at__isnull=False) & ~Q(receiver_post="") & ~Q(receiver_mark="")),
                name="handover_receiver",
                violation_error_message=_("Chữ ký của bên nhận phải có thời điểm, chức vụ và nội dung đã ký."),
            ),
            models.CheckConstraint(
                condition=Q(giver_signed_by__isnull=True)
                | Q(receiver_signed_by__isnull=True)
                | ~Q(giver_signed_by=F("receiver_signed_by")),
                name="handover_two_people",
                violation_error_message=_("Một người không ký cho cả hai bên."),
            ),
            models.CheckConstraint(
                condition=Q(frozen_at__isnull=True, content="", sha256="", paper__isnull=True)
                | (
                    Q(frozen_at__isnull=False, giver_signed_at__isnull=False, receiver_signed_at__isnull=False)
                    & Q(paper__isnull=False) & ~Q(content="") & ~Q(sha256="") & Q(giver_mark=F("receiver_mark"))
                ),
                name="handover_frozen",
                violation_error_message=_("Chỉ chốt biên bản khi hai bên đã ký cùng một nội dung."),
            ),
            models.CheckConstraint(
                condition=Q(frozen_at__isnull=False)
                | Q(giver_signed_at__isnull=True)
                | Q(receiver_signed_at__isnull=True)
                | ~Q(giver_mark=F("receiver_mark")),
                name="handover_closes",
                violation_error_message=_("Hai bên đã ký cùng một nội dung thì biên bản phải được chốt."),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        """The day; names of agencies would cost queries."""
        return f"{self.effective_on:%d/%m/%Y}"

    @property
    def is_frozen(self) -> bool:
        """Whether both sides have signed."""
        return self.frozen_at is not None


class HandoverTick(models.Model):
    """A side has looked at a group of things and marks it as handed over, as it stood then (``mark``)."""

    handover = models.ForeignKey(
        Handover, models.CASCADE, related_name="ticks", verbose_name=_("bàn giao Cụm trưởng")
    )
    side = models.CharField(_("bên"), max_length=8, choices=Side)
    item = models.CharField(_("nhóm việc"), max_length=20)
    mark = models.CharField(_("số liệu lúc đánh dấu"), max_length=32)
    at = models.DateTimeField(_("đánh dấu lúc"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("tài khoản"),
    )  # fmt: skip

    class Meta:
        """Database rules."""

        verbose_name = _("nhóm việc đã đánh dấu")
        verbose_name_plural = _("các nhóm việc đã đánh dấu")
        ordering = ["handover", "side", "item"]
        constraints = [
            models.UniqueConstraint(
                fields=["handover", "side", "item"], name="handovertick_once",
                violation_error_message=_("Bên này đã đánh dấu nhóm việc này."),
            ),
            one_of("side", Side.choices, "handovertick_side"),
            models.CheckConstraint(
                condition=~Q(item="") & ~Q(mark=""), name="handovertick_what",
                violation_error_message=_("Đánh dấu phải ghi nhóm việc và số liệu lúc đó."),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        """Side and group."""
        return f"{self.side} {self.item}"
