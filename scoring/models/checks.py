"""Who checks whom, the act that computes what depends on everybody, and what stands beside the table."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.fields import FixedField
from core.models import TimeStamped, new_key, one_of
from members.models import Agency, ClusterYear
from movements.models import Evidence
from scoring.enums import AdjustmentKind, AdjustmentState
from scoring.models.criteria import CriteriaTable


class Assignment(TimeStamped):
    """An agency scores another one at a level; ``section`` is the code of a part of the table, empty = all of it."""

    year = models.ForeignKey(ClusterYear, models.CASCADE, related_name="assignments", verbose_name=_("năm"))
    level = models.CharField(_("cấp chấm"), max_length=20)
    scorer = models.ForeignKey(Agency, models.PROTECT, related_name="+", verbose_name=_("đơn vị chấm"))
    subject = models.ForeignKey(Agency, models.PROTECT, related_name="+", verbose_name=_("đơn vị được chấm"))
    section = models.CharField(_("phần bảng"), max_length=20, blank=True)
    finished_at = models.DateTimeField(_("chấm xong lúc"), null=True, blank=True)

    class Meta:
        """Database rules."""

        verbose_name = _("phân công chấm")
        verbose_name_plural = _("phân công chấm")
        ordering = ["year", "level", "scorer", "subject", "section"]
        constraints = [
            models.UniqueConstraint(
                fields=["year", "level", "scorer", "subject", "section"], name="assignment_once",
                violation_error_message=_("Phân công này đã có."),
            ),
            models.CheckConstraint(
                condition=~Q(scorer=F("subject")), name="assignment_not_own",
                violation_error_message=_("Không đơn vị nào chấm cho chính mình."),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        """Ids only."""
        return f"{self.level}: {self.scorer_id} → {self.subject_id}"


class YearScoring(models.Model):
    """Where the scoring of a year stands: released to the members (appeals run from then), then final."""

    year = models.OneToOneField(ClusterYear, models.CASCADE, related_name="scoring", verbose_name=_("năm"))
    released_at = models.DateTimeField(_("công bố điểm thẩm định lúc"), null=True, blank=True)
    appeals_until = models.DateField(_("nhận kiến nghị đến hết"), null=True, blank=True)
    final_at = models.DateTimeField(_("chốt điểm lúc"), null=True, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        """Database rules."""

        verbose_name = _("chấm điểm của năm")
        verbose_name_plural = _("chấm điểm của năm")
        constraints = [
            models.CheckConstraint(
                condition=Q(final_at__isnull=True) | Q(released_at__isnull=False), name="yearscoring_order",
                violation_error_message=_("Điểm phải công bố cho các đơn vị trước khi chốt."),
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        """Ids only."""
        return str(self.year_id)


class ScoringAct(models.Model):
    """One numbered "Tính điểm cụm": the sheets it named, what they held, what it gave; never changed.

    ``included`` and ``missing`` list codes of agencies, ``inputs`` and ``results`` are by code of criterion and code of
    agency, figures as text. ``mark`` is the SHA-256 of the inputs: the same inputs make no second act.
    """

    year = models.ForeignKey(ClusterYear, models.PROTECT, related_name="scoring_acts", verbose_name=_("năm"))
    number = models.PositiveIntegerField(_("lần"))
    table = models.ForeignKey(
        CriteriaTable, models.PROTECT, related_name="+", verbose_name=_("bảng tiêu chí")
    )
    included = models.JSONField(_("bảng được tính"), default=list)
    missing = models.JSONField(_("bảng còn thiếu"), default=list)
    inputs = models.JSONField(_("số liệu vào"), default=dict)
    results = models.JSONField(_("kết quả"), default=dict)
    mark = models.CharField(_("mã SHA-256"), max_length=64)
    note = models.CharField(_("ghi chú"), max_length=300, blank=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+", verbose_name=_("đơn vị tính"))
    created_at = models.DateTimeField(_("tính lúc"))

    class Meta:
        """Database rules."""

        verbose_name = _("lần tính điểm cụm")
        verbose_name_plural = _("các lần tính điểm cụm")
        ordering = ["year", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["year", "number"], name="scoringact_number"),
            models.CheckConstraint(condition=Q(number__gte=1), name="scoringact_from_one"),
        ]

    def __str__(self) -> str:
        """The number."""
        return f"#{self.number}"


class Adjustment(TimeStamped):
    """Bonus, penalty, zeroed criterion, limited grade or disqualification: proposed by one agency, decided by another.

    ``points`` is a positive number for both directions. A bonus for an award names its level and year (domain 7.25).
    """

    year = models.ForeignKey(ClusterYear, models.PROTECT, related_name="adjustments", verbose_name=_("năm"))
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="adjustments", verbose_name=_("đơn vị"))
    key = models.CharField(_("mã"), max_length=40, default=new_key, editable=False)
    kind = models.CharField(_("loại"), max_length=12, choices=AdjustmentKind)
    points = FixedField(_("số điểm"), null=True, blank=True)
    criterion_code = models.CharField(_("tiêu chí"), max_length=20, blank=True)
    grade = models.CharField(_("không trên mức"), max_length=100, blank=True)
    ground = models.CharField(_("căn cứ, lý do"), max_length=500)
    award = models.CharField(_("hình thức, cấp khen, năm"), max_length=200, blank=True)
    paper_number = models.CharField(_("số văn bản"), max_length=60, blank=True)
    paper_date = models.DateField(_("ngày văn bản"), null=True, blank=True)
    evidence = models.ForeignKey(
        Evidence, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("minh chứng")
    )
    state = models.CharField(
        _("trạng thái"), max_length=10, choices=AdjustmentState, default=AdjustmentState.PROPOSED
    )
    proposer = models.ForeignKey(Agency, models.PROTECT, related_name="+", verbose_name=_("đơn vị đề xuất"))
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    proposed_at = models.DateTimeField(_("đề xuất lúc"))
    decider = models.ForeignKey(
        Agency, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("đơn vị quyết định")
    )
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(_("quyết định lúc"), null=True, blank=True)
    decision_reason = models.CharField(_("lý do quyết định"), max_length=500, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        """Database rules."""

        verbose_name = _("điều chỉnh điểm")
        verbose_name_plural = _("điều chỉnh điểm")
        ordering = ["year", "id"]
        constraints = [
            models.UniqueConstraint(fields=["year", "key"], name="adjustment_key"),
            one_of("kind", AdjustmentKind.choices, "adjustment_kind"),
            one_of("state", AdjustmentState.choices, "adjustment_state"),
            models.CheckConstraint(
                condition=Q(
                    kind__in=[AdjustmentKind.BONUS, AdjustmentKind.PENALTY], points__isnull=False, points__gt=0
                )
                | (~Q(kind__in=[AdjustmentKind.BONUS, AdjustmentKind.PENALTY]) & Q(points__isnull=True)),
                name="adjustment_points",
                violation_error_message=_("Cộng, trừ điểm phải ghi số điểm lớn hơn 0."),
            ),
            models.CheckConstraint(
                condition=~Q(kind=AdjustmentKind.ZERO) | ~Q(criterion_code=""), name="adjustment_criterion",
                violation_error_message=_("Không chấm điểm một tiêu chí thì phải ghi tiêu chí."),
            ),
            models.CheckConstraint(
                condition=~Q(kind=AdjustmentKind.GRADE_LIMIT) | ~Q(grade=""), name="adjustment_grade",
                violation_error_message=_("Ghi mức xếp loại cao nhất được giữ."),
            ),
            models.CheckConstraint(
                condition=Q(state__in=[AdjustmentState.PROPOSED, AdjustmentState.WITHDRAWN])
                | (
                    Q(decider__isnull=False, decided_at__isnull=False)
                    & ~Q(decider=F("proposer"))
                    & ~Q(decider=F("agency"))
                ),
                name="adjustment_decided",
                violation_error_message=_("Điều chỉnh điểm do đơn vị khác với bên đề xuất và bên được xét quyết định."),
            ),
            models.CheckConstraint(condition=~Q(ground=""), name="adjustment_ground"),
        ]  # fmt: skip

    def __str__(self) -> str:
        """Ids only."""
        return f"{self.year_id}/{self.agency_id}/{self.kind}"
