"""Base classes of the admin site.

Promises: rights come from the office held today (``admin_site.office``), never from flags or Django's model
permissions; a person sees rows of the clusters the office covers and no others; every save and every deletion is in
the audit, in the same transaction; what is referenced is not deleted.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import Exists, OuterRef, QuerySet
from django.forms.models import BaseInlineFormSet
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import audit
from core.admin_stale import MARK, mark_of, refusing_stale
from core.audit_words import action_words, lines, names_in, role_words, who_words
from core.fields import FixedField
from core.formfields import DayField, LineField, NumberField, TextField
from core.models import AuditEvent

HISTORY = 200
PERSONAL = frozenset({"first_name", "last_name", "email", "password", "username", "last_login"})
FIELDS: dict[type[models.Field[Any, Any]], dict[str, Any]] = {
    models.DateField: {
        "form_class": DayField,
        "widget": forms.TextInput(
            attrs={"inputmode": "numeric", "placeholder": "dd/mm/yyyy", "class": "day"}
        ),
    },
    models.CharField: {"form_class": LineField},
    models.TextField: {"form_class": TextField},
    models.SlugField: {"form_class": forms.SlugField},
    FixedField: {"form_class": NumberField, "widget": forms.TextInput(attrs={"inputmode": "decimal"})},
}


def walk(obj: Any, path: str) -> Any:
    """``year__cluster_id`` of a row."""
    for part in path.split("__"):
        obj = getattr(obj, part) if obj is not None else None
    return obj


def is_referenced(obj: models.Model, own: tuple[str, ...] = ()) -> bool:
    """Whether any row but the object's ``own`` parts (names of models) points to it; one query."""
    checks = {
        f"ref_{place}": Exists(
            relation.related_model._base_manager.filter(**{relation.field.name: OuterRef("pk")})
        )
        for place, relation in enumerate(obj._meta.get_fields(include_hidden=True))
        if isinstance(relation, models.ManyToOneRel) and relation.related_model._meta.model_name not in own
    }
    if not checks:
        return False
    row = type(obj)._base_manager.filter(pk=obj.pk).annotate(**checks).values(*checks).first()
    return bool(row) and any(row.values())


def plain(obj: models.Model) -> dict[str, Any]:
    """Stored columns for the audit; of an account only what names nobody."""
    return audit.snapshot(obj, *PERSONAL)


class OfficeRights:
    """Rights of a model or an inline by the office of today."""

    cluster_path = ""  # "cluster_id", "year__cluster_id"; empty: rows that belong to no cluster
    read_only = False
    superuser_only = False
    superuser_writes = False  # officers look, superusers correct
    addable = True
    deletable = False
    own_parts: tuple[str, ...] = ()  # models whose rows go with the object

    def office(self, request: HttpRequest) -> Any:
        """The office of today, loaded once per request; None for anybody else."""
        return self.admin_site.office(request)  # type: ignore[attr-defined]

    def enters(self, request: HttpRequest) -> bool:
        """Whether this page is open to the office at all."""
        office = self.office(request)
        return office is not None and (office.superuser or not self.superuser_only)

    def writes(self, request: HttpRequest) -> bool:
        """Whether the office may write here at all."""
        if self.read_only or not self.enters(request):
            return False
        return bool(self.office(request).superuser or not self.superuser_writes)

    def covers(self, request: HttpRequest, obj: Any) -> bool:
        """Whether the row is of a cluster that the office covers."""
        return not self.cluster_path or self.office(request).covers(walk(obj, self.cluster_path))

    def is_frozen(self, obj: Any) -> bool:
        """Whether nothing of this row may change any more, whoever asks."""
        return False

    def formfield_for_dbfield(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        """Without the small buttons that open other models in a second window."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)  # type: ignore[misc]
        if field is not None and isinstance(field.widget, RelatedFieldWidgetWrapper):
            field.widget = field.widget.widget
        return field

    def has_module_permission(self, request: HttpRequest) -> bool:
        """See the list in the menu."""
        return self.enters(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Open a row."""
        return self.enters(request) and (obj is None or self.covers(request, obj))

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Make a row."""
        return self.addable and self.writes(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Change a row."""
        return self.writes(request) and (
            obj is None or (self.covers(request, obj) and not self.is_frozen(obj))
        )

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Remove a row that nothing points to."""
        if not self.deletable or not self.has_change_permission(request, obj):
            return False
        return obj is None or not is_referenced(obj, self.own_parts)


class OfficeAdmin(OfficeRights, admin.ModelAdmin):  # type: ignore[type-arg]
    """A model in the admin site: rights by office, rows of covered clusters, every change in the audit."""

    formfield_overrides = FIELDS
    list_per_page = 50
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    view_on_site = False
    object_history_template = "admin/audit_history.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Only rows of clusters that the office covers."""
        rows = super().get_queryset(request)
        office = self.office(request)
        if self.cluster_path and office and not office.every_cluster:
            rows = rows.filter(**{f"{self.cluster_path.removesuffix('_id')}__in": office.cluster_ids})
        return rows

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """One that refuses to overwrite what somebody else saved since it was opened."""
        made = super().get_form(request, obj, change=change, **kwargs)
        if obj is None or request.method != "POST":
            return made
        return refusing_stale(made, self, request, obj)

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> Any:
        """With the mark of the row as it stands now, for whoever may change it."""
        obj = kwargs.get("obj")
        if kwargs.get("change") and obj is not None and self.has_change_permission(request, obj):
            context[MARK] = mark_of(self, request, obj)
        return super().render_change_form(request, context, *args, **kwargs)

    @admin.display(description=gettext_lazy("cụm"))
    def cluster_name(self, obj: Any) -> str:
        """Short name of the cluster the row belongs to; for lists, with the cluster selected."""
        return str(walk(obj, self.cluster_path.removesuffix("_id")).short_name)

    def chain_of(self, obj: Any) -> str:
        """The audit chain a change of this row belongs to."""
        cluster = walk(obj, self.cluster_path) if self.cluster_path else None
        return audit.cluster_chain(cluster) if cluster else audit.SITE

    # Audit: collected while rows are written, recorded last, because the head of a chain is locked last.
    def _note(self, request: HttpRequest, action: str, obj: Any, before: Any, after: Any) -> None:
        notes = request.__dict__.setdefault("_audit_notes", [])
        notes.append((action, obj, obj.pk, before, after))

    def _record(self, request: HttpRequest, owner: Any) -> None:
        actor = self.office(request).actor
        for action, obj, pk, before, after in request.__dict__.pop("_audit_notes", []):
            now, obj.pk = obj.pk, pk
            audit.record(
                self.chain_of(owner),
                action,
                obj,
                actor_id=actor.user_id,
                role=actor.role,
                before=before,
                after=after,
            )
            obj.pk = now

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Save and note what changed; a row that came out as it went in is not noted."""
        before = (
            plain(type(obj)._base_manager.select_for_update(of=("self",)).get(pk=obj.pk)) if change else None
        )
        super().save_model(request, obj, form, change)
        if before is None:
            self._note(request, "admin_add", obj, None, plain(obj))
        elif form.changed_data:
            old, new = audit.changed(before, plain(obj))
            self._note(request, "admin_change", obj, old, new | {"fields": sorted(form.changed_data)})

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """Save the rows of an inline and note each."""
        before = {row.instance.pk: plain(row.instance) for row in formset.initial_forms if row.instance.pk}
        stored = formset.model._base_manager.filter(pk__in=list(before))
        before = {row.pk: plain(row) for row in stored}
        pks = {id(row.instance): row.instance.pk for row in formset.deleted_forms}
        formset.save()
        for obj in formset.new_objects:
            self._note(request, "admin_add", obj, None, plain(obj))
        for obj, _fields in formset.changed_objects:
            self._note(request, "admin_change", obj, *audit.changed(before.get(obj.pk, {}), plain(obj)))
        for obj in formset.deleted_objects:
            obj.pk = obj.pk or pks.get(id(obj))
            self._note(request, "admin_delete", obj, before.get(obj.pk), None)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        """Delete and record it."""
        pk, before = obj.pk, plain(obj)
        super().delete_model(request, obj)
        obj.pk = pk
        self._note(request, "admin_delete", obj, before, None)
        self._record(request, obj)

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """Our audit in place of Django's log."""
        self._record(request, obj)

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """Our audit in place of Django's log."""
        self._record(request, obj)

    def log_deletions(self, request: HttpRequest, queryset: Any) -> Any:
        """Nothing: ``delete_model`` records."""

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """The rows that go; parts of an object go with it and need no permission of their own."""
        listed, counts, _needed, protected = super().get_deleted_objects(objs, request)
        return listed, counts, set(), protected

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """What the audit knows of this row."""
        obj = self.get_object(request, unquote(object_id))
        if obj is None:
            raise Http404
        if not self.has_view_permission(request, obj):
            raise PermissionDenied
        events = AuditEvent.objects.filter(target_type=self.opts.label_lower, target_id=str(obj.pk)).order_by(
            "-id"
        )
        rows = list(events[:HISTORY])
        names = names_in(rows)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Lịch sử thay đổi: %(name)s") % {"name": obj},
            "subtitle": None,
            "module_name": str(self.opts.verbose_name_plural),
            "events": [
                {
                    "at": event.at,
                    "words": action_words(event.action),
                    "actor_id": event.actor_id,
                    "who": who_words(event.actor_id, names),
                    "role": role_words(event.role, names),
                    "told_before": lines(event.before, event.target_type),
                    "told_after": lines(event.after, event.target_type),
                    "reason": event.reason,
                }
                for event in rows
            ],
            "object": obj,
            "opts": self.opts,
            "preserved_filters": self.get_preserved_filters(request),
            **(extra_context or {}),
        }
        request.current_app = self.admin_site.name
        return TemplateResponse(request, self.object_history_template or "", context)


class ReadOnlyAdmin(OfficeAdmin):
    """A model that the admin site only shows."""

    read_only = True
    addable = False


class OfficeInline(OfficeRights):
    """Rows below their owner; whoever may change the owner may change them."""

    extra = 0
    deletable = True
    parent_model: Any

    def is_frozen(self, obj: Any) -> bool:
        """As the owner."""
        owner = self.admin_site._registry.get(self.parent_model)  # type: ignore[attr-defined]
        return isinstance(owner, OfficeRights) and owner.is_frozen(obj)

    def covers(self, request: HttpRequest, obj: Any) -> bool:
        """The owner was asked before."""
        return True

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Where the owner may change."""
        return self.addable and self.has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Where the owner may change; what is referenced is kept by the database and the formset says so."""
        return self.deletable and self.has_change_permission(request, obj)


class LabelledForms(BaseInlineFormSet):  # type: ignore[type-arg]
    """Rows whose tick for deletion has a name for screen readers."""

    def add_fields(self, form: Any, index: int | None) -> None:
        """Name the tick."""
        super().add_fields(form, index)
        if "DELETE" in form.fields:
            words = _("Xóa dòng %(number)s") % {"number": "" if index is None else index + 1}
            form.fields["DELETE"].widget.attrs["aria-label"] = words.strip()


class OfficeTabular(OfficeInline, admin.TabularInline):  # type: ignore[type-arg]
    """A line for each row; its inputs bear the names of their columns, since they have no labels of their own."""

    formfield_overrides = FIELDS
    formset = LabelledForms

    def formfield_for_dbfield(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        """Name the input for screen readers."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None:
            field.widget.attrs["aria-label"] = str(db_field.verbose_name)
        return field


class OfficeStacked(OfficeInline, admin.StackedInline):  # type: ignore[type-arg]
    """A block for each row."""

    formfield_overrides = FIELDS


class LookingTabular(OfficeTabular):
    """Rows below their owner, shown only."""

    read_only = True
    addable = deletable = False
