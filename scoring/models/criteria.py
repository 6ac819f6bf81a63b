"""Criteria tables: versioned, a tree of any depth, locked once they are in force."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.fields import FixedField
from core.models import TimeStamped, new_key, one_of
from members.models import Agency, ClusterYear
from scoring.enums import BetterWhen, EvidenceRule, LeafRule, ScoredBy, TablePart, TableState


class CriteriaTable(TimeStamped):
    """One version of a year's table; ``settings`` are read through ``scoring.table_rules`` only.

    A draft is edited in place; in force it never changes: a later change is the next version with its reason, and
    scores are carried over by code. ``sum_decision`` records why parts that do not add up were let stand.
    """

    year = models.ForeignKey(
        ClusterYear, models.PROTECT, related_name="criteria_tables", verbose_name=_("năm")
    )
    version = models.PositiveIntegerField(_("bản"), default=1)
    title = models.CharField(_("tên bảng tiêu chí"), max_length=200)
    state = models.CharField(_("trạng thái"), max_length=10, choices=TableState, default=TableState.DRAFT)
    settings = models.JSONField(_("cách tính"), default=dict, blank=True)
    sum_decision = models.TextField(_("quyết định về tổng điểm không khớp"), max_length=1000, blank=True)
    decision_number = models.CharField(_("số văn bản ban hành"), max_length=60, blank=True)
    decision_date = models.DateField(_("ngày ban hành"), null=True, blank=True)
    reason = models.CharField(_("lý do sửa đổi"), max_length=500, blank=True)
    source = models.CharField(_("lấy từ"), max_length=300, blank=True)
    is_shared = models.BooleanField(_("cho cụm khác dùng lại"), default=True)
    applied_at = models.DateTimeField(_("áp dụng lúc"), null=True, blank=True, editable=False)
    replaced_at = models.DateTimeField(_("thay lúc"), null=True, blank=True, editable=False)
    edition = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        """Database rules."""

        verbose_name = _("bảng tiêu chí")
        verbose_name_plural = _("bảng tiêu chí")
        ordering = ["year", "-version"]
        constraints = [
            models.UniqueConstraint(
                fields=["year", "version"], name="criteriatable_version",
                violation_error_message=_("Năm này đã có bảng tiêu chí cùng số bản."),
            ),
            models.UniqueConstraint(
                fields=["year"], condition=Q(state=TableState.DRAFT), name="criteriatable_one_draft",
                violation_error_message=_("Năm này đã có một bản đang soạn."),
            ),
            models.UniqueConstraint(
                fields=["year"], condition=Q(state=TableState.APPLIED), name="criteriatable_one_applied",
                violation_error_message=_("Một năm chỉ có một bảng tiêu chí đang áp dụng."),
            ),
            one_of("state", TableState.choices, "criteriatable_state"),
            models.CheckConstraint(
                condition=Q(state=TableState.DRAFT, applied_at__isnull=True, replaced_at__isnull=True)
                | Q(state=TableState.APPLIED, applied_at__isnull=False, replaced_at__isnull=True)
                | Q(state=TableState.REPLACED, applied_at__isnull=False, replaced_at__isnull=False),
                name="criteriatable_state_times",
                violation_error_message=_("Trạng thái của bảng tiêu chí không khớp với thời điểm."),
            ),
            models.CheckConstraint(
                condition=Q(version=1) | Q(state=TableState.DRAFT) | ~Q(reason=""), name="criteriatable_reason",
                violation_error_message=_("Bản sửa đổi của bảng tiêu chí phải ghi lý do."),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        """Title and version."""
        return f"{self.title} (bản {self.version})"


class Criterion(models.Model):
    """A section or a leaf of a table; ``code`` ("II.3") names it across versions, years and labels of activities.

    ``maximum`` is what it can earn; of a bonus or a penalty line or group the cap, a positive number. ``params`` are
    read through ``scoring.domain.shapes`` only. ``applies_to`` lists kinds of agency, empty = all.
    """

    table = models.ForeignKey(
        CriteriaTable, models.CASCADE, related_name="criteria", verbose_name=_("bảng tiêu chí")
    )
    parent = models.ForeignKey(
        "self", models.CASCADE, null=True, blank=True, related_name="children", verbose_name=_("thuộc mục")
    )
    key = models.CharField(_("mã"), max_length=40, default=new_key, editable=False)
    code = models.CharField(_("số mục"), max_length=20)
    order = models.PositiveSmallIntegerField(_("thứ tự"), default=1)
    title = models.CharField(_("nội dung"), max_length=500)
    guide = models.TextField(_("cách chấm"), max_length=2000, blank=True)
    rule = models.CharField(_("loại"), max_length=14, choices=LeafRule, default=LeafRule.DIRECT)
    part = models.CharField(_("phần điểm"), max_length=8, choices=TablePart, default=TablePart.BASE)
    maximum = FixedField(_("điểm tối đa"), default=0)
    unit = models.CharField(_("đơn vị tính"), max_length=30, blank=True)
    better = models.CharField(_("chiều"), max_length=8, choices=BetterWhen, default=BetterWhen.HIGHER)
    step = FixedField(_("bước điểm"), null=True, blank=True)
    places = models.PositiveSmallIntegerField(_("số chữ số thập phân"), null=True, blank=True)
    params = models.JSONField(_("quy định của loại"), default=dict, blank=True)
    evidence = models.CharField(
        _("minh chứng"), max_length=10, choices=EvidenceRule, default=EvidenceRule.ASKED
    )
    scored_by = models.CharField(_("ai chấm"), max_length=10, choices=ScoredBy, default=ScoredBy.SELF)
    scorer = models.ForeignKey(
        Agency, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("cơ quan chấm")
    )
    applies_to = models.JSONField(_("áp dụng cho loại đơn vị"), default=list, blank=True)
    due_on = models.DateField(_("hạn của tiêu chí"), null=True, blank=True)
    former_code = models.CharField(_("số mục ở bản trước"), max_length=20, blank=True)

    class Meta:
        """Database rules."""

        verbose_name = _("tiêu chí")
        verbose_name_plural = _("tiêu chí")
        ordering = ["table", "order", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["table", "code"], name="criterion_code",
                violation_error_message=_("Bảng này đã có tiêu chí cùng số mục."),
            ),
            models.UniqueConstraint(fields=["table", "key"], name="criterion_key"),
            one_of("rule", LeafRule.choices, "criterion_rule"),
            one_of("part", TablePart.choices, "criterion_part"),
            one_of("better", BetterWhen.choices, "criterion_better"),
            one_of("evidence", EvidenceRule.choices, "criterion_evidence"),
            one_of("scored_by", ScoredBy.choices, "criterion_scored_by"),
            models.CheckConstraint(
                condition=Q(maximum__gte=0), name="criterion_maximum",
                violation_error_message=_("Điểm tối đa không thể âm."),
            ),
            models.CheckConstraint(
                condition=Q(step__isnull=True) | Q(step__gt=0), name="criterion_step",
                violation_error_message=_("Bước điểm phải lớn hơn 0."),
            ),
            models.CheckConstraint(
                condition=Q(places__isnull=True) | Q(places__lte=4), name="criterion_places",
                violation_error_message=_("Điểm có nhiều nhất bốn chữ số thập phân."),
            ),
            models.CheckConstraint(
                condition=Q(scored_by=ScoredBy.OUTSIDE, scorer__isnull=False)
                | (~Q(scored_by=ScoredBy.OUTSIDE) & Q(scorer__isnull=True)),
                name="criterion_scorer",
                violation_error_message=_("Tiêu chí do cơ quan ngoài cụm chấm phải ghi cơ quan ấy."),
            ),
            models.CheckConstraint(
                condition=Q(parent__isnull=True) | ~Q(parent=F("id")), name="criterion_parent",
                violation_error_message=_("Một mục không thể nằm trong chính nó."),
            ),
            models.CheckConstraint(condition=~Q(code="") & ~Q(title=""), name="criterion_words"),
        ]  # fmt: skip

    def __str__(self) -> str:
        """Code and title."""
        return f"{self.code} {self.title}"
