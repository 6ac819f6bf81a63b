"""What was given, by whom, to whom."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.fields import FixedField
from core.models import TimeStamped, new_key, one_of
from members.models import Agency, Cluster
from movements.enums import ContributionKind, PartState, QualifierChoice
from movements.models.activity import Activity


class Beneficiary(TimeStamped):
    """A receiver, shared by all activities of a cluster; the folded name keeps one row for one receiver."""

    cluster = models.ForeignKey(Cluster, models.PROTECT, related_name="beneficiaries", verbose_name=_("cụm"))
    name = models.CharField(_("nơi nhận"), max_length=300)
    folded = models.CharField(max_length=300, editable=False)

    class Meta:
        """Database rules."""

        verbose_name = _("nơi nhận")
        verbose_name_plural = _("nơi nhận")
        ordering = ["folded"]
        constraints = [models.UniqueConstraint(fields=["cluster", "folded"], name="beneficiary_once")]

    def __str__(self) -> str:
        """The name."""
        return self.name


class Contribution(TimeStamped):
    """One gift: a quantity with its unit, a value in đồng, or both; each with a qualifier and the original words.

    ``part_of`` points to another figure of the same cluster-year (one level deep, no circle: the domain verb checks
    this under the year's lock); ``part_state`` says whether it is inside that figure. A joint gift has several
    contributors and is counted once for the cluster. ``given_on`` is empty where the day is the activity's.
    ``version`` rises with every change of the row, so that two rows of one grid are two things.
    """

    activity = models.ForeignKey(
        Activity, models.CASCADE, related_name="contributions", verbose_name=_("hoạt động")
    )
    key = models.CharField(_("mã"), max_length=40, default=new_key, editable=False)
    order = models.PositiveSmallIntegerField(_("thứ tự"))
    kind = models.CharField(_("loại"), max_length=10, choices=ContributionKind)
    description = models.CharField(_("nội dung"), max_length=300)
    quantity = FixedField(_("số lượng"), null=True, blank=True)
    unit = models.CharField(_("đơn vị tính"), max_length=30, blank=True)
    quantity_qualifier = models.CharField(
        _("mức của số lượng"), max_length=8, choices=QualifierChoice, default=QualifierChoice.EXACT
    )
    quantity_words = models.CharField(_("số lượng như đã ghi"), max_length=60, blank=True)
    value = models.PositiveBigIntegerField(_("trị giá (đồng)"), null=True, blank=True)
    value_qualifier = models.CharField(
        _("mức của trị giá"), max_length=8, choices=QualifierChoice, default=QualifierChoice.EXACT
    )
    value_words = models.CharField(_("trị giá như đã ghi"), max_length=60, blank=True)
    beneficiary = models.ForeignKey(
        Beneficiary,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="contributions",
        verbose_name=_("nơi nhận"),
    )
    given_on = models.DateField(_("ngày trao"), null=True, blank=True)
    place = models.CharField(_("địa bàn"), max_length=300, blank=True)
    purpose = models.CharField(_("để làm gì"), max_length=300, blank=True)
    part_of = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="parts", verbose_name=_("thuộc số tổng")
    )
    part_state = models.CharField(_("quan hệ với số tổng"), max_length=12, choices=PartState, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        """Database rules."""

        verbose_name = _("khoản đóng góp")
        verbose_name_plural = _("khoản đóng góp")
        ordering = ["activity", "order"]
        indexes = [models.Index(fields=["kind", "activity"], name="contribution_of_kind")]
        constraints = [
            models.UniqueConstraint(fields=["activity", "key"], name="contribution_key"),
            one_of("kind", ContributionKind.choices, "contribution_kind"),
            one_of("quantity_qualifier", QualifierChoice.choices, "contribution_quantity_qualifier"),
            one_of("value_qualifier", QualifierChoice.choices, "contribution_value_qualifier"),
            one_of("part_state", [("", ""), *PartState.choices], "contribution_part_state"),
            models.CheckConstraint(
                # NULL > 0 is unknown, which a check lets pass: ask for the figure as well.
                condition=Q(quantity__isnull=False, quantity__gt=0) | Q(value__isnull=False, value__gt=0),
                name="contribution_something",
                violation_error_message=_("Ghi số lượng hoặc trị giá, lớn hơn 0."),
            ),
            models.CheckConstraint(
                condition=Q(quantity__isnull=True) | (Q(quantity__gt=0) & ~Q(unit="")),
                name="contribution_unit",
                violation_error_message=_("Có số lượng thì phải có đơn vị tính."),
            ),
            models.CheckConstraint(
                condition=Q(part_of__isnull=True, part_state="")
                | (Q(part_of__isnull=False) & ~Q(part_state="")),
                name="contribution_part",
                violation_error_message=_("Chọn khoản này đã tính trong số tổng hay chưa, hoặc ghi chưa rõ."),
            ),
            models.CheckConstraint(
                condition=Q(part_of__isnull=True) | ~Q(part_of=F("id")),
                name="contribution_not_own_part",
                violation_error_message=_("Một khoản không thể nằm trong chính nó."),
            ),
        ]

    def __str__(self) -> str:
        """The description."""
        return self.description


class Contributor(models.Model):
    """Who gave: a member agency, or somebody outside the cluster by name; the share is optional."""

    contribution = models.ForeignKey(
        Contribution, models.CASCADE, related_name="contributors", verbose_name=_("khoản đóng góp")
    )
    order = models.PositiveSmallIntegerField(_("thứ tự"))
    agency = models.ForeignKey(
        Agency, models.PROTECT, null=True, blank=True, related_name="contributed", verbose_name=_("đơn vị")
    )
    outside_name = models.CharField(_("đơn vị ngoài cụm"), max_length=200, blank=True)
    share = models.PositiveBigIntegerField(_("phần góp (đồng)"), null=True, blank=True)

    class Meta:
        """Database rules."""

        verbose_name = _("bên đóng góp")
        verbose_name_plural = _("bên đóng góp")
        ordering = ["contribution", "order"]
        constraints = [
            models.UniqueConstraint(fields=["contribution", "order"], name="contributor_order"),
            models.UniqueConstraint(
                fields=["contribution", "agency"], condition=Q(agency__isnull=False), name="contributor_once"
            ),
            models.CheckConstraint(
                condition=Q(agency__isnull=False, outside_name="")
                | (Q(agency__isnull=True) & ~Q(outside_name="")),
                name="contributor_who",
                violation_error_message=_("Chọn một đơn vị trong cụm, hoặc ghi tên đơn vị ngoài cụm."),
            ),
        ]

    def __str__(self) -> str:
        """The outside name, or the agency's id."""
        return self.outside_name or str(self.agency_id)
