"""Secret links given to people: invitations, new passwords, calendars. Only a hash of the secret is kept."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.models import TimeStamped, before, one_of
from members.enums import Function, InvitationKind
from members.models.agency import Agency
from members.models.cluster import Cluster
from members.models.person import Person, has_scope


class Invitation(TimeStamped):
    """A link that makes somebody a person of an agency, or lets an account choose a new password; works once.

    ``token_hash`` is the SHA-256 of a secret of 256 bits that is shown once and never stored. ``name`` is whom the
    office means; it is emptied when the link is used, revoked or swept.
    """

    kind = models.CharField(_("để làm gì"), max_length=8, choices=InvitationKind, default=InvitationKind.JOIN)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    name = models.CharField(_("gửi cho"), max_length=150, blank=True)
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="invitations", verbose_name=_("đơn vị"))
    function = models.CharField(_("chức năng"), max_length=10, choices=Function, blank=True)
    post = models.CharField(_("chức vụ"), max_length=150, blank=True)
    cluster = models.ForeignKey(
        Cluster, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("phụ trách cụm")
    )
    all_clusters = models.BooleanField(_("phụ trách mọi cụm"), default=False)
    starts_on = models.DateField(_("từ ngày"), null=True, blank=True)
    ends_on = models.DateField(_("đến trước ngày"), null=True, blank=True)
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("tài khoản"),
    )
    person = models.ForeignKey(Person, models.SET_NULL, null=True, blank=True, related_name="+")
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    expires_at = models.DateTimeField(_("hết hạn lúc"))
    used_at = models.DateTimeField(_("dùng lúc"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("thu hồi lúc"), null=True, blank=True)

    class Meta:
        """Database rules."""

        verbose_name = _("lời mời")
        verbose_name_plural = _("lời mời và liên kết đặt lại mật khẩu")
        ordering = ["-created_at", "-id"]
        constraints = [
            one_of("kind", InvitationKind.choices, "invitation_kind"),
            one_of("function", [("", ""), *Function.choices], "invitation_function"),
            before("starts_on", "ends_on", "invitation_dates"),
            models.CheckConstraint(
                condition=Q(used_at__isnull=True) | Q(revoked_at__isnull=True),
                name="invitation_one_end",
                violation_error_message=_("Lời mời đã dùng thì không thu hồi được nữa."),
            ),
            models.CheckConstraint(
                condition=(Q(kind=InvitationKind.JOIN, starts_on__isnull=False) & ~Q(function=""))
                | Q(kind=InvitationKind.PASSWORD, account__isnull=False, function=""),
                name="invitation_for",
                violation_error_message=_("Lời mời phải ghi chức năng và ngày bắt đầu."),
            ),
            has_scope("invitation_scope"),
        ]

    def __str__(self) -> str:
        """Kind; names are people's."""
        return str(InvitationKind(self.kind).label)


class CalendarFeed(TimeStamped):
    """One person's secret address of an .ics calendar; a new one revokes the old one."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="calendar_feeds", verbose_name=_("tài khoản")
    )
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    revoked_at = models.DateTimeField(_("thu hồi lúc"), null=True, blank=True)

    class Meta:
        """Database rules."""

        verbose_name = _("liên kết lịch")
        verbose_name_plural = _("liên kết lịch")
        ordering = ["user", "-created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=Q(revoked_at__isnull=True), name="calendarfeed_one_live",
                violation_error_message=_("Mỗi người chỉ có một liên kết lịch đang dùng."),
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        """Id of the account."""
        return str(self.user_id)
