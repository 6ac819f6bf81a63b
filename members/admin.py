"""Clusters, agencies, years, roles and people in the admin site."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Count, Exists, OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.admin_base import OfficeAdmin, OfficeStacked, OfficeTabular, ReadOnlyAdmin
from core.admin_search import FoldedSearch
from core.dates import local_today
from core.folding import fold, search_terms
from members import admin_governance, admin_people, admin_rotation  # noqa: F401 - they register themselves
from members.admin_choices import Choices
from members.domain.agencies import fill_sort_key
from members.domain.people import agencies_of
from members.domain.years import make_phases
from members.enums import PhaseKind
from members.forms import CharterForm, ClusterForm, MemberForms, NameForms, YearForm
from members.models import (
    Agency,
    AgencyLink,
    AgencyName,
    Charter,
    Cluster,
    ClusterYear,
    Directive,
    Membership,
    Phase,
    RoleTerm,
    YearDirective,
)
from members.queries import agency_name
from members.usage import agencies_in_use


@admin.register(Cluster)
class ClusterAdmin(FoldedSearch, Choices, OfficeAdmin):
    """Clusters; the name in the address never changes, since published pages stand below it."""

    cluster_path = "pk"
    deletable = True
    list_display = ("name", "kind", "level", "place", "years_count")
    list_filter = ("kind", "level")
    folded = ("name", "short_name", "slug", "place")
    form = ClusterForm
    fields = ("kind", "name", "short_name", "slug", "level", "place", "parent")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Cluster]:
        """With the number of years."""
        return super().get_queryset(request).annotate(years_n=Count("years"))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """The address stays."""
        return ("slug",) if obj else ()

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whoever covers every cluster."""
        return super().has_add_permission(request, obj) and self.office(request).every_cluster

    @admin.display(description=_("số năm"), ordering="years_n")
    def years_count(self, cluster: Any) -> int:
        """How many years."""
        return int(cluster.years_n)


class PhaseInline(OfficeTabular):
    """Planned days; a step opens and closes on its own page only."""

    model = Phase
    fields = ("step", "planned_from", "planned_to", "opened_at", "closed_at")
    readonly_fields = ("step", "opened_at", "closed_at")
    addable = deletable = False

    @admin.display(description=_("bước"))
    def step(self, phase: Phase) -> str:
        """Its name."""
        return f"{phase.order}. {PhaseKind(phase.kind).label}"


class MembershipInline(Choices, OfficeTabular):
    """Members in charter order; who has work in the year leaves by date, see ``MemberForms``."""

    model = Membership
    formset = MemberForms
    fields = ("order", "agency", "joined_on", "left_on")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Membership]:
        """With names, for a year that is only shown."""
        return super().get_queryset(request).select_related("agency").prefetch_related("agency__names")

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        """Tell the formset which members have work in the year."""
        made: Any = super().get_formset(request, obj, **kwargs)
        if obj is not None and request.method == "POST":
            made.in_use = agencies_in_use(obj)
        return made


class CharterInline(OfficeStacked):
    """The rules of the year, every rule a line; its own editor comes later."""

    model = Charter
    form = CharterForm
    fields = ("data", "why", "version")
    readonly_fields = ("version",)
    addable = deletable = False


class YearDirectiveInline(Choices, OfficeTabular):
    """Papers the year carries out."""

    model = YearDirective
    fields = ("order", "directive", "use")

    def get_queryset(self, request: HttpRequest) -> QuerySet[YearDirective]:
        """With the papers, for a year that is only shown."""
        return super().get_queryset(request).select_related("directive")


@admin.register(ClusterYear)
class ClusterYearAdmin(FoldedSearch, Choices, OfficeAdmin):
    """Years: members, planned days, rules, papers; and the way to hand the lead over."""

    cluster_path = "cluster_id"
    form = YearForm
    change_form_template = "admin/members/year_change.html"
    list_display = ("label", "cluster_name", "starts_on", "ends_on", "open_step", "member_count", "is_closed")
    list_select_related = ("cluster",)
    list_filter = (("cluster", admin.RelatedOnlyFieldListFilter),)
    folded = ("label", "cluster__name", "cluster__short_name", "cluster__place")
    fields = ("cluster", "label", ("starts_on", "ends_on"), "slogan", "sample", "sealed_at")
    inlines = (MembershipInline, PhaseInline, YearDirectiveInline, CharterInline)

    def get_queryset(self, request: HttpRequest) -> QuerySet[ClusterYear]:
        """With the open step and the number of members."""
        now_open = Phase.objects.filter(year=OuterRef("pk"), opened_at__isnull=False, closed_at__isnull=True)
        rows = super().get_queryset(request).select_related("cluster")
        return rows.annotate(members_n=Count("memberships"), open_kind=Subquery(now_open.values("kind")[:1]))

    def is_frozen(self, obj: Any) -> bool:
        """A closed year does not change."""
        return bool(obj.is_sealed)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Cluster and label stand in addresses and stay."""
        return ("cluster", "label", "sealed_at") if obj else ("sealed_at",)

    def get_inlines(self, request: HttpRequest, obj: Any = None) -> Any:
        """A new year gets its steps and rules when it is saved."""
        return self.inlines if obj else (MembershipInline,)

    def get_urls(self) -> list[URLPattern]:
        """The pages that hand over and open."""
        wrap = self.admin_site.admin_view
        return [
            path("<int:pk>/luan-chuyen/", wrap(self._rotate), name="members_clusteryear_rotate"),
            path("<int:pk>/thay-giua-ky/", wrap(self._replace), name="members_clusteryear_replace"),
            path("<int:pk>/mo-nam-ke-tiep/", wrap(self._open_next), name="members_clusteryear_open_next"),
            *super().get_urls(),
        ]

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> Any:
        """Offer the buttons to whoever may write; a closed year hands over too."""
        context["change_roles"] = bool(kwargs.get("change")) and self.writes(request)
        return super().render_change_form(request, context, *args, **kwargs)

    def _rotate(self, request: HttpRequest, pk: int) -> Any:
        return admin_rotation.rotation(self, request, pk, within=False)

    def _replace(self, request: HttpRequest, pk: int) -> Any:
        return admin_rotation.rotation(self, request, pk, within=True)

    def _open_next(self, request: HttpRequest, pk: int) -> Any:
        return admin_rotation.open_next(self, request, pk)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """A new year starts with its rules and its first step open."""
        super().save_model(request, obj, form, change)
        if not change:
            Charter.objects.create(year=obj)
            make_phases(obj, opened_at=timezone.now())

    @admin.display(description=_("bước đang mở"))
    def open_step(self, year: Any) -> str:
        """Its name."""
        return str(PhaseKind(year.open_kind).label) if year.open_kind else ""

    @admin.display(description=_("số thành viên"), ordering="members_n")
    def member_count(self, year: Any) -> int:
        """How many members."""
        return int(year.members_n)

    @admin.display(description=_("đã đóng"), boolean=True)
    def is_closed(self, year: Any) -> bool:
        """Whether nothing changes any more."""
        return bool(year.is_sealed)


class AgencyNameInline(OfficeTabular):
    """Names with their days; a new name starts where the old one ends."""

    model = AgencyName
    formset = NameForms
    fields = ("name", "short_name", "aliases", "valid_from", "valid_to")
    min_num = 1


class SuccessorInline(Choices, OfficeTabular):
    """Agencies that follow this one."""

    model = AgencyLink
    fk_name = "predecessor"
    verbose_name_plural = _("Đơn vị kế thừa")
    fields = ("successor", "on", "basis")

    def get_queryset(self, request: HttpRequest) -> QuerySet[AgencyLink]:
        """With names, for an agency that is only shown."""
        return super().get_queryset(request).select_related("successor").prefetch_related("successor__names")


@admin.register(Agency)
class AgencyAdmin(OfficeAdmin):
    """Agencies under their names of today; found with and without accents."""

    deletable = True
    own_parts = ("agencyname",)
    list_display = ("name_today", "short_today", "kind", "code", "closed_on")
    list_filter = ("kind",)
    search_fields = ("code",)
    search_help_text = _("Tìm theo tên, tên gọi khác hoặc mã; không cần gõ dấu")
    fields = ("code", "kind", "closed_on")
    inlines = (AgencyNameInline, SuccessorInline)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Agency]:
        """With today's names, in Vietnamese order; agencies of other clusters only for who covers all."""
        today = local_today(timezone.now())
        rows = super().get_queryset(request).prefetch_related("names")
        rows = rows.annotate(
            shown=agency_name("pk", today),
            shown_short=agency_name("pk", today, "short_name"),
            place_in_order=agency_name("pk", today, "sort_key"),
        )
        office = self.office(request)
        if office and not office.every_cluster:
            members = Membership.objects.filter(agency=OuterRef("pk"))
            rows = rows.filter(
                Exists(members.filter(year__cluster__in=office.cluster_ids)) | ~Exists(members)
            )
        return rows

    def get_ordering(self, request: HttpRequest) -> tuple[Any, ...]:
        """In Vietnamese order of today's names; an expression, because fields that point to agencies ask too."""
        return (agency_name("pk", local_today(timezone.now()), "sort_key").asc(), "code")

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        """Every word, folded, in any name the agency ever had, or in its code."""
        terms = search_terms(search_term)
        if not terms:
            return queryset, False
        texts: dict[int, str] = {}
        rows = AgencyName.objects.order_by("pk").values_list(
            "agency", "agency__code", "name", "short_name", "aliases"
        )
        for pk, *words in rows:
            texts[pk] = f"{texts.get(pk, '')} {fold(' '.join(words))}"
        found = [pk for pk, text in texts.items() if all(term in text for term in terms)]
        return queryset.filter(pk__in=found), False

    def is_manageable(self, request: HttpRequest, obj: Any) -> bool:
        """Whether no other cluster has a say in the agency."""
        actor = self.office(request).actor
        if actor.every_cluster or not Membership.objects.filter(agency=obj).exists():
            return True
        return bool(agencies_of(actor).filter(pk=obj.pk).exists())

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """An agency that stands in other clusters as well is changed by who covers them all."""
        return super().has_change_permission(request, obj) and (
            obj is None or self.is_manageable(request, obj)
        )

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """The code names the agency in year files and stays."""
        return ("code",) if obj else ()

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """Give every name its place in Vietnamese order."""
        if formset.model is AgencyName:
            for row in formset.forms:
                fill_sort_key(row.instance)
        super().save_formset(request, form, formset, change)

    @admin.display(description=_("tên đầy đủ"), ordering="place_in_order")
    def name_today(self, agency: Any) -> str:
        """The name valid today, else the newest."""
        return agency.shown or str(agency)

    @admin.display(description=_("tên gọn"))
    def short_today(self, agency: Any) -> str:
        """The short name valid today."""
        return agency.shown_short or ""


@admin.register(Directive)
class DirectiveAdmin(FoldedSearch, OfficeAdmin):
    """Papers that years and movements cite."""

    deletable = True
    list_display = ("number", "kind", "issuer", "issued_on", "title")
    list_filter = ("kind",)
    folded = ("number", "issuer", "title")
    fields = ("kind", "number", "issuer", "issued_on", "title", ("valid_from", "valid_to"))


@admin.register(RoleTerm)
class RoleTermAdmin(FoldedSearch, ReadOnlyAdmin):
    """Terms are written by handing over, on the page of the year, and nowhere else."""

    cluster_path = "cluster_id"
    list_display = ("role", "agency", "cluster_name", "starts_on", "ends_on", "basis")
    list_select_related = ("cluster", "agency")
    list_filter = (("cluster", admin.RelatedOnlyFieldListFilter), "role")
    folded = ("agency__names__name", "agency__names__short_name", "cluster__name", "decision_number", "note")
    fields = (
        "cluster", "role", "order", "agency", "starts_on", "ends_on",
        "basis", "decision_number", "decision_date", "note",
    )  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> QuerySet[RoleTerm]:
        """With the names of the agencies."""
        return super().get_queryset(request).prefetch_related("agency__names")
