"""Movements of a year and who joined them."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.models import TimeStamped, before, new_key, one_of
from members.enums import Level
from members.models import Agency, ClusterYear, Directive
from movements.enums import MovementKind


class Movement(TimeStamped):
    """A named campaign with a launching authority; a member only joins what others launched."""

    year = models.ForeignKey(ClusterYear, models.PROTECT, related_name="movements", verbose_name=_("năm"))
    key = models.CharField(_("mã"), max_length=40, default=new_key, editable=False)
    order = models.PositiveSmallIntegerField(_("thứ tự"), default=1)
    title = models.CharField(_("tên phong trào"), max_length=300)
    slogan = models.CharField(_("khẩu hiệu"), max_length=300, blank=True)
    level = models.CharField(_("cấp phát động"), max_length=10, choices=Level)
    launched_by = models.CharField(_("nơi phát động"), max_length=200, blank=True)
    kind = models.CharField(_("loại"), max_length=10, choices=MovementKind)
    starts_on = models.DateField(_("từ ngày"), null=True, blank=True)
    ends_on = models.DateField(_("đến hết ngày"), null=True, blank=True)
    decision_number = models.CharField(_("số văn bản phát động"), max_length=60, blank=True)
    story = models.TextField(_("nội dung, kết quả"), max_length=4000, blank=True)
    directives = models.ManyToManyField(
        Directive, related_name="movements", blank=True, verbose_name=_("văn bản")
    )
    search = models.TextField(editable=False, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        """Database rules."""

        verbose_name = _("phong trào")
        verbose_name_plural = _("phong trào")
        ordering = ["year", "order", "id"]
        constraints = [
            models.UniqueConstraint(fields=["year", "key"], name="movement_key"),
            models.UniqueConstraint(
                fields=["year", "title"],
                name="movement_title",
                violation_error_message=_("Năm này đã có phong trào cùng tên."),
            ),
            one_of("level", Level.choices, "movement_level"),
            one_of("kind", MovementKind.choices, "movement_kind"),
            before("starts_on", "ends_on", "movement_dates", equal=True),
        ]

    def __str__(self) -> str:
        """The title."""
        return self.title


class Participation(TimeStamped):
    """An agency joins a movement."""

    movement = models.ForeignKey(
        Movement, models.CASCADE, related_name="participations", verbose_name=_("phong trào")
    )
    agency = models.ForeignKey(
        Agency, models.PROTECT, related_name="participations", verbose_name=_("đơn vị")
    )
    joined_on = models.DateField(_("hưởng ứng ngày"), null=True, blank=True)

    class Meta:
        """Database rules."""

        verbose_name = _("hưởng ứng")
        verbose_name_plural = _("đơn vị hưởng ứng")
        ordering = ["movement", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["movement", "agency"],
                name="participation_once",
                violation_error_message=_("Đơn vị đã hưởng ứng phong trào này."),
            )
        ]

    def __str__(self) -> str:
        """Ids only."""
        return f"{self.movement_id}/{self.agency_id}"
