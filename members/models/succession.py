"""What an agency takes over within a year from one that is no more."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.models import TimeStamped, one_of
from members.enums import Assessed
from members.models.agency import Agency
from members.models.year import ClusterYear


class CarryOver(TimeStamped):
    """A decision: in this year the successor answers for what the predecessor recorded.

    The records themselves keep their owner and the name valid then; staff of the successor may complete them, and the
    successor's page counts them. ``assessed`` says which of the two is assessed in the broken year (domain 7, case 1).
    """

    year = models.ForeignKey(ClusterYear, models.CASCADE, related_name="carry_overs", verbose_name=_("năm"))
    predecessor = models.ForeignKey(
        Agency, models.PROTECT, related_name="carried_to", verbose_name=_("đơn vị trước")
    )
    successor = models.ForeignKey(
        Agency, models.PROTECT, related_name="carried_from", verbose_name=_("đơn vị sau")
    )
    assessed = models.CharField(_("xét thi đua"), max_length=12, choices=Assessed, default=Assessed.SUCCESSOR)
    decision_number = models.CharField(_("số quyết định, biên bản"), max_length=60)
    decision_date = models.DateField(_("ngày quyết định"), null=True, blank=True)
    note = models.CharField(_("ghi chú"), max_length=300, blank=True)

    class Meta:
        """Database rules."""

        verbose_name = _("kế thừa kết quả trong năm")
        verbose_name_plural = _("kế thừa kết quả trong năm")
        ordering = ["year", "predecessor"]
        constraints = [
            models.UniqueConstraint(
                fields=["year", "predecessor"], name="carryover_once",
                violation_error_message=_("Kết quả của đơn vị này đã có đơn vị kế thừa trong năm."),
            ),
            models.CheckConstraint(
                condition=~Q(predecessor=F("successor")), name="carryover_two",
                violation_error_message=_("Đơn vị không thể kế thừa chính mình."),
            ),
            models.CheckConstraint(
                condition=~Q(decision_number=""), name="carryover_decision",
                violation_error_message=_("Kế thừa kết quả phải ghi số quyết định hoặc biên bản."),
            ),
            one_of("assessed", Assessed.choices, "carryover_assessed"),
        ]  # fmt: skip

    def __str__(self) -> str:
        """Ids; names would cost queries."""
        return f"{self.predecessor_id} → {self.successor_id}"
