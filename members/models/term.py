"""Who chairs and who assists, from which day to which."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.models import StoredFile, TimeStamped, before, one_of
from members.enums import Basis, Role
from members.models.agency import Agency
from members.models.cluster import Cluster


class RoleTerm(TimeStamped):
    """An agency's term as chair or deputy; half-open days, no end until a successor starts.

    Never two chairs at one moment, chair ≠ deputy, members only: these live in ``domain.terms.write_terms``,
    the one verb that writes this table, under a lock on the cluster.
    """

    cluster = models.ForeignKey(Cluster, models.PROTECT, related_name="terms", verbose_name=_("cụm"))
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="terms", verbose_name=_("đơn vị"))
    role = models.CharField(_("vai trò"), max_length=10, choices=Role)
    order = models.PositiveSmallIntegerField(_("thứ tự"), default=1)
    starts_on = models.DateField(_("từ ngày"))
    ends_on = models.DateField(_("đến trước ngày"), null=True, blank=True)
    basis = models.CharField(_("căn cứ"), max_length=10, choices=Basis, default=Basis.ELECTED)
    decision_number = models.CharField(_("số quyết định, biên bản"), max_length=60, blank=True)
    decision_date = models.DateField(_("ngày quyết định"), null=True, blank=True)
    decision_file = models.ForeignKey(
        StoredFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("tệp quyết định")
    )
    note = models.CharField(_("ghi chú"), max_length=300, blank=True)

    class Meta:
        """Database rules."""

        verbose_name = _("nhiệm kỳ")
        verbose_name_plural = _("nhiệm kỳ Cụm trưởng, Cụm phó")
        ordering = ["cluster", "-starts_on", "role", "order"]
        constraints = [
            models.UniqueConstraint(
                fields=["cluster", "role", "order", "starts_on"], name="roleterm_start",
                violation_error_message=_("Đã có một nhiệm kỳ cùng vai trò bắt đầu từ ngày này."),
            ),
            before("starts_on", "ends_on", "roleterm_dates"),
            one_of("role", Role.choices, "roleterm_role"),
            one_of("basis", Basis.choices, "roleterm_basis"),
        ]  # fmt: skip

    def __str__(self) -> str:
        """Role and days; the agency's name would cost a query."""
        return f"{Role(self.role).label} {self.starts_on:%d/%m/%Y}"


class RotationSkip(TimeStamped):
    """The planner passes an agency over for one coming year, and says why."""

    cluster = models.ForeignKey(Cluster, models.CASCADE, related_name="skips", verbose_name=_("cụm"))
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="skips", verbose_name=_("đơn vị"))
    label = models.CharField(_("năm"), max_length=9)
    reason = models.CharField(_("lý do"), max_length=300)

    class Meta:
        """Database rules."""

        verbose_name = _("đơn vị tạm bỏ qua")
        verbose_name_plural = _("đơn vị tạm bỏ qua khi luân phiên")
        ordering = ["cluster", "label", "agency"]
        constraints = [
            models.UniqueConstraint(
                fields=["cluster", "agency", "label"], name="rotationskip_once",
                violation_error_message=_("Đơn vị đã được bỏ qua năm này."),
            ),
            models.CheckConstraint(
                condition=~models.Q(reason=""), name="rotationskip_reason",
                violation_error_message=_("Bỏ qua một đơn vị phải ghi lý do."),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        """The year; the agency's name would cost a query."""
        return self.label
