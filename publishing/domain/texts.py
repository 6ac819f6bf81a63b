"""The paragraphs that people write for the summary: read with a token, saved as a whole."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from core import audit
from core.access import check
from core.errors import DomainError, Problem, Stale
from core.folding import clean
from members.domain.lock import lock_year
from members.models import ClusterYear
from members.scope import Scope
from publishing.domain.canonical import canonical_bytes
from publishing.enums import TextKind
from publishing.models import YearText

MAX_LENGTH = 4000
MAX_PARAGRAPHS = 20

Texts = dict[str, list[str]]


def texts_of(year: ClusterYear) -> Texts:
    """The paragraphs of each kind in their order; one query."""
    found: Texts = {kind: [] for kind in TextKind.values}
    for kind, text in (
        YearText.objects.filter(year=year).order_by("kind", "order").values_list("kind", "text")
    ):
        found[kind].append(text)
    return found


def token_of(texts: Mapping[str, Sequence[str]]) -> str:
    """What names this state of the texts: two people who start from the same state have the same token."""
    return hashlib.sha256(canonical_bytes(texts)).hexdigest()[:32]


def save_texts(scope: Scope, token: str, texts: Mapping[str, Sequence[str]]) -> Texts:
    """Replace the year's paragraphs by ``texts`` and return them as kept; empty paragraphs go.

    Effects in order: the year is locked, paragraphs are changed in place, added and removed, the audit tells of it.
    Raises ``Refused`` without the right, ``Stale`` (with the texts as they stand) when somebody saved since ``token``,
    ``DomainError`` for an over-long paragraph or too many. Saving what stands already writes nothing.
    """
    wanted = _cleaned(texts)
    with transaction.atomic():
        scope = lock_year(scope)
        check(scope, "text_edit")
        year = scope.year
        before = texts_of(year)
        if token != token_of(before):
            if wanted == before:  # the same form sent twice
                return before
            raise Stale(before)
        if wanted == before:
            return before
        for kind in TextKind.values:
            _save_kind(year, kind, wanted[kind])
        old, new = audit.changed(before, wanted)
        audit.record(
            audit.cluster_chain(year.cluster_id),
            "text_edit",
            year,
            actor_id=scope.user.pk,
            role=scope.audit_role,
            before=old,
            after=new,
        )
    return wanted


def _cleaned(texts: Mapping[str, Sequence[str]]) -> Texts:
    problems: list[Problem] = []
    wanted: Texts = {}
    for kind in TextKind.values:
        paragraphs = [clean(text).strip() for text in texts.get(kind, ())]
        wanted[kind] = [text for text in paragraphs if text]
        if len(wanted[kind]) > MAX_PARAGRAPHS:
            sentence = _("Mỗi phần có nhiều nhất %(max)d đoạn.") % {"max": MAX_PARAGRAPHS}
            problems.append(Problem(sentence, kind))
        if any(len(text) > MAX_LENGTH for text in wanted[kind]):
            sentence = _("Mỗi đoạn dài nhất %(max)d ký tự: hãy tách thành nhiều đoạn.") % {"max": MAX_LENGTH}
            problems.append(Problem(sentence, kind))
    if problems:
        raise DomainError(problems)
    return wanted


def _save_kind(year: ClusterYear, kind: str, wanted: Sequence[str]) -> None:
    """Rows keep their place and key where they can, so that a mended word changes one row."""
    rows = list(YearText.objects.filter(year=year, kind=kind).order_by("order"))
    for row, text in zip(rows, wanted, strict=False):
        if row.text != text:
            row.text = text
            row.save(update_fields=["text", "updated_at"])
    for row in rows[len(wanted) :]:
        row.delete()
    last = max((row.order for row in rows[: len(wanted)]), default=0)
    for order, text in enumerate(wanted[len(rows) :], last + 1):
        YearText.objects.create(year=year, kind=kind, order=order, text=text)
