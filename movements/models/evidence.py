"""Files that prove an activity."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.models import StoredFile, TimeStamped, new_key
from movements.models.activity import Activity


class Evidence(TimeStamped):
    """A file beside an activity; removed ones stay (``removed_at``), so that nothing is ever lost."""

    activity = models.ForeignKey(
        Activity, models.CASCADE, related_name="evidence", verbose_name=_("hoạt động")
    )
    key = models.CharField(_("mã"), max_length=40, default=new_key, editable=False)
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="evidence", verbose_name=_("tệp"))
    name = models.CharField(_("tên tệp"), max_length=200)
    note = models.CharField(_("ghi chú"), max_length=300, blank=True)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    removed_at = models.DateTimeField(_("gỡ lúc"), null=True, blank=True)

    class Meta:
        """Database rules."""

        verbose_name = _("minh chứng")
        verbose_name_plural = _("minh chứng")
        ordering = ["activity", "id"]
        constraints = [
            models.UniqueConstraint(fields=["activity", "key"], name="evidence_key"),
            models.UniqueConstraint(
                fields=["activity", "file"],
                condition=Q(removed_at__isnull=True),
                name="evidence_once",
                violation_error_message=_("Tệp này đã có trong minh chứng của hoạt động."),
            ),
        ]

    def __str__(self) -> str:
        """The shown name."""
        return self.name
