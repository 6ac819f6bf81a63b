"""What an agency, several, or the whole cluster did."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.fields import SortKeyField
from core.models import TimeStamped, before, new_key, one_of
from members.models import Agency, ClusterYear
from movements.enums import ActivityScope, ActivityState, Precision
from movements.models.movement import Movement
from movements.models.tag import Tag


class Activity(TimeStamped):
    """A recorded activity: draft → submitted → confirmed, or returned with a reason.

    ``agency`` records it and answers for it; an activity of the cluster is recorded by the chair and has none.
    ``sorted_on`` places it in lists, so that an activity known only by its year still has a place.
    ``version`` rises with every save: two people on one activity never overwrite each other silently.
    ``people`` names offices and groups, never persons. ``is_public`` shows it to everybody once it is confirmed.
    """

    year = models.ForeignKey(ClusterYear, models.PROTECT, related_name="activities", verbose_name=_("năm"))
    key = models.CharField(_("mã"), max_length=40, default=new_key, editable=False)
    scope = models.CharField(_("phạm vi"), max_length=8, choices=ActivityScope, default=ActivityScope.AGENCY)
    agency = models.ForeignKey(
        Agency, models.PROTECT, null=True, blank=True, related_name="activities", verbose_name=_("đơn vị")
    )
    movement = models.ForeignKey(
        Movement,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="activities",
        verbose_name=_("phong trào"),
    )
    title = models.CharField(_("tên hoạt động"), max_length=300)
    precision = models.CharField(
        _("biết thời gian đến mức"), max_length=8, choices=Precision, default=Precision.DAY
    )
    starts_on = models.DateField(_("từ ngày"), null=True, blank=True)
    ends_on = models.DateField(_("đến hết ngày"), null=True, blank=True)
    sorted_on = models.DateField(editable=False)
    place = models.CharField(_("địa bàn"), max_length=300, blank=True)
    story = models.TextField(_("mô tả"), max_length=4000, blank=True)
    result = models.TextField(_("kết quả"), max_length=2000, blank=True)
    people = models.CharField(_("thành phần tham dự"), max_length=500, blank=True)
    attended = models.PositiveIntegerField(_("số người tham gia"), null=True, blank=True)
    tags = models.ManyToManyField(Tag, related_name="activities", blank=True, verbose_name=_("nhãn"))
    in_summary = models.BooleanField(_("đưa vào tổng kết"), default=True)
    is_public = models.BooleanField(_("công khai"), default=False)
    state = models.CharField(
        _("trạng thái"), max_length=10, choices=ActivityState, default=ActivityState.DRAFT
    )
    submitted_at = models.DateTimeField(_("gửi lúc"), null=True, blank=True, editable=False)
    confirmed_at = models.DateTimeField(_("xác nhận lúc"), null=True, blank=True, editable=False)
    returned_at = models.DateTimeField(_("trả lại lúc"), null=True, blank=True, editable=False)
    return_reason = models.TextField(_("lý do trả lại"), max_length=1000, blank=True, editable=False)
    edited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("người sửa"),
    )
    search = models.TextField(editable=False, blank=True)
    title_key = SortKeyField(source="title")
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        """Database rules."""

        verbose_name = _("hoạt động")
        verbose_name_plural = _("hoạt động")
        ordering = ["-sorted_on", "-id"]
        indexes = [
            models.Index(fields=["year", "-sorted_on", "-id"], name="activity_list"),
            models.Index(fields=["year", "agency", "-sorted_on", "-id"], name="activity_agency_list"),
            models.Index(fields=["year", "state"], name="activity_state"),
            models.Index(fields=["year", "title_key", "id"], name="activity_title_list"),
            models.Index(fields=["year", "movement", "-sorted_on", "-id"], name="activity_movement_list"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["year", "key"], name="activity_key"),
            one_of("scope", ActivityScope.choices, "activity_scope"),
            one_of("state", ActivityState.choices, "activity_state_known"),
            one_of("precision", Precision.choices, "activity_precision"),
            before("starts_on", "ends_on", "activity_dates", equal=True),
            models.CheckConstraint(
                condition=Q(scope=ActivityScope.CLUSTER, agency__isnull=True)
                | (~Q(scope=ActivityScope.CLUSTER) & Q(agency__isnull=False)),
                name="activity_owner",
                violation_error_message=_(
                    "Hoạt động của đơn vị phải có đơn vị; hoạt động chung của cụm thì không."
                ),
            ),
            models.CheckConstraint(
                condition=Q(precision=Precision.UNKNOWN, starts_on__isnull=True, ends_on__isnull=True)
                | (~Q(precision=Precision.UNKNOWN) & Q(starts_on__isnull=False, ends_on__isnull=False)),
                name="activity_time",
                violation_error_message=_("Ghi thời gian, hoặc chọn “Chưa rõ”."),
            ),
            models.CheckConstraint(
                condition=Q(state=ActivityState.DRAFT, confirmed_at__isnull=True)
                | Q(state=ActivityState.SUBMITTED, submitted_at__isnull=False, confirmed_at__isnull=True)
                | Q(state=ActivityState.CONFIRMED, submitted_at__isnull=False, confirmed_at__isnull=False)
                | (Q(state=ActivityState.RETURNED, returned_at__isnull=False) & ~Q(return_reason="")),
                name="activity_state_times",
                violation_error_message=_("Trạng thái không khớp với thời điểm; trả lại phải ghi lý do."),
            ),
            models.CheckConstraint(condition=Q(version__gte=1) & ~Q(title=""), name="activity_title"),
        ]

    def __str__(self) -> str:
        """The title."""
        return self.title


class ActivityPartner(models.Model):
    """Another member that did the activity together with its owner."""

    activity = models.ForeignKey(
        Activity, models.CASCADE, related_name="partners", verbose_name=_("hoạt động")
    )
    agency = models.ForeignKey(
        Agency, models.PROTECT, related_name="joint_activities", verbose_name=_("đơn vị")
    )

    class Meta:
        """Database rules."""

        verbose_name = _("đơn vị phối hợp")
        verbose_name_plural = _("đơn vị phối hợp")
        ordering = ["activity", "id"]
        constraints = [models.UniqueConstraint(fields=["activity", "agency"], name="activitypartner_once")]

    def __str__(self) -> str:
        """Ids only."""
        return f"{self.activity_id}/{self.agency_id}"
