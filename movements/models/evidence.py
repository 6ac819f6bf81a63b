"""The evidence library of an agency, and which activities a file serves."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.models import StoredFile, TimeStamped, new_key
from members.models import Agency, ClusterYear
from movements.models.activity import Activity
from movements.models.tag import Tag


class Evidence(TimeStamped):
    """A file in the library of an agency in a year (``agency`` None: of the whole cluster, kept by the chair).

    One file may serve several activities (``uses``) and criteria (``tags``). ``file`` and ``name`` are those of the
    present version ``version``; replaced ones stay as ``EvidenceVersion``, removed ones stay with ``removed_at``:
    nothing is ever lost.
    """

    year = models.ForeignKey(ClusterYear, models.PROTECT, related_name="evidence", verbose_name=_("năm"))
    agency = models.ForeignKey(
        Agency, models.PROTECT, null=True, blank=True, related_name="evidence", verbose_name=_("đơn vị")
    )
    key = models.CharField(_("mã"), max_length=40, default=new_key, editable=False)
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="evidence", verbose_name=_("tệp"))
    name = models.CharField(_("tên tệp"), max_length=200)
    note = models.CharField(_("ghi chú"), max_length=300, blank=True)
    tags = models.ManyToManyField(Tag, related_name="evidence", blank=True, verbose_name=_("nhãn"))
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    removed_at = models.DateTimeField(_("gỡ lúc"), null=True, blank=True)
    version = models.PositiveIntegerField(_("bản số"), default=1, editable=False)

    class Meta:
        """Database rules."""

        verbose_name = _("minh chứng")
        verbose_name_plural = _("minh chứng")
        ordering = ["year", "id"]
        indexes = [models.Index(fields=["year", "agency", "-id"], name="evidence_library")]
        constraints = [
            models.UniqueConstraint(fields=["year", "key"], name="evidence_key"),
            models.UniqueConstraint(
                fields=["year", "agency", "file"],
                condition=Q(removed_at__isnull=True, agency__isnull=False),
                name="evidence_once",
                violation_error_message=_("Tệp này đã có trong kho minh chứng của đơn vị."),
            ),
            models.UniqueConstraint(
                fields=["year", "file"],
                condition=Q(removed_at__isnull=True, agency__isnull=True),
                name="evidence_once_of_cluster",
                violation_error_message=_("Tệp này đã có trong kho minh chứng của cụm."),
            ),
        ]

    def __str__(self) -> str:
        """The shown name."""
        return self.name


class EvidenceVersion(TimeStamped):
    """Bytes that a newer version of the file replaced; kept."""

    evidence = models.ForeignKey(
        Evidence, models.CASCADE, related_name="versions", verbose_name=_("minh chứng")
    )
    number = models.PositiveIntegerField(_("bản số"))
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+", verbose_name=_("tệp"))
    name = models.CharField(_("tên tệp"), max_length=200)
    replaced_at = models.DateTimeField(_("thay lúc"))
    replaced_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    reason = models.CharField(_("lý do"), max_length=300, blank=True)

    class Meta:
        """Database rules."""

        verbose_name = _("bản minh chứng cũ")
        verbose_name_plural = _("bản minh chứng cũ")
        ordering = ["evidence", "number"]
        constraints = [
            models.UniqueConstraint(fields=["evidence", "number"], name="evidenceversion_number"),
            models.CheckConstraint(condition=Q(number__gte=1), name="evidenceversion_from_one"),
        ]

    def __str__(self) -> str:
        """Name and number."""
        return f"{self.name} ({self.number})"


class EvidenceUse(TimeStamped):
    """A file of the library stands beside an activity; taken away it stays with ``removed_at``."""

    activity = models.ForeignKey(
        Activity, models.CASCADE, related_name="evidence_uses", verbose_name=_("hoạt động")
    )
    evidence = models.ForeignKey(Evidence, models.CASCADE, related_name="uses", verbose_name=_("minh chứng"))
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    removed_at = models.DateTimeField(_("gỡ lúc"), null=True, blank=True)

    class Meta:
        """Database rules."""

        verbose_name = _("minh chứng của hoạt động")
        verbose_name_plural = _("minh chứng của hoạt động")
        ordering = ["activity", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["activity", "evidence"],
                name="evidenceuse_once",
                violation_error_message=_("Tệp này đã có trong minh chứng của hoạt động."),
            ),
        ]

    def __str__(self) -> str:
        """Ids only."""
        return f"{self.activity_id}/{self.evidence_id}"
