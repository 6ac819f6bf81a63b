"""The compact of a year with its signatures; what each agency registers: targets and titles."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.fields import FixedField
from core.models import TimeStamped, before, new_key, one_of
from members.models import Agency, ClusterYear
from movements.enums import Direction, Holder, PledgeState, QualifierChoice, RegistrationState
from movements.models.movement import Movement


class Pledge(TimeStamped):
    """Giao ước thi đua of a cluster-year: title, slogan, contents; every member signs it (domain 6.1).

    Its words change only as a draft. Opening it for signing fixes them under ``mark`` (SHA-256); taking it back to the
    draft lapses what was signed.
    """

    year = models.OneToOneField(ClusterYear, models.PROTECT, related_name="pledge", verbose_name=_("năm"))
    title = models.CharField(_("tên giao ước"), max_length=300)
    preamble = models.TextField(_("lời mở đầu"), max_length=4000, blank=True)
    place = models.CharField(_("nơi ký"), max_length=200, blank=True)
    signing_on = models.DateField(_("ngày ký kết"), null=True, blank=True)
    state = models.CharField(_("trạng thái"), max_length=8, choices=PledgeState, default=PledgeState.DRAFT)
    mark = models.CharField(max_length=64, blank=True, editable=False)
    opened_at = models.DateTimeField(_("mở ký lúc"), null=True, blank=True, editable=False)
    closed_at = models.DateTimeField(_("ký xong lúc"), null=True, blank=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        """Database rules."""

        verbose_name = _("giao ước thi đua")
        verbose_name_plural = _("giao ước thi đua")
        ordering = ["year"]
        constraints = [
            one_of("state", PledgeState.choices, "pledge_state_known"),
            models.CheckConstraint(
                condition=Q(state=PledgeState.DRAFT, opened_at__isnull=True, closed_at__isnull=True, mark="")
                | (Q(state=PledgeState.OPEN, opened_at__isnull=False, closed_at__isnull=True) & ~Q(mark=""))
                | (
                    Q(state=PledgeState.CLOSED, opened_at__isnull=False, closed_at__isnull=False)
                    & ~Q(mark="")
                ),
                name="pledge_state_times",
                violation_error_message=_("Trạng thái không khớp với thời điểm."),
            ),
            before("opened_at", "closed_at", "pledge_times", equal=True),
        ]

    def __str__(self) -> str:
        """The title."""
        return self.title


class PledgeClause(models.Model):
    """One content of the compact, in order."""

    pledge = models.ForeignKey(Pledge, models.CASCADE, related_name="clauses", verbose_name=_("giao ước"))
    order = models.PositiveSmallIntegerField(_("thứ tự"))
    text = models.TextField(_("nội dung"), max_length=2000)

    class Meta:
        """Database rules."""

        verbose_name = _("nội dung giao ước")
        verbose_name_plural = _("nội dung giao ước")
        ordering = ["pledge", "order"]
        constraints = [models.UniqueConstraint(fields=["pledge", "order"], name="pledgeclause_order")]

    def __str__(self) -> str:
        """The beginning of the text."""
        return self.text[:60]


class Signature(TimeStamped):
    """An agency signed the compact: who (by account), with which post, when, and which words (``mark``).

    It stays with ``lapsed_at`` when the words were opened again or the agency took it back.
    """

    pledge = models.ForeignKey(Pledge, models.CASCADE, related_name="signatures", verbose_name=_("giao ước"))
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="signatures", verbose_name=_("đơn vị"))
    signed_at = models.DateTimeField(_("ký lúc"))
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("người ký")
    )
    post = models.CharField(_("chức vụ khi ký"), max_length=200, blank=True)
    mark = models.CharField(max_length=64, editable=False)
    lapsed_at = models.DateTimeField(_("hết hiệu lực lúc"), null=True, blank=True)

    class Meta:
        """Database rules."""

        verbose_name = _("chữ ký giao ước")
        verbose_name_plural = _("chữ ký giao ước")
        ordering = ["pledge", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["pledge", "agency"],
                condition=Q(lapsed_at__isnull=True),
                name="signature_once",
                violation_error_message=_("Đơn vị đã ký giao ước này."),
            )
        ]

    def __str__(self) -> str:
        """Ids only."""
        return f"{self.pledge_id}/{self.agency_id}"


class Registration(TimeStamped):
    """Bản đăng ký thi đua of an agency: its targets and titles; sent to the chair, accepted or returned."""

    year = models.ForeignKey(ClusterYear, models.PROTECT, related_name="registrations", verbose_name=_("năm"))
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="registrations", verbose_name=_("đơn vị"))
    state = models.CharField(
        _("trạng thái"), max_length=10, choices=RegistrationState, default=RegistrationState.DRAFT
    )
    note = models.TextField(_("ghi chú"), max_length=2000, blank=True)
    sent_at = models.DateTimeField(_("gửi lúc"), null=True, blank=True, editable=False)
    accepted_at = models.DateTimeField(_("tiếp nhận lúc"), null=True, blank=True, editable=False)
    returned_at = models.DateTimeField(_("trả lại lúc"), null=True, blank=True, editable=False)
    return_reason = models.TextField(_("lý do trả lại"), max_length=1000, blank=True, editable=False)
    edited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        """Database rules."""

        verbose_name = _("bản đăng ký thi đua")
        verbose_name_plural = _("bản đăng ký thi đua")
        ordering = ["year", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["year", "agency"],
                name="registration_once",
                violation_error_message=_("Đơn vị đã có bản đăng ký của năm này."),
            ),
            one_of("state", RegistrationState.choices, "registration_state_known"),
            models.CheckConstraint(
                condition=Q(state=RegistrationState.DRAFT, accepted_at__isnull=True)
                | Q(state=RegistrationState.SENT, sent_at__isnull=False, accepted_at__isnull=True)
                | Q(state=RegistrationState.ACCEPTED, sent_at__isnull=False, accepted_at__isnull=False)
                | (Q(state=RegistrationState.RETURNED, returned_at__isnull=False) & ~Q(return_reason="")),
                name="registration_state_times",
                violation_error_message=_("Trạng thái không khớp với thời điểm; trả lại phải ghi lý do."),
            ),
        ]

    def __str__(self) -> str:
        """Ids only."""
        return f"{self.year_id}/{self.agency_id}"


class Target(TimeStamped):
    """Chỉ tiêu: planned and actual figure of one content; ``plan`` None means no target was set (domain 7.6).

    Numbers are exact to four places in ``unit`` and may be negative; the words are what was typed. ``direction`` says
    which side of the plan is the good one.
    """

    registration = models.ForeignKey(
        Registration, models.CASCADE, related_name="targets", verbose_name=_("bản đăng ký")
    )
    key = models.CharField(_("mã"), max_length=40, default=new_key, editable=False)
    order = models.PositiveSmallIntegerField(_("thứ tự"))
    content = models.CharField(_("nội dung"), max_length=300)
    unit = models.CharField(_("đơn vị tính"), max_length=30)
    direction = models.CharField(_("chiều"), max_length=8, choices=Direction, default=Direction.HIGHER)
    plan = FixedField(_("kế hoạch"), null=True, blank=True)
    plan_words = models.CharField(_("kế hoạch như đã ghi"), max_length=60, blank=True)
    actual = FixedField(_("thực hiện"), null=True, blank=True)
    actual_qualifier = models.CharField(
        _("mức của thực hiện"), max_length=8, choices=QualifierChoice, default=QualifierChoice.EXACT
    )
    actual_words = models.CharField(_("thực hiện như đã ghi"), max_length=60, blank=True)
    actual_on = models.DateField(_("số liệu đến ngày"), null=True, blank=True)
    movement = models.ForeignKey(
        Movement, models.PROTECT, null=True, blank=True, related_name="targets", verbose_name=_("phong trào")
    )
    note = models.CharField(_("ghi chú"), max_length=300, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        """Database rules."""

        verbose_name = _("chỉ tiêu")
        verbose_name_plural = _("chỉ tiêu")
        ordering = ["registration", "order"]
        constraints = [
            models.UniqueConstraint(fields=["registration", "key"], name="target_key"),
            models.UniqueConstraint(
                fields=["registration", "content"],
                name="target_content",
                violation_error_message=_("Bản đăng ký đã có chỉ tiêu cùng nội dung."),
            ),
            one_of("direction", Direction.choices, "target_direction"),
            one_of("actual_qualifier", QualifierChoice.choices, "target_actual_qualifier"),
            models.CheckConstraint(condition=~Q(content="") & ~Q(unit=""), name="target_words"),
        ]

    def __str__(self) -> str:
        """The content."""
        return self.content


class TitleKind(models.Model):
    """A title or an award that may be registered, as the law of that time names it: data, edited in the admin site."""

    name = models.CharField(_("tên danh hiệu, hình thức"), max_length=200, unique=True)
    holder = models.CharField(_("dành cho"), max_length=10, choices=Holder)
    order = models.PositiveSmallIntegerField(_("thứ tự"), default=1)
    valid_from = models.DateField(_("áp dụng từ"), null=True, blank=True)
    valid_to = models.DateField(_("đến hết"), null=True, blank=True)
    basis = models.CharField(_("căn cứ"), max_length=200, blank=True)

    class Meta:
        """Database rules."""

        verbose_name = _("danh hiệu đăng ký được")
        verbose_name_plural = _("danh mục danh hiệu đăng ký")
        ordering = ["holder", "order", "id"]
        constraints = [
            one_of("holder", Holder.choices, "titlekind_holder"),
            before("valid_from", "valid_to", "titlekind_dates", equal=True),
        ]

    def __str__(self) -> str:
        """The name."""
        return self.name


class TitleRegistration(models.Model):
    """A title an agency aims at, in the words of the paper, and for how many: numbers only, no persons' names."""

    registration = models.ForeignKey(
        Registration, models.CASCADE, related_name="titles", verbose_name=_("bản đăng ký")
    )
    order = models.PositiveSmallIntegerField(_("thứ tự"))
    holder = models.CharField(_("dành cho"), max_length=10, choices=Holder)
    title = models.CharField(_("danh hiệu, hình thức"), max_length=200)
    count = models.PositiveIntegerField(_("số lượng"), default=1)
    note = models.CharField(_("ghi chú"), max_length=300, blank=True)

    class Meta:
        """Database rules."""

        verbose_name = _("đăng ký danh hiệu")
        verbose_name_plural = _("đăng ký danh hiệu")
        ordering = ["registration", "order"]
        constraints = [
            models.UniqueConstraint(fields=["registration", "order"], name="titleregistration_order"),
            models.UniqueConstraint(
                fields=["registration", "title"],
                name="titleregistration_once",
                violation_error_message=_("Bản đăng ký đã có danh hiệu này."),
            ),
            one_of("holder", Holder.choices, "titleregistration_holder"),
            models.CheckConstraint(condition=Q(count__gte=1) & ~Q(title=""), name="titleregistration_some"),
        ]

    def __str__(self) -> str:
        """The title."""
        return self.title
