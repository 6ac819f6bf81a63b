"""An admin form that was opened before somebody else saved does not overwrite them.

The form carries a mark of the stored columns of its row and of the rows below it. When it is sent, the row is locked
and marked again: another mark is answered with a sentence, keeps what was typed, and brings the new mark, so that the
next press is a decision.
"""

from __future__ import annotations

import hashlib
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _

from core import audit

MARK: Final = "seen_mark"
MOVING: Final = ("last_login",)  # changes by itself


def mark_of(admin: Any, request: HttpRequest, obj: models.Model, *, lock: bool = False) -> str:
    """A short text that changes with any stored column of the row or of its inline rows; one query for each model."""
    stored = type(obj)._base_manager.filter(pk=obj.pk)
    row = (stored.select_for_update(of=("self",)) if lock else stored).first()
    told: list[Any] = [audit.snapshot(row, *MOVING) if row else None]
    for inline in admin.get_inlines(request, obj):
        key = _key_to(inline, type(obj))
        if key:
            below = inline.model._base_manager.filter(**{key: obj.pk}).order_by("pk")
            told.append([audit.snapshot(one, *MOVING) for one in below])
    return hashlib.sha256(audit.canonical(told).encode()).hexdigest()[:16]


def _key_to(inline: Any, owner: type[models.Model]) -> str:
    """The field by which the rows of an inline point to their owner."""
    if inline.fk_name:
        return str(inline.fk_name)
    fields = inline.model._meta.concrete_fields
    found = [
        field.name
        for field in fields
        if field.is_relation and field.related_model is owner._meta.concrete_model
    ]
    return found[0] if found else ""


def refusing_stale(form: type[Any], admin: Any, request: HttpRequest, obj: models.Model) -> type[Any]:
    """The form, with an error when its row is no longer as it was shown; a form without a mark is not checked."""
    seen = request.POST.get(MARK, "")
    if not seen:
        return form

    class Checked(form):
        def clean(self) -> Any:
            data = super().clean()
            lock = transaction.get_connection().in_atomic_block
            if mark_of(admin, request, obj, lock=lock) != seen:
                raise ValidationError(
                    _(
                        "Vừa có người khác sửa dòng này. Những gì bạn gõ còn nguyên dưới đây: xem Lịch sử, "
                        "rồi bấm Lưu lần nữa nếu vẫn muốn ghi."
                    ),
                    code="stale",
                )
            return data

    Checked.__name__ = form.__name__
    return Checked
