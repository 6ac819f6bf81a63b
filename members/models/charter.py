"""The rules of a year as data, each version kept."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.models import TimeStamped
from members.models.year import ClusterYear


class Charter(TimeStamped):
    """The rules of one year in force, read through ``members.charter.Rules``; never constants in code.

    While nothing of the year rests on them they are edited in place; once something does (``members.charter_uses``)
    every change is the next version with a reason, and the version before it moves to ``CharterVersion``.
    """

    year = models.OneToOneField(ClusterYear, models.CASCADE, related_name="charter", verbose_name=_("năm"))
    version = models.PositiveIntegerField(_("bản"), default=1)
    data = models.JSONField(_("quy định"), default=dict)
    reason = models.CharField(_("lý do sửa đổi"), max_length=300, blank=True)

    class Meta:
        """Database rules."""

        verbose_name = _("quy chế năm")
        verbose_name_plural = _("quy chế năm")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(version=1, reason="") | (models.Q(version__gt=1) & ~models.Q(reason="")),
                name="charter_reason",
                violation_error_message=_("Bản sửa đổi của quy chế phải ghi lý do."),
            )
        ]

    def __str__(self) -> str:
        """Version only; the year would cost a query."""
        return f"v{self.version}"


class CharterVersion(TimeStamped):
    """A version that was replaced, as it stood; ``reason`` is why it had come about."""

    year = models.ForeignKey(
        ClusterYear, models.CASCADE, related_name="charter_versions", verbose_name=_("năm")
    )
    version = models.PositiveIntegerField(_("bản"))
    data = models.JSONField(_("quy định"), default=dict)
    reason = models.CharField(_("lý do sửa đổi"), max_length=300, blank=True)
    replaced_at = models.DateTimeField(_("thay thế lúc"))

    class Meta:
        """Database rules."""

        verbose_name = _("bản quy chế cũ")
        verbose_name_plural = _("các bản quy chế cũ")
        ordering = ["year", "-version"]
        constraints = [
            models.UniqueConstraint(
                fields=["year", "version"], name="charterversion_once",
                violation_error_message=_("Năm này đã có bản quy chế cùng số."),
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        """Version only; the year would cost a query."""
        return f"v{self.version}"
