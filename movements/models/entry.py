"""What one person keeps while working: rows not finished yet, uploaded workbooks, filters by name."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.models import StoredFile, TimeStamped, new_key
from members.models import Cluster, ClusterYear
from movements.models.activity import Activity
from movements.models.contribution import Contribution


class RowDraft(TimeStamped):
    """A row of the quick entry grid as it was typed, until it can be recorded: nothing typed is ever lost.

    ``cells`` are words by the name of the column. A row that changes something recorded points to it.
    """

    year = models.ForeignKey(ClusterYear, models.CASCADE, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    grid = models.CharField(max_length=20)
    key = models.CharField(max_length=40, default=new_key)
    order = models.PositiveIntegerField(default=0)
    cells = models.JSONField(default=dict)
    activity = models.ForeignKey(Activity, models.CASCADE, null=True, blank=True, related_name="+")
    contribution = models.ForeignKey(Contribution, models.CASCADE, null=True, blank=True, related_name="+")
    version = models.PositiveIntegerField(default=1)

    class Meta:
        """Database rules."""

        verbose_name = _("dòng nhập dở")
        verbose_name_plural = _("dòng nhập dở")
        ordering = ["order", "id"]
        constraints = [models.UniqueConstraint(fields=["user", "year", "key"], name="rowdraft_key")]

    def __str__(self) -> str:
        """The key."""
        return self.key


class ImportRun(TimeStamped):
    """An uploaded workbook: read, shown, and taken over once; ``counts`` is what taking it over did."""

    year = models.ForeignKey(ClusterYear, models.CASCADE, related_name="+", verbose_name=_("năm"))
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("người nhập")
    )
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+", verbose_name=_("tệp"))
    name = models.CharField(_("tên tệp"), max_length=200)
    kind = models.CharField(_("nội dung"), max_length=20)
    choices = models.JSONField(default=dict, blank=True)
    counts = models.JSONField(default=dict, blank=True)
    applied_at = models.DateTimeField(_("nhập lúc"), null=True, blank=True)

    class Meta:
        """Database rules."""

        verbose_name = _("lần nhập Excel")
        verbose_name_plural = _("lần nhập Excel")
        ordering = ["-id"]
        indexes = [models.Index(fields=["year", "file"], name="importrun_file")]

    def __str__(self) -> str:
        """The name of the file."""
        return self.name


class SavedFilter(TimeStamped):
    """A list as somebody likes it: filter, order and columns under a name; ``is_first`` opens with the page."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    cluster = models.ForeignKey(Cluster, models.CASCADE, related_name="+")
    page = models.CharField(max_length=40)
    name = models.CharField(_("tên bộ lọc"), max_length=80)
    query = models.CharField(max_length=2000, blank=True)
    is_first = models.BooleanField(_("mở sẵn"), default=False)

    class Meta:
        """Database rules."""

        verbose_name = _("bộ lọc đã lưu")
        verbose_name_plural = _("bộ lọc đã lưu")
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "cluster", "page", "name"],
                name="savedfilter_name",
                violation_error_message=_("Bạn đã có bộ lọc cùng tên."),
            ),
            models.UniqueConstraint(
                fields=["user", "cluster", "page"], condition=Q(is_first=True), name="savedfilter_first"
            ),
            models.CheckConstraint(condition=~Q(name=""), name="savedfilter_named"),
        ]

    def __str__(self) -> str:
        """The name."""
        return self.name
