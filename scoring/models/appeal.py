"""Appeals against points, and what agencies are told."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.fields import FixedField
from core.models import StoredFile, TimeStamped, new_key, one_of
from members.models import Agency, ClusterYear
from scoring.enums import AppealState, NoticeKind
from scoring.models.sheet import ScoreLine


class Appeal(TimeStamped):
    """Kiến nghị về điểm of one line: filed within the window of the charter, decided by somebody else with reasons.

    ``effect`` keeps what the decision did: totals and ranks of the agency before and after, figures as text. ``paper``
    is the notice of the result as it was issued.
    """

    year = models.ForeignKey(ClusterYear, models.PROTECT, related_name="appeals", verbose_name=_("năm"))
    line = models.ForeignKey(ScoreLine, models.PROTECT, related_name="appeals", verbose_name=_("dòng"))
    key = models.CharField(_("mã"), max_length=40, default=new_key, editable=False)
    filer = models.ForeignKey(Agency, models.PROTECT, related_name="+", verbose_name=_("đơn vị kiến nghị"))
    filed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    filed_at = models.DateTimeField(_("kiến nghị lúc"))
    words = models.TextField(_("nội dung kiến nghị"), max_length=2000)
    wanted = FixedField(_("điểm đề nghị"), null=True, blank=True)
    state = models.CharField(_("trạng thái"), max_length=10, choices=AppealState, default=AppealState.FILED)
    decider = models.ForeignKey(
        Agency, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("đơn vị giải quyết")
    )
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(_("giải quyết lúc"), null=True, blank=True)
    decision = models.TextField(_("kết luận"), max_length=2000, blank=True)
    points_before = FixedField(_("điểm trước"), null=True, blank=True)
    points_after = FixedField(_("điểm sau"), null=True, blank=True)
    effect = models.JSONField(_("tác động"), default=dict, blank=True)
    number = models.PositiveIntegerField(_("số thông báo"), null=True, blank=True)
    paper = models.ForeignKey(
        StoredFile,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("thông báo kết quả"),
    )
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        """Database rules."""

        verbose_name = _("kiến nghị về điểm")
        verbose_name_plural = _("kiến nghị về điểm")
        ordering = ["year", "id"]
        constraints = [
            models.UniqueConstraint(fields=["year", "key"], name="appeal_key"),
            models.UniqueConstraint(fields=["year", "number"], name="appeal_number"),
            models.UniqueConstraint(
                fields=["line"], name="appeal_once",
                violation_error_message=_("Tiêu chí này đã có kiến nghị; mỗi tiêu chí chỉ kiến nghị một lần."),
            ),
            one_of("state", AppealState.choices, "appeal_state"),
            models.CheckConstraint(
                condition=Q(state__in=[AppealState.FILED, AppealState.WITHDRAWN], decided_at__isnull=True)
                | (
                    Q(state__in=[AppealState.ACCEPTED, AppealState.PARTLY, AppealState.REFUSED])
                    & Q(decided_at__isnull=False, decider__isnull=False)
                    & ~Q(decision="")
                    & ~Q(decider=F("filer"))
                ),
                name="appeal_decided",
                violation_error_message=_("Kiến nghị do đơn vị khác giải quyết, có kết luận."),
            ),
            models.CheckConstraint(condition=~Q(words=""), name="appeal_words"),
        ]  # fmt: skip

    def __str__(self) -> str:
        """Ids only."""
        return f"{self.year_id}/{self.line_id}"


class AppealFile(TimeStamped):
    """A file that one of the sides laid beside an appeal."""

    appeal = models.ForeignKey(Appeal, models.CASCADE, related_name="files", verbose_name=_("kiến nghị"))
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+", verbose_name=_("đơn vị"))
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+", verbose_name=_("tệp"))
    name = models.CharField(_("tên tệp"), max_length=200)

    class Meta:
        """Database rules."""

        verbose_name = _("tệp của kiến nghị")
        verbose_name_plural = _("tệp của kiến nghị")
        ordering = ["appeal", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["appeal", "agency", "file"], name="appealfile_once",
                violation_error_message=_("Tệp này đã có."),
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        """The shown name."""
        return self.name


class AppealReply(models.Model):
    """A word in the exchange about an appeal."""

    appeal = models.ForeignKey(Appeal, models.CASCADE, related_name="replies", verbose_name=_("kiến nghị"))
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+", verbose_name=_("đơn vị"))
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    words = models.TextField(_("nội dung"), max_length=1000)
    created_at = models.DateTimeField(_("lúc"))

    class Meta:
        """Database rules."""

        verbose_name = _("trao đổi về kiến nghị")
        verbose_name_plural = _("trao đổi về kiến nghị")
        ordering = ["appeal", "id"]
        constraints = [models.CheckConstraint(condition=~Q(words=""), name="appealreply_words")]

    def __str__(self) -> str:
        """Ids only."""
        return f"{self.appeal_id}/{self.agency_id}"


class ScoreNotice(models.Model):
    """What an agency is told about its sheet, until its staff has seen it."""

    year = models.ForeignKey(ClusterYear, models.CASCADE, related_name="score_notices", verbose_name=_("năm"))
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="score_notices", verbose_name=_("đơn vị"))
    kind = models.CharField(_("loại"), max_length=12, choices=NoticeKind)
    words = models.CharField(_("nội dung"), max_length=500)
    line = models.ForeignKey(ScoreLine, models.CASCADE, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(_("lúc"))
    seen_at = models.DateTimeField(_("đã xem lúc"), null=True, blank=True)

    class Meta:
        """Database rules."""

        verbose_name = _("thông báo về điểm")
        verbose_name_plural = _("thông báo về điểm")
        ordering = ["year", "-id"]
        constraints = [
            one_of("kind", NoticeKind.choices, "scorenotice_kind"),
            models.CheckConstraint(condition=~Q(words=""), name="scorenotice_words"),
        ]

    def __str__(self) -> str:
        """The words."""
        return self.words
