"""Movements of a year, who was told of them, who joined, and what was found at the end."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.models import StoredFile, TimeStamped, before, new_key, one_of
from members.enums import Level
from members.models import Agency, ClusterYear, Directive
from movements.enums import MovementKind, ReviewKind


class Movement(TimeStamped):
    """A named campaign with a launching authority; a member only joins what others launched.

    ``responds_to`` is the movement of a higher level that this one carries out in its own words (domain 7.19): one
    level deep, of the same year. ``agency`` is the member that launched it, for one of level "agency" alone.
    """

    year = models.ForeignKey(ClusterYear, models.PROTECT, related_name="movements", verbose_name=_("năm"))
    key = models.CharField(_("mã"), max_length=40, default=new_key, editable=False)
    order = models.PositiveSmallIntegerField(_("thứ tự"), default=1)
    title = models.CharField(_("tên phong trào"), max_length=300)
    slogan = models.CharField(_("khẩu hiệu"), max_length=300, blank=True)
    level = models.CharField(_("cấp phát động"), max_length=10, choices=Level)
    launched_by = models.CharField(_("nơi phát động"), max_length=200, blank=True)
    agency = models.ForeignKey(
        Agency,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="movements",
        verbose_name=_("đơn vị phát động"),
    )
    responds_to = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="responses",
        verbose_name=_("hưởng ứng phong trào"),
    )
    kind = models.CharField(_("loại"), max_length=10, choices=MovementKind)
    starts_on = models.DateField(_("từ ngày"), null=True, blank=True)
    ends_on = models.DateField(_("đến hết ngày"), null=True, blank=True)
    decision_number = models.CharField(_("số văn bản phát động"), max_length=60, blank=True)
    decision_date = models.DateField(_("ngày văn bản"), null=True, blank=True)
    standards = models.TextField(_("nội dung, tiêu chuẩn thi đua"), max_length=4000, blank=True)
    story = models.TextField(_("nội dung, kết quả"), max_length=4000, blank=True)
    answer_by = models.DateField(_("hạn trả lời"), null=True, blank=True)
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
            models.CheckConstraint(
                condition=Q(agency__isnull=True) | Q(level=Level.AGENCY),
                name="movement_agency",
                violation_error_message=_("Chỉ phong trào cấp đơn vị mới ghi đơn vị phát động trong cụm."),
            ),
            models.CheckConstraint(
                condition=Q(responds_to__isnull=True) | ~Q(responds_to=F("id")),
                name="movement_not_own_response",
                violation_error_message=_("Một phong trào không thể hưởng ứng chính nó."),
            ),
        ]

    def __str__(self) -> str:
        """The title."""
        return self.title


class MovementFile(TimeStamped):
    """A paper of the launch: plan, decision, standards; a removed one stays."""

    movement = models.ForeignKey(Movement, models.CASCADE, related_name="files", verbose_name=_("phong trào"))
    key = models.CharField(_("mã"), max_length=40, default=new_key, editable=False)
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+", verbose_name=_("tệp"))
    name = models.CharField(_("tên tệp"), max_length=200)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    removed_at = models.DateTimeField(_("gỡ lúc"), null=True, blank=True)

    class Meta:
        """Database rules."""

        verbose_name = _("tệp của phong trào")
        verbose_name_plural = _("tệp của phong trào")
        ordering = ["movement", "id"]
        constraints = [
            models.UniqueConstraint(fields=["movement", "key"], name="movementfile_key"),
            models.UniqueConstraint(
                fields=["movement", "file"],
                condition=Q(removed_at__isnull=True),
                name="movementfile_once",
                violation_error_message=_("Tệp này đã có ở phong trào."),
            ),
        ]

    def __str__(self) -> str:
        """The shown name."""
        return self.name


class MovementNotice(TimeStamped):
    """A movement was sent to a member: when, when somebody there opened it first, and why it will not join."""

    movement = models.ForeignKey(
        Movement, models.CASCADE, related_name="notices", verbose_name=_("phong trào")
    )
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="notices", verbose_name=_("đơn vị"))
    sent_at = models.DateTimeField(_("gửi lúc"))
    seen_at = models.DateTimeField(_("xem lần đầu lúc"), null=True, blank=True)
    declined_at = models.DateTimeField(_("trả lời không tham gia lúc"), null=True, blank=True)
    decline_reason = models.CharField(_("lý do không tham gia"), max_length=500, blank=True)

    class Meta:
        """Database rules."""

        verbose_name = _("thông báo phát động")
        verbose_name_plural = _("thông báo phát động")
        ordering = ["movement", "id"]
        constraints = [
            models.UniqueConstraint(fields=["movement", "agency"], name="movementnotice_once"),
            models.CheckConstraint(
                condition=Q(declined_at__isnull=True, decline_reason="")
                | (Q(declined_at__isnull=False) & ~Q(decline_reason="")),
                name="movementnotice_reason",
                violation_error_message=_("Không tham gia thì ghi lý do."),
            ),
        ]

    def __str__(self) -> str:
        """Ids only."""
        return f"{self.movement_id}/{self.agency_id}"


class Participation(TimeStamped):
    """An agency joins a movement, perhaps under words of its own and with a plan of its own."""

    movement = models.ForeignKey(
        Movement, models.CASCADE, related_name="participations", verbose_name=_("phong trào")
    )
    agency = models.ForeignKey(
        Agency, models.PROTECT, related_name="participations", verbose_name=_("đơn vị")
    )
    joined_on = models.DateField(_("hưởng ứng ngày"), null=True, blank=True)
    local_title = models.CharField(_("tên gọi tại đơn vị"), max_length=300, blank=True)
    plan_number = models.CharField(_("số kế hoạch"), max_length=60, blank=True)
    plan_date = models.DateField(_("ngày kế hoạch"), null=True, blank=True)
    note = models.CharField(_("ghi chú"), max_length=500, blank=True)

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


class MovementReview(TimeStamped):
    """Sơ kết or tổng kết of a movement: words, and the counts as they stood on that day.

    ``counts`` is written by the verb that closes the review and never afterwards; empty while it is a draft.
    """

    movement = models.ForeignKey(
        Movement, models.CASCADE, related_name="reviews", verbose_name=_("phong trào")
    )
    kind = models.CharField(_("loại"), max_length=10, choices=ReviewKind)
    held_on = models.DateField(_("ngày"))
    result = models.TextField(_("kết quả"), max_length=4000, blank=True)
    shortcomings = models.TextField(_("hạn chế, nguyên nhân"), max_length=4000, blank=True)
    lessons = models.TextField(_("bài học, kiến nghị"), max_length=4000, blank=True)
    counts = models.JSONField(_("số liệu khi chốt"), default=dict, blank=True, editable=False)
    closed_at = models.DateTimeField(_("chốt lúc"), null=True, blank=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        """Database rules."""

        verbose_name = _("sơ kết, tổng kết phong trào")
        verbose_name_plural = _("sơ kết, tổng kết phong trào")
        ordering = ["movement", "held_on", "id"]
        constraints = [
            one_of("kind", ReviewKind.choices, "movementreview_kind"),
            models.UniqueConstraint(
                fields=["movement", "kind", "held_on"],
                name="movementreview_once",
                violation_error_message=_("Phong trào này đã có bản cùng loại, cùng ngày."),
            ),
            models.UniqueConstraint(
                fields=["movement"],
                condition=Q(kind=ReviewKind.FINAL),
                name="movementreview_one_final",
                violation_error_message=_("Phong trào này đã có bản tổng kết."),
            ),
        ]

    def __str__(self) -> str:
        """Kind and day."""
        return f"{self.get_kind_display()} {self.held_on:%d/%m/%Y}"
