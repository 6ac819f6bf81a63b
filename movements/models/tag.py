"""Labels of a year: free ones, and criteria that what is recorded counts for."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.models import TimeStamped, new_key, one_of
from members.models import ClusterYear
from movements.enums import TagKind


class Tag(TimeStamped):
    """A label; one of a criterion has the criterion's code ("II.3"), by which the criteria table finds it again.

    A retired one stays on what carries it and is no longer offered.
    """

    year = models.ForeignKey(ClusterYear, models.PROTECT, related_name="tags", verbose_name=_("năm"))
    key = models.CharField(_("mã"), max_length=40, default=new_key, editable=False)
    kind = models.CharField(_("loại"), max_length=10, choices=TagKind, default=TagKind.FREE)
    code = models.CharField(_("số mục"), max_length=20, blank=True)
    label = models.CharField(_("tên nhãn"), max_length=200)
    order = models.PositiveSmallIntegerField(_("thứ tự"), default=1)
    retired_at = models.DateTimeField(_("thôi dùng lúc"), null=True, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        """Database rules."""

        verbose_name = _("nhãn")
        verbose_name_plural = _("nhãn")
        ordering = ["year", "kind", "order", "id"]
        constraints = [
            one_of("kind", TagKind.choices, "tag_kind"),
            models.UniqueConstraint(fields=["year", "key"], name="tag_key"),
            models.UniqueConstraint(
                fields=["year", "code"],
                condition=~Q(code=""),
                name="tag_code",
                violation_error_message=_("Năm này đã có tiêu chí cùng số mục."),
            ),
            models.UniqueConstraint(
                fields=["year", "kind", "label"],
                name="tag_label",
                violation_error_message=_("Năm này đã có nhãn cùng tên."),
            ),
            models.CheckConstraint(
                condition=(Q(kind=TagKind.CRITERION) & ~Q(code="")) | Q(kind=TagKind.FREE, code=""),
                name="tag_code_of_criterion",
                violation_error_message=_("Tiêu chí phải có số mục; nhãn thường thì không."),
            ),
        ]

    def __str__(self) -> str:
        """Code and label."""
        return f"{self.code} {self.label}".strip()
