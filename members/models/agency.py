"""Agencies: who they are stays, what they are called has dates."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.models import TimeStamped, before, one_of
from members.enums import AgencyKind, LinkKind


class Agency(TimeStamped):
    """An agency apart from its names; ``code`` names it in year files and never changes."""

    code = models.SlugField(_("mã đơn vị"), max_length=60, unique=True)
    kind = models.CharField(
        _("loại đơn vị"), max_length=20, choices=AgencyKind, default=AgencyKind.CENTRAL_LOCAL
    )
    closed_on = models.DateField(_("ngày giải thể"), null=True, blank=True)

    class Meta:
        """Database rules."""

        verbose_name = _("đơn vị")
        verbose_name_plural = _("đơn vị")
        ordering = ["code"]
        constraints = [one_of("kind", AgencyKind.choices, "agency_kind")]

    def __str__(self) -> str:
        """The newest name, else the code; costs one query unless names are prefetched."""
        names = list(self.names.all())
        return max(names, key=lambda name: name.valid_from or date.min).name if names else self.code


class AgencyName(models.Model):
    """A name with the days it is valid, half-open; empty ends are open. No overlap: ``domain.agencies.rename``."""

    agency = models.ForeignKey(Agency, models.CASCADE, related_name="names", verbose_name=_("đơn vị"))
    name = models.CharField(_("tên đầy đủ"), max_length=300)
    short_name = models.CharField(_("tên gọn"), max_length=100)
    aliases = models.CharField(
        _("tên gọi khác"), max_length=500, blank=True, help_text=_("Ngăn cách bằng dấu chấm phẩy")
    )
    sort_key = models.CharField(max_length=700, editable=False, blank=True)
    valid_from = models.DateField(_("từ ngày"), null=True, blank=True)
    valid_to = models.DateField(_("đến trước ngày"), null=True, blank=True)

    class Meta:
        """Database rules."""

        verbose_name = _("tên đơn vị")
        verbose_name_plural = _("tên đơn vị")
        ordering = ["agency", "valid_from"]
        constraints = [
            before("valid_from", "valid_to", "agencyname_dates"),
            models.UniqueConstraint(
                fields=["agency", "valid_from"],
                name="agencyname_start",
                violation_error_message=_("Đơn vị đã có một tên bắt đầu từ ngày này."),
            ),
            models.UniqueConstraint(
                fields=["agency"],
                condition=models.Q(valid_from__isnull=True),
                name="agencyname_first",
                violation_error_message=_("Đơn vị đã có một tên không ghi ngày bắt đầu."),
            ),
        ]

    def __str__(self) -> str:
        """The name."""
        return self.name


class AgencyLink(models.Model):
    """A predecessor and its successor, with the day and the paper (merge, split, take-over: n to m)."""

    predecessor = models.ForeignKey(
        Agency, models.PROTECT, related_name="successor_links", verbose_name=_("đơn vị trước")
    )
    successor = models.ForeignKey(
        Agency, models.PROTECT, related_name="predecessor_links", verbose_name=_("đơn vị sau")
    )
    kind = models.CharField(_("hình thức"), max_length=10, choices=LinkKind, default=LinkKind.TAKEOVER)
    on = models.DateField(_("từ ngày"))
    basis = models.CharField(_("căn cứ"), max_length=300, blank=True)

    class Meta:
        """Database rules."""

        verbose_name = _("kế thừa đơn vị")
        verbose_name_plural = _("kế thừa đơn vị")
        ordering = ["on", "id"]
        constraints = [
            models.UniqueConstraint(fields=["predecessor", "successor"], name="agencylink_once"),
            one_of("kind", LinkKind.choices, "agencylink_kind"),
            models.CheckConstraint(
                condition=~models.Q(predecessor=models.F("successor")),
                name="agencylink_two",
                violation_error_message=_("Đơn vị không thể kế thừa chính mình."),
            ),
        ]

    def __str__(self) -> str:
        """Ids and day; names would cost queries."""
        return f"{self.predecessor_id} → {self.successor_id} ({self.on:%d/%m/%Y})"
