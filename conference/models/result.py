"""What the conference decided on the next chair and deputies."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from conference.models.meeting import Conference
from core.models import one_of
from members.enums import Role
from members.models import Agency


class ElectionResult(models.Model):
    """An agency elected to an office of the coming year; the terms themselves are written by the rotation."""

    conference = models.ForeignKey(
        Conference, models.CASCADE, related_name="elected", verbose_name=_("hội nghị")
    )
    for_label = models.CharField(_("cho năm"), max_length=9)
    role = models.CharField(_("vai trò"), max_length=10, choices=Role)
    order = models.PositiveSmallIntegerField(_("thứ tự"), default=1)
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="elected", verbose_name=_("đơn vị"))

    class Meta:
        """Database rules."""

        verbose_name = _("kết quả bầu")
        verbose_name_plural = _("kết quả bầu Cụm trưởng, Cụm phó")
        ordering = ["conference", "role", "order"]
        constraints = [
            models.UniqueConstraint(fields=["conference", "role", "order"], name="election_seat"),
            models.UniqueConstraint(
                fields=["conference", "agency"],
                name="election_one_office",
                violation_error_message=_("Một đơn vị không thể vừa là Cụm trưởng vừa là Cụm phó."),
            ),
            one_of("role", Role.choices, "election_role"),
        ]

    def __str__(self) -> str:
        """Role and label."""
        return f"{Role(self.role).label} {self.for_label}"
