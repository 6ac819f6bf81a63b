"""People: an account's post and function at an agency, with dates."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.models import TimeStamped, before, one_of
from members.enums import Function
from members.models.agency import Agency
from members.models.cluster import Cluster

COUNCIL_FUNCTIONS = (Function.OBSERVER, Function.OFFICER)


def has_scope(name: str) -> models.CheckConstraint:
    """A function of the council says for which cluster, or plainly for all; one of an agency says neither."""
    council = Q(function__in=COUNCIL_FUNCTIONS)
    return models.CheckConstraint(
        condition=(~council & Q(cluster__isnull=True, all_clusters=False))
        | (council & (Q(cluster__isnull=False) ^ Q(all_clusters=True))),
        name=name,
        violation_error_message=_(
            "Chức năng của Hội đồng phải chọn một cụm, hoặc mọi cụm; chức năng của đơn vị thì không chọn cụm."
        ),
    )


class Person(TimeStamped):
    """What an account does for an agency; an account may hold several. A council function needs a cluster to act on,
    or says plainly that it covers all: without a scope there is no right.

    ``stands_for``: the account deputises for another person, with that person's function and agency, for some days;
    it ends with them, and with the other's own days. The audit names both.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="people", verbose_name=_("tài khoản")
    )
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="people", verbose_name=_("đơn vị"))
    function = models.CharField(_("chức năng"), max_length=10, choices=Function)
    post = models.CharField(_("chức vụ"), max_length=150, blank=True)
    cluster = models.ForeignKey(
        Cluster, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("phụ trách cụm")
    )
    all_clusters = models.BooleanField(_("phụ trách mọi cụm"), default=False)
    starts_on = models.DateField(_("từ ngày"))
    ends_on = models.DateField(_("đến trước ngày"), null=True, blank=True)
    stands_for = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="stand_ins", verbose_name=_("thay cho")
    )

    class Meta:
        """Database rules."""

        verbose_name = _("người dùng")
        verbose_name_plural = _("người dùng")
        ordering = ["agency", "function"]
        constraints = [
            one_of("function", Function.choices, "person_function"),
            before("starts_on", "ends_on", "person_dates"),
            models.CheckConstraint(
                condition=Q(stands_for__isnull=True) | Q(ends_on__isnull=False),
                name="person_stand_in_ends",
                violation_error_message=_("Ủy quyền làm thay phải có ngày kết thúc."),
            ),
            models.CheckConstraint(
                condition=Q(stands_for__isnull=True) | ~Q(stands_for=models.F("id")),
                name="person_stand_in_other",
                violation_error_message=_("Không ai làm thay chính mình."),
            ),
            has_scope("person_scope"),
        ]

    def __str__(self) -> str:
        """Post or function."""
        return self.post or str(Function(self.function).label)
