"""Score sheets: one for each agency and year, a line for each leaf, figures appended at each level."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.fields import FixedField
from core.models import TimeStamped, one_of
from members.models import Agency, ClusterYear
from movements.models import Evidence
from scoring.enums import EntrySource, LineMark, SheetState
from scoring.models.criteria import CriteriaTable, Criterion


class ScoreSheet(TimeStamped):
    """Bảng tự chấm điểm of an agency by one version of the table.

    ``posted_on`` is the day of the postmark where lateness goes by it; ``days_late`` is fixed when the sheet is sent;
    ``excused_reason`` (by the leadership) takes lateness off. ``size`` is the figure of R19.
    """

    year = models.ForeignKey(ClusterYear, models.PROTECT, related_name="score_sheets", verbose_name=_("năm"))
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="score_sheets", verbose_name=_("đơn vị"))
    table = models.ForeignKey(
        CriteriaTable, models.PROTECT, related_name="sheets", verbose_name=_("bảng tiêu chí")
    )
    state = models.CharField(_("trạng thái"), max_length=10, choices=SheetState, default=SheetState.DRAFT)
    size = FixedField(_("quy mô"), null=True, blank=True)
    sent_at = models.DateTimeField(_("gửi lúc"), null=True, blank=True, editable=False)
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )
    posted_on = models.DateField(_("ngày dấu bưu điện"), null=True, blank=True)
    days_late = models.PositiveIntegerField(_("số ngày trễ"), null=True, blank=True, editable=False)
    excused_reason = models.CharField(_("lý do được miễn"), max_length=300, blank=True)
    excused_by = models.ForeignKey(
        Agency, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("đơn vị cho miễn")
    )
    returned_at = models.DateTimeField(_("trả lại lúc"), null=True, blank=True, editable=False)
    return_reason = models.TextField(_("lý do trả lại"), max_length=1000, blank=True, editable=False)
    verified_at = models.DateTimeField(_("thẩm định xong lúc"), null=True, blank=True, editable=False)
    edited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        """Database rules."""

        verbose_name = _("bảng chấm điểm")
        verbose_name_plural = _("bảng chấm điểm")
        ordering = ["year", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["year", "agency"], name="scoresheet_once",
                violation_error_message=_("Đơn vị đã có bảng chấm điểm của năm này."),
            ),
            one_of("state", SheetState.choices, "scoresheet_state"),
            models.CheckConstraint(
                condition=Q(state=SheetState.DRAFT, verified_at__isnull=True)
                | Q(state=SheetState.SENT, sent_at__isnull=False, verified_at__isnull=True)
                | (
                    Q(state=SheetState.RETURNED, returned_at__isnull=False, verified_at__isnull=True)
                    & ~Q(return_reason="")
                )
                | Q(state=SheetState.VERIFIED, sent_at__isnull=False, verified_at__isnull=False),
                name="scoresheet_state_times",
                violation_error_message=_("Trạng thái không khớp với thời điểm; trả lại phải ghi lý do."),
            ),
            models.CheckConstraint(
                condition=Q(excused_reason="", excused_by__isnull=True)
                | (~Q(excused_reason="") & Q(excused_by__isnull=False) & ~Q(excused_by=F("agency"))),
                name="scoresheet_excused",
                violation_error_message=_("Miễn trừ điểm nộp trễ phải ghi lý do, và do đơn vị khác quyết định."),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        """Ids only."""
        return f"{self.year_id}/{self.agency_id}"


class ScoreLine(models.Model):
    """A leaf of the table in a sheet: what the agency explains, which paper it cites, whether it was sent back.

    ``version`` rises with every change of the line or of a figure on it, so that no one overwrites another silently.
    """

    sheet = models.ForeignKey(
        ScoreSheet, models.CASCADE, related_name="lines", verbose_name=_("bảng chấm điểm")
    )
    criterion = models.ForeignKey(Criterion, models.PROTECT, related_name="lines", verbose_name=_("tiêu chí"))
    explanation = models.TextField(_("giải trình"), max_length=2000, blank=True)
    citation = models.CharField(_("văn bản chứng minh"), max_length=300, blank=True)
    returned_at = models.DateTimeField(_("trả lại lúc"), null=True, blank=True)
    return_reason = models.CharField(_("lý do trả lại"), max_length=500, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        """Database rules."""

        verbose_name = _("dòng chấm điểm")
        verbose_name_plural = _("dòng chấm điểm")
        ordering = ["sheet", "id"]
        constraints = [
            models.UniqueConstraint(fields=["sheet", "criterion"], name="scoreline_once"),
            models.CheckConstraint(
                condition=Q(returned_at__isnull=True) | ~Q(return_reason=""), name="scoreline_returned",
                violation_error_message=_("Trả lại một dòng phải ghi lý do."),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        """Ids only."""
        return f"{self.sheet_id}/{self.criterion_id}"


class ScoreEntry(models.Model):
    """A figure somebody gave a line at a level; never changed: the next one is appended and becomes current.

    ``facts`` are what was typed (``scoring.domain.shapes.Facts`` as plain data); ``points`` are what the rule made of
    them at that moment, empty where the rule waits for the other members (R7, R8). ``reason`` is given where the figure
    differs from the one before.
    """

    line = models.ForeignKey(ScoreLine, models.CASCADE, related_name="entries", verbose_name=_("dòng"))
    level = models.CharField(_("cấp chấm"), max_length=20)
    scorer = models.ForeignKey(Agency, models.PROTECT, related_name="+", verbose_name=_("đơn vị chấm"))
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    points = FixedField(_("điểm"), null=True, blank=True)
    facts = models.JSONField(_("số liệu"), default=dict, blank=True)
    mark = models.CharField(_("thay cho số liệu"), max_length=12, choices=LineMark, blank=True, default="")
    reason = models.CharField(_("lý do"), max_length=1000, blank=True)
    source = models.CharField(_("cách có"), max_length=10, choices=EntrySource, default=EntrySource.TYPED)
    is_current = models.BooleanField(default=True)
    created_at = models.DateTimeField(_("chấm lúc"))

    class Meta:
        """Database rules."""

        verbose_name = _("lượt chấm")
        verbose_name_plural = _("lượt chấm")
        ordering = ["line", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["line", "level", "scorer"], condition=Q(is_current=True), name="scoreentry_one_current",
                violation_error_message=_("Mỗi đơn vị chỉ có một điểm hiện hành ở một dòng và một cấp."),
            ),
            one_of("mark", LineMark.choices, "scoreentry_mark"),
            one_of("source", EntrySource.choices, "scoreentry_source"),
            models.CheckConstraint(
                condition=Q(points__isnull=True) | Q(points__gte=0), name="scoreentry_points",
                violation_error_message=_("Điểm không thể âm; điểm trừ ghi số dương."),
            ),
            models.CheckConstraint(
                condition=~Q(mark=LineMark.NOT_ARISEN) | ~Q(reason=""), name="scoreentry_not_arisen",
                violation_error_message=_("Không phát sinh thì phải ghi lý do."),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        """Ids only."""
        return f"{self.line_id}/{self.level}/{self.scorer_id}"


class LineEvidence(TimeStamped):
    """A file of the library stands beside a line; taken away it stays with ``removed_at``."""

    line = models.ForeignKey(ScoreLine, models.CASCADE, related_name="evidence", verbose_name=_("dòng"))
    evidence = models.ForeignKey(
        Evidence, models.PROTECT, related_name="score_lines", verbose_name=_("minh chứng")
    )
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    removed_at = models.DateTimeField(_("gỡ lúc"), null=True, blank=True)

    class Meta:
        """Database rules."""

        verbose_name = _("minh chứng của tiêu chí")
        verbose_name_plural = _("minh chứng của tiêu chí")
        ordering = ["line", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["line", "evidence"], name="lineevidence_once",
                violation_error_message=_("Tệp này đã có bên tiêu chí."),
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        """Ids only."""
        return f"{self.line_id}/{self.evidence_id}"


class LineNote(models.Model):
    """A word in the exchange about one line, between the agency and those who check."""

    line = models.ForeignKey(ScoreLine, models.CASCADE, related_name="notes", verbose_name=_("dòng"))
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+", verbose_name=_("đơn vị"))
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    words = models.TextField(_("nội dung"), max_length=1000)
    created_at = models.DateTimeField(_("lúc"))

    class Meta:
        """Database rules."""

        verbose_name = _("trao đổi")
        verbose_name_plural = _("trao đổi")
        ordering = ["line", "id"]
        constraints = [models.CheckConstraint(condition=~Q(words=""), name="linenote_words")]

    def __str__(self) -> str:
        """Ids only."""
        return f"{self.line_id}/{self.agency_id}"
