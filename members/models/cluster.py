"""The cluster itself."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.models import TimeStamped, one_of
from members.enums import GroupKind, Level


class Cluster(TimeStamped):
    """A group of agencies that compete for a year; may stand inside a parent group (Quảng Ninh 2017)."""

    kind = models.CharField(_("loại"), max_length=10, choices=GroupKind, default=GroupKind.CUM)
    name = models.CharField(_("tên"), max_length=300)
    short_name = models.CharField(_("tên gọn"), max_length=100)
    slug = models.SlugField(_("tên trong địa chỉ"), max_length=60, unique=True)
    level = models.CharField(_("cấp"), max_length=10, choices=Level, default=Level.PROVINCE)
    place = models.CharField(_("địa bàn"), max_length=200, blank=True)
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("thuộc cụm, khối"),
    )

    class Meta:
        """Database rules."""

        verbose_name = _("cụm thi đua")
        verbose_name_plural = _("cụm thi đua")
        ordering = ["slug"]
        constraints = [
            one_of("kind", GroupKind.choices, "cluster_kind"),
            one_of("level", Level.choices, "cluster_level"),
            models.CheckConstraint(
                condition=models.Q(parent__isnull=True) | ~models.Q(parent=models.F("id")),
                name="cluster_not_own_parent",
                violation_error_message=_("Một cụm không thể thuộc chính nó."),
            ),
        ]

    def __str__(self) -> str:
        """The full name."""
        return self.name

    @property
    def kind_inside(self) -> str:
        """What it is called inside a sentence: "chung của Cụm", "of the whole cluster"."""
        return GroupKind(self.kind).inside
