"""Papers of authorities that a year carries out or is based on."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.models import StoredFile, TimeStamped, before, one_of
from members.enums import DirectiveKind, DirectiveUse
from members.models.year import ClusterYear


class Directive(TimeStamped):
    """A paper; the same number may come from different bodies, so its identity is number + issuer + date."""

    kind = models.CharField(_("loại văn bản"), max_length=12, choices=DirectiveKind)
    number = models.CharField(_("số, ký hiệu"), max_length=60)
    issuer = models.CharField(_("cơ quan ban hành"), max_length=200)
    issued_on = models.DateField(_("ngày ban hành"), null=True, blank=True)
    title = models.CharField(_("trích yếu"), max_length=500)
    file = models.ForeignKey(
        StoredFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("tệp")
    )
    valid_from = models.DateField(_("hiệu lực từ"), null=True, blank=True)
    valid_to = models.DateField(_("hết hiệu lực từ"), null=True, blank=True)

    class Meta:
        """Database rules."""

        verbose_name = _("văn bản")
        verbose_name_plural = _("văn bản chỉ đạo, căn cứ pháp lý")
        ordering = ["issued_on", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["number", "issuer", "issued_on"], name="directive_identity",
                violation_error_message=_("Văn bản cùng số, cùng cơ quan, cùng ngày đã có."),
            ),
            models.UniqueConstraint(
                fields=["number", "issuer"], condition=models.Q(issued_on__isnull=True), name="directive_undated",
                violation_error_message=_("Văn bản cùng số, cùng cơ quan, không ghi ngày đã có."),
            ),
            one_of("kind", DirectiveKind.choices, "directive_kind"),
            before("valid_from", "valid_to", "directive_validity"),
        ]  # fmt: skip

    def __str__(self) -> str:
        """Kind and number."""
        return f"{DirectiveKind(self.kind).label} {self.number}"


class YearDirective(models.Model):
    """A year cites a paper, for one use."""

    year = models.ForeignKey(ClusterYear, models.CASCADE, related_name="cited", verbose_name=_("năm"))
    directive = models.ForeignKey(
        Directive, models.PROTECT, related_name="citations", verbose_name=_("văn bản")
    )
    use = models.CharField(_("vì"), max_length=12, choices=DirectiveUse)
    order = models.PositiveSmallIntegerField(_("thứ tự"), default=1)

    class Meta:
        """Database rules."""

        verbose_name = _("văn bản của năm")
        verbose_name_plural = _("văn bản của năm")
        ordering = ["year", "use", "order"]
        constraints = [
            models.UniqueConstraint(fields=["year", "directive", "use"], name="yeardirective_once"),
            one_of("use", DirectiveUse.choices, "yeardirective_use"),
        ]

    def __str__(self) -> str:
        """Ids only."""
        return f"{self.year_id}/{self.directive_id}"
