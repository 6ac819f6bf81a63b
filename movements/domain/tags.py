"""Labels and criteria of a year: offered to what is recorded, renamed with a version, retired but never lost."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Final

from django.db import transaction
from django.db.models import Max, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from core import audit
from core.access import check
from core.errors import DomainError, Problem, Stale
from core.folding import clean_line
from members.domain.lock import lock_year
from members.models import ClusterYear
from members.scope import Scope
from movements.enums import TagKind
from movements.models import Tag

LONGEST_CODE: Final = 20
LONGEST_LABEL: Final = 200
MOST: Final = 500


def choices(year: ClusterYear, held: Collection[int] = ()) -> list[Tag]:
    """What may be chosen: criteria in order, then free labels; retired ones where ``held`` names them; one query."""
    offered = Q(retired_at__isnull=True) | Q(pk__in=list(held))
    return list(Tag.objects.filter(offered, year=year).order_by("kind", "order", "id"))


def known(year: ClusterYear, wanted: Collection[int], held: Collection[int] = ()) -> bool:
    """Whether everything wanted is of this year, and offered or already held; no query for nothing."""
    fresh = set(wanted) - set(held)
    if not fresh:
        return True
    return Tag.objects.filter(year=year, pk__in=fresh, retired_at__isnull=True).count() == len(fresh)


@dataclass(frozen=True, slots=True)
class TagDraft:
    """A label as it is to stand; one with a code is a criterion."""

    label: str
    code: str = ""

    @property
    def kind(self) -> str:
        """What it is."""
        return TagKind.CRITERION if self.code else TagKind.FREE


def save_tag(scope: Scope, draft: TagDraft, pk: int | None = None, *, version: int | None = None) -> Tag:
    """Add a label, or rename the one with ``pk``; what carries it carries the new name.

    A criterion stays one, a free label too. Raises ``Tag.DoesNotExist`` (not of this year), ``Refused``, ``Stale``,
    ``DomainError``. Effects in order: lock on the year, lock on the label, label, audit.
    """
    with transaction.atomic():
        scope = lock_year(scope)
        check(scope, "tag_edit")
        tag = _locked(scope, pk) if pk else Tag(year=scope.year, kind=draft.kind)
        if pk and version is not None and tag.version != version:
            raise Stale(tag)
        if found := problems_of(scope, draft, tag):
            raise DomainError(found)
        return _write(scope, tag, draft)


def problems_of(scope: Scope, draft: TagDraft, tag: Tag) -> list[Problem]:
    """Everything wrong with a label; fields are ``label`` and ``code``."""
    found = []
    if not draft.label:
        found.append(Problem(_("Ghi tên nhãn."), "label"))
    if len(draft.label) > LONGEST_LABEL:
        found.append(Problem(_("Dài nhất %(most)s ký tự.") % {"most": LONGEST_LABEL}, "label"))
    if len(draft.code) > LONGEST_CODE:
        found.append(Problem(_("Số mục dài nhất %(most)s ký tự.") % {"most": LONGEST_CODE}, "code"))
    if tag.pk and draft.kind != tag.kind:
        found.append(Problem(_("Tiêu chí phải có số mục; nhãn thường thì không."), "code"))
    others = Tag.objects.filter(year=scope.year).exclude(pk=tag.pk or 0)
    if draft.code and others.filter(code=draft.code).exists():
        found.append(Problem(_("Năm này đã có tiêu chí cùng số mục."), "code"))
    if draft.label and others.filter(kind=draft.kind, label=draft.label).exists():
        found.append(Problem(_("Năm này đã có nhãn cùng tên."), "label"))
    if not tag.pk and others.count() >= MOST:
        found.append(Problem(_("Mỗi năm có nhiều nhất %(most)s nhãn.") % {"most": MOST}, "label"))
    return found


def _write(scope: Scope, tag: Tag, draft: TagDraft) -> Tag:
    before = _picture(tag) if tag.pk else None
    tag.code, tag.label = draft.code, draft.label
    if before is None:
        last = Tag.objects.filter(year=scope.year, kind=tag.kind).aggregate(last=Max("order"))["last"]
        tag.order = int(last or 0) + 1
    elif before == _picture(tag):
        return tag
    else:
        tag.version += 1
    tag.save()
    _record(scope, "tag_edit" if before else "tag_add", tag, before)
    return tag


def retire_tag(scope: Scope, pk: int, *, retired: bool) -> Tag:
    """Offer the label no longer, or again; what carries it keeps it. Asking twice changes nothing.

    Raises ``Tag.DoesNotExist``, ``Refused``. Effects in order: lock on the year, lock on the label, label, audit.
    """
    with transaction.atomic():
        scope = lock_year(scope)
        check(scope, "tag_edit")
        tag = _locked(scope, pk)
        if bool(tag.retired_at) == retired:
            return tag
        before = _picture(tag)
        tag.retired_at = timezone.now() if retired else None
        tag.version += 1
        tag.save()
        _record(scope, "tag_retire" if retired else "tag_restore", tag, before)
        return tag


def move_tag(scope: Scope, pk: int, *, up: bool) -> Tag:
    """Let the label and its neighbour of the same kind change places; at the end of the list nothing happens.

    Raises ``Tag.DoesNotExist``, ``Refused``. Effects in order: lock on the year, labels of the kind, audit.
    """
    with transaction.atomic():
        scope = lock_year(scope)
        check(scope, "tag_edit")
        tag = _locked(scope, pk)
        rows = list(Tag.objects.filter(year=scope.year, kind=tag.kind).order_by("order", "id"))
        place = next(number for number, row in enumerate(rows) if row.pk == tag.pk)
        other = place - 1 if up else place + 1
        if not 0 <= other < len(rows):
            return tag
        before = [row.key for row in rows]
        rows[place], rows[other] = rows[other], rows[place]
        for number, row in enumerate(rows, 1):
            row.order = number
        Tag.objects.bulk_update(rows, ["order"])
        audit.record(
            audit.cluster_chain(scope.year.cluster_id), "tag_order", tag, actor_id=scope.user.pk,
            role=scope.audit_role, before=before, after=[row.key for row in rows],
        )  # fmt: skip
        return tag


@dataclass(frozen=True, slots=True)
class Pasted:
    """What a pasted list came to."""

    added: int = 0
    renamed: int = 0
    same: int = 0


def paste_tags(scope: Scope, text: str) -> Pasted:
    """Take a list over, a line each: ``II.3<tab>An sinh xã hội`` is a criterion, a line without tab a free label.

    A known code gets the new name, a known label stays. Raises ``Refused`` and ``DomainError`` with every bad line, and
    writes nothing then. Effects in order: lock on the year, labels with an audit each.
    """
    with transaction.atomic():
        scope = lock_year(scope)
        check(scope, "tag_edit")
        lines = [line for line in text.splitlines() if line.strip()]
        found, drafts = _read_lines(lines)
        if not lines:
            found.append(Problem(_("Dán ít nhất một dòng."), "text"))
        if found:
            raise DomainError(found)
        by_code = {tag.code: tag for tag in Tag.objects.filter(year=scope.year).exclude(code="")}
        labels = set(Tag.objects.filter(year=scope.year, kind=TagKind.FREE).values_list("label", flat=True))
        counts = {"added": 0, "renamed": 0, "same": 0}
        for number, draft in drafts:
            tag = by_code.get(draft.code) if draft.code else None
            if (tag and tag.label == draft.label) or (not draft.code and draft.label in labels):
                counts["same"] += 1
                continue
            tag = tag or Tag(year=scope.year, kind=draft.kind)
            problems = problems_of(scope, draft, tag)
            found += [Problem(_line(number, problem.sentence), "text") for problem in problems]
            if not found:
                counts["renamed" if tag.pk else "added"] += 1
                _write(scope, tag, draft)
        if found:
            raise DomainError(found)
        return Pasted(**counts)


def _read_lines(lines: list[str]) -> tuple[list[Problem], list[tuple[int, TagDraft]]]:
    found, drafts = [], []
    seen: set[str] = set()
    for number, line in enumerate(lines, 1):
        code, tab, label = line.strip("\r\n ").partition("\t")
        draft = TagDraft(clean_line(label), clean_line(code)) if tab else TagDraft(clean_line(code))
        name = draft.code or draft.label
        if tab and not draft.code:
            found.append(Problem(_line(number, _("thiếu số mục trước dấu tab.")), "text"))
        elif name in seen:
            found.append(Problem(_line(number, _("“%(name)s” có hai lần.") % {"name": name}), "text"))
        seen.add(name)
        drafts.append((number, draft))
    return found, drafts


def _line(number: int, sentence: str) -> str:
    return _("Dòng %(number)s: %(sentence)s") % {"number": number, "sentence": sentence}


def _locked(scope: Scope, pk: int) -> Tag:
    return Tag.objects.select_for_update(of=("self",)).get(year=scope.year, pk=pk)


def _picture(tag: Tag) -> dict[str, Any]:
    return audit.snapshot(tag, "id", "version")


def _record(scope: Scope, action: str, tag: Tag, before: dict[str, Any] | None) -> None:
    old, new = audit.changed(before or {}, _picture(tag))
    audit.record(
        audit.cluster_chain(scope.year.cluster_id), action, tag, actor_id=scope.user.pk, role=scope.audit_role,
        before=old if before else None, after=new,
    )  # fmt: skip
