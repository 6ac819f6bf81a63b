"""The ranking of a year: numbered revisions, each whole and never changed afterwards."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.fields import FixedField
from core.models import one_of
from members.models import Agency, ClusterYear
from scoring.enums import RankingMethod
from scoring.models.checks import ScoringAct


class Ranking(models.Model):
    """One revision; the newest number counts, the earlier ones stay readable."""

    year = models.ForeignKey(ClusterYear, models.PROTECT, related_name="rankings", verbose_name=_("năm"))
    revision = models.PositiveIntegerField(_("lần"))
    method = models.CharField(_("cách xếp hạng"), max_length=12, choices=RankingMethod)
    decided_on = models.DateField(_("ngày xét"), null=True, blank=True)
    note = models.TextField(_("ghi chú"), max_length=1000, blank=True)
    reason = models.CharField(_("lý do sửa"), max_length=500, blank=True)
    act = models.ForeignKey(
        ScoringAct,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("lần tính điểm cụm"),
    )
    created_at = models.DateTimeField(_("ghi lúc"), auto_now_add=True)

    class Meta:
        """Database rules."""

        verbose_name = _("bảng xếp hạng")
        verbose_name_plural = _("bảng xếp hạng")
        ordering = ["year", "-revision"]
        constraints = [
            models.UniqueConstraint(fields=["year", "revision"], name="ranking_revision"),
            one_of("method", RankingMethod.choices, "ranking_method"),
            models.CheckConstraint(
                condition=Q(revision=1) | (Q(revision__gt=1) & ~Q(reason="")),
                name="ranking_reason",
                violation_error_message=_("Sửa bảng xếp hạng phải ghi lý do."),
            ),
        ]

    def __str__(self) -> str:
        """The number."""
        return f"#{self.revision}"


class RankingEntry(models.Model):
    """An agency in a ranking: rank, points and votes are each optional; several may share a rank."""

    ranking = models.ForeignKey(
        Ranking, models.CASCADE, related_name="entries", verbose_name=_("bảng xếp hạng")
    )
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="rankings", verbose_name=_("đơn vị"))
    rank = models.PositiveSmallIntegerField(_("hạng"), null=True, blank=True)
    points = FixedField(_("điểm"), null=True, blank=True)
    votes = models.PositiveSmallIntegerField(_("số phiếu"), null=True, blank=True)
    grade = models.CharField(_("xếp loại"), max_length=100, blank=True)
    why = models.JSONField(_("vì sao"), default=dict, blank=True)
    note = models.CharField(_("ghi chú"), max_length=300, blank=True)

    class Meta:
        """Database rules."""

        verbose_name = _("đơn vị trong bảng xếp hạng")
        verbose_name_plural = _("đơn vị trong bảng xếp hạng")
        ordering = ["ranking", "rank", "id"]
        constraints = [
            models.UniqueConstraint(fields=["ranking", "agency"], name="rankingentry_once"),
            models.CheckConstraint(
                condition=Q(rank__isnull=True) | Q(rank__gte=1),
                name="rankingentry_rank",
                violation_error_message=_("Hạng bắt đầu từ 1."),
            ),
            models.CheckConstraint(
                condition=Q(points__isnull=True) | Q(points__gte=0),
                name="rankingentry_points",
                violation_error_message=_("Điểm không thể âm."),
            ),
        ]

    def __str__(self) -> str:
        """Ids only."""
        return f"{self.ranking_id}/{self.agency_id}"
