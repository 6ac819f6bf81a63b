"""A cluster's year and its members."""

from __future__ import annotations

from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.models import TimeStamped, before
from members.models.agency import Agency
from members.models.cluster import Cluster

LABEL = r"[0-9]{4}(?:-[0-9]{4})?"


class ClusterYear(TimeStamped):
    """One emulation year of a cluster; its period is free (courts end in September, schools in May)."""

    cluster = models.ForeignKey(Cluster, models.PROTECT, related_name="years", verbose_name=_("cụm"))
    label = models.CharField(
        _("năm"), max_length=9,
        validators=[RegexValidator(rf"^{LABEL}$", _("Ghi năm dạng 2020 hoặc 2012-2013."))],
    )  # fmt: skip
    starts_on = models.DateField(_("từ ngày"))
    ends_on = models.DateField(_("đến hết ngày"))
    slogan = models.CharField(_("khẩu hiệu"), max_length=300, blank=True)
    sample = models.BooleanField(_("số liệu minh họa"), default=False)
    sealed_at = models.DateTimeField(_("đóng năm lúc"), null=True, blank=True, editable=False)

    class Meta:
        """Database rules."""

        verbose_name = _("năm thi đua")
        verbose_name_plural = _("năm thi đua")
        ordering = ["-starts_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["cluster", "label"], name="clusteryear_label",
                violation_error_message=_("Cụm đã có năm này."),
            ),
            before("starts_on", "ends_on", "clusteryear_period"),
        ]  # fmt: skip

    def __str__(self) -> str:
        """Label only; the cluster would cost a query."""
        return self.label

    @property
    def is_sealed(self) -> bool:
        """Whether nothing of this year changes any more."""
        return self.sealed_at is not None


class Membership(TimeStamped):
    """An agency in a year; half-open days, empty ends mean the whole year."""

    year = models.ForeignKey(ClusterYear, models.CASCADE, related_name="memberships", verbose_name=_("năm"))
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="memberships", verbose_name=_("đơn vị"))
    order = models.PositiveSmallIntegerField(_("thứ tự"))
    joined_on = models.DateField(_("vào từ ngày"), null=True, blank=True)
    left_on = models.DateField(_("rời từ ngày"), null=True, blank=True)

    class Meta:
        """Database rules."""

        verbose_name = _("đơn vị thành viên")
        verbose_name_plural = _("đơn vị thành viên")
        ordering = ["year", "order"]
        constraints = [
            models.UniqueConstraint(
                fields=["year", "agency"], name="membership_once",
                violation_error_message=_("Đơn vị đã là thành viên năm này."),
            ),
            before("joined_on", "left_on", "membership_dates"),
        ]  # fmt: skip

    def __str__(self) -> str:
        """Ids only; names would cost queries."""
        return f"{self.year_id}/{self.agency_id}"


class Associate(TimeStamped):
    """An agency that works with a cluster in a year without being a member: a department that scores its own field.

    Its staff sees what it must judge and nothing else.
    """

    year = models.ForeignKey(ClusterYear, models.CASCADE, related_name="associates", verbose_name=_("năm"))
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+", verbose_name=_("cơ quan"))
    note = models.CharField(_("việc phối hợp"), max_length=300, blank=True)

    class Meta:
        """Database rules."""

        verbose_name = _("cơ quan phối hợp")
        verbose_name_plural = _("cơ quan phối hợp")
        ordering = ["year", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["year", "agency"], name="associate_once",
                violation_error_message=_("Cơ quan này đã có trong danh sách phối hợp."),
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        """Ids only; names would cost queries."""
        return f"{self.year_id}/{self.agency_id}"
