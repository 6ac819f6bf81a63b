"""Hand the chair over: both sides mark, note and sign; the second signature on the same content freezes the record.

The rights themselves move by the term's first day, whether anybody signs or not.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO
from typing import Any

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from core import audit, files
from core.access import check
from core.dates import LOCAL_ZONE, format_date, local_today
from core.errors import DomainError, Problem, Stale
from core.folding import clean
from members.domain.lock import lock_year
from members.enums import Function
from members.models import ClusterYear
from members.scope import Hat, Scope
from publishing.domain.canonical import canonical_bytes, parse, sha256
from publishing.domain.changeover import Change, History, Seat, history_of
from publishing.domain.handover_ground import Ground, basis_lines, ground_for
from publishing.domain.handover_parts import parts_of
from publishing.domain.handover_shape import MARK_LENGTH, Part
from publishing.domain.release import in_snapshot
from publishing.enums import Side
from publishing.models import Handover, HandoverTick

SCHEMA = 1
MAX_NOTE = 2000
MakePaper = Callable[[Mapping[str, Any], str], bytes]


@dataclass(frozen=True)
class Standing:
    """How a hand-over stands: the change, what is recorded of it, the groups as they are now, marks of both sides."""

    change: Change
    row: Handover | None
    ground: Ground
    parts: Sequence[Part]
    ticks: Mapping[tuple[str, str], HandoverTick]

    @property
    def frozen(self) -> bool:
        """Whether both have signed the same."""
        return self.row is not None and self.row.is_frozen

    @property
    def mark(self) -> str:
        """What a signature of now would name: the facts of every group, and the notes of both sides."""
        notes = [self.note(side) for side in Side]
        facts = [[part.key, part.mark] for part in self.parts]
        return sha256(canonical_bytes([self.change.effective_on.isoformat(), facts, notes]))[:MARK_LENGTH]

    def note(self, side: str) -> str:
        """The note of a side."""
        return str(getattr(self.row, f"{side}_note", ""))

    def tick(self, side: str, part: Part) -> HandoverTick | None:
        """The mark of a side on a group, also when the facts have changed since."""
        return self.ticks.get((side, part.key))

    def is_ticked(self, side: str, part: Part) -> bool:
        """Whether the side has marked the group as it stands now."""
        tick = self.tick(side, part)
        return tick is not None and tick.mark == part.mark

    def left(self, side: str) -> list[Part]:
        """Groups that the side has still to mark."""
        return [part for part in self.parts if not self.is_ticked(side, part)]

    def signed_at(self, side: str) -> datetime | None:
        """When the side signed, whatever became of it."""
        at: datetime | None = getattr(self.row, f"{side}_signed_at", None)
        return at

    def holds(self, side: str) -> bool:
        """Whether the side's signature is on what stands now."""
        if self.row is None or self.signed_at(side) is None:
            return False
        return self.frozen or getattr(self.row, f"{side}_mark") == self.mark


def pick(history: History, year: ClusterYear, day: date | None = None) -> Change | None:
    """The change of chair that hands over ``year``: the one of ``day``, else the newest; None where there is none."""
    found = history.of_year(year.pk)
    if day is not None:
        return next((change for change in found if change.effective_on == day), None)
    return found[0] if found else None


def standing_of(
    year: ClusterYear, history: History, change: Change, today: date, *, lock: bool = False
) -> Standing:
    """Everything about a change; a constant number of queries. ``lock``: the caller is in a transaction and writes."""
    rows = Handover.objects.filter(year=year, **_identity(change)).select_related("paper")
    if lock:
        rows = rows.select_for_update(of=("self",))
    row = rows.first()
    ticks = HandoverTick.objects.filter(handover=row) if row else ()
    ground = ground_for(year, history.year_after(year), change, today)
    return Standing(change, row, ground, parts_of(ground), {(tick.side, tick.item): tick for tick in ticks})


def _identity(change: Change) -> dict[str, Any]:
    return {
        "from_agency": change.from_agency_id,
        "to_agency": change.to_agency_id,
        "effective_on": change.effective_on,
    }


# -- marks and notes -----------------------------------------------------------------------------
def save_marks(
    scope: Scope, seat: Seat, marks: Mapping[str, str], note: str, note_seen: str, shown: Collection[str]
) -> Standing:
    """The side's marks become ``marks`` (group → the mark of the facts that the person saw), its note ``note``.

    ``shown``: the groups the form showed; others keep their mark. Effects in order: lock of the year, row and marks,
    note, audit; nothing is written when nothing differs. Raises ``Refused`` for anybody but staff of the side,
    ``Stale`` (with the note as it stands) when a colleague changed the note meanwhile, ``DomainError`` with the group
    for facts that changed since they were shown, for a record that is frozen, or for a side that has signed.
    """
    note = clean(note)
    if len(note) > MAX_NOTE:
        raise DomainError(_("Ghi chú dài quá %(max)d ký tự.") % {"max": MAX_NOTE}, "note")
    with transaction.atomic():
        scope, now = _locked(scope, seat)
        side = seat.side
        if now.holds(side):
            raise DomainError(_("Đơn vị đã ký: rút chữ ký rồi mới sửa được đánh dấu và ghi chú."))
        parts = {part.key: part for part in now.parts}
        if unknown := sorted(set(marks) - set(parts)):
            raise DomainError(_("Không có nhóm việc “%(key)s”.") % {"key": unknown[0][:20]})
        changed = [parts[key] for key, mark in marks.items() if parts[key].mark != mark]
        if changed:
            raise DomainError([_changed_since(part) for part in changed])
        before = now.note(side)
        if clean(note_seen) != before and note != before:
            raise Stale(before)
        wanted = set(marks)
        kept = {part.key for part in now.parts if now.is_ticked(side, part)}
        gone = {key for (one, key) in now.ticks if one == side and key in shown and key not in wanted}
        if wanted <= kept and not gone and note == before:
            return now
        row = now.row or _new(scope, seat.change)
        _write_ticks(row, scope, side, {key: marks[key] for key in wanted - kept}, gone)
        setattr(row, f"{side}_note", note)
        row.save(update_fields=[f"{side}_note", "updated_at"])
        _tell(
            scope, "handover_mark", row,
            before={"side": side, "items": sorted(kept), "note": before},
            after={"side": side, "items": sorted((kept - gone) | wanted), "note": note},
        )  # fmt: skip
        return standing_of(scope.year, history_of(scope.year.cluster_id), seat.change, scope.today)


def _changed_since(part: Part) -> Problem:
    sentence = _("“%(title)s” vừa đổi khi bạn đang xem. Xem lại nhóm này rồi đánh dấu lần nữa.")
    return Problem(sentence % {"title": part.title}, part.key)


def _new(scope: Scope, change: Change) -> Handover:
    return Handover.objects.create(
        year=scope.year,
        from_agency_id=change.from_agency_id,
        to_agency_id=change.to_agency_id,
        effective_on=change.effective_on,
    )


def _write_ticks(
    row: Handover, scope: Scope, side: str, new: Mapping[str, str], gone: Collection[str]
) -> None:
    HandoverTick.objects.filter(handover=row, side=side, item__in=[*gone, *new]).delete()
    at = timezone.now()
    HandoverTick.objects.bulk_create(
        HandoverTick(handover=row, side=side, item=key, mark=mark, at=at, by_id=scope.user.pk)
        for key, mark in sorted(new.items())
    )


# -- signatures ----------------------------------------------------------------------------------
def sign(scope: Scope, seat: Seat, expected: str, make_paper: MakePaper) -> Standing:
    """The person's side signs what ``expected`` names (``Standing.mark``); a second signature on the same freezes.

    Effects in order: lock of the year, signature, and with the other side's signature on the same content: canonical
    JSON, SHA-256, the paper as a stored file; audit. Everything is read from one state of the database. Raises
    ``Refused`` for anybody but staff of the side, ``DomainError`` when a group is not marked, when what stands is not
    ``expected``, or when the same person signed for the other side. Signing twice writes nothing the second time.
    ``make_paper`` draws the frozen data with its SHA-256 as a DOCX.
    """
    return in_snapshot(lambda: _sign(scope, seat, expected, make_paper))


def _sign(scope: Scope, seat: Seat, expected: str, make_paper: MakePaper) -> Standing:
    scope, now = _locked(scope, seat, frozen_too=True)
    side, mark = seat.side, now.mark
    if now.holds(side):
        return now
    if now.frozen:
        raise DomainError(_("Biên bản đã được chốt."))
    if problems := [_unmarked(part) for part in now.left(side)]:
        raise DomainError(problems)
    if expected != mark:
        raise DomainError(
            _("Nội dung vừa đổi khi bạn đang xem, nên chưa ký. Xem lại bên dưới rồi ký lần nữa."), "expected"
        )
    row = now.row or _new(scope, seat.change)
    if getattr(row, f"{seat.side.other}_signed_by_id") == scope.user.pk:
        raise DomainError(
            _("Bạn đã ký cho %(side)s: một người không ký cho cả hai bên.") % {"side": _inside(side.other)}
        )
    at = timezone.now()
    values = {"signed_at": at, "post": _post(scope, seat), "mark": mark, "signed_by_id": scope.user.pk}
    for name, value in values.items():
        setattr(row, f"{side}_{name}", value)
    fields = [f"{side}_{name}" for name in ("signed_at", "post", "mark", "signed_by")]
    if getattr(row, f"{side.other}_mark") == mark:
        fields += _freeze(row, now, at, make_paper)
    row.save(update_fields=[*fields, "updated_at"])
    _tell(scope, "handover_sign", row, after={"side": side, "mark": mark})
    if row.is_frozen:
        _tell(scope, "handover_freeze", row, after={"sha256": row.sha256, "year": scope.year.label})
    return Standing(now.change, row, now.ground, now.parts, now.ticks)


def _unmarked(part: Part) -> Problem:
    return Problem(_("Chưa đánh dấu “%(title)s”.") % {"title": part.title}, part.key)


def _inside(side: Side) -> str:
    return _("bên giao") if side is Side.GIVER else _("bên nhận")


def _post(scope: Scope, seat: Seat) -> str:
    """The office a person signs by, in Vietnamese: the post at the side's agency, else the function; no name."""
    hats = [hat for hat in scope.staff_hats if seat.agency_id in {hat.agency_id} | hat.carried]
    best: Hat = min(hats, key=lambda hat: (not hat.post, hat.function != Function.LEADER))
    with translation.override("vi"):
        return best.post or str(Function(best.function).label)


def _freeze(row: Handover, now: Standing, at: datetime, make_paper: MakePaper) -> list[str]:
    """Set what is frozen on the row and return the names of the fields."""
    with translation.override("vi"):
        parts = parts_of(now.ground)
        built = canonical_bytes(_snapshot(row, now.ground, parts, at))
    row.frozen_at, row.content, row.sha256 = at, built.decode(), sha256(built)
    row.paper = files.store(BytesIO(make_paper(parse(built), row.sha256)), files.DOCX)
    return ["frozen_at", "content", "sha256", "paper"]


def take_back(scope: Scope, seat: Seat) -> Standing:
    """Take the side's signature back while the record is not frozen; without a signature nothing is written.

    Raises ``Refused`` for anybody but staff of the side, ``DomainError`` when both have signed.
    """
    with transaction.atomic():
        scope, now = _locked(scope, seat)
        row, side = now.row, seat.side
        if row is None or now.signed_at(side) is None:
            return now
        before = {"side": side, "mark": getattr(row, f"{side}_mark")}
        for name, empty in (("signed_at", None), ("post", ""), ("mark", ""), ("signed_by", None)):
            setattr(row, f"{side}_{name}", empty)
        row.save(
            update_fields=[
                *(f"{side}_{name}" for name in ("signed_at", "post", "mark", "signed_by")),
                "updated_at",
            ]
        )
        _tell(scope, "handover_take_back", row, before=before)
        return now


def _locked(scope: Scope, seat: Seat, *, frozen_too: bool = False) -> tuple[Scope, Standing]:
    """The scope and the standing under the year's lock; the change must still be one of this year's."""
    scope = lock_year(scope)
    check(scope, "handover_sign", seat)
    history = history_of(scope.year.cluster_id)
    if pick(history, scope.year, seat.change.effective_on) != seat.change:
        raise DomainError(_("Nhiệm kỳ Cụm trưởng vừa được sửa. Mở lại trang để xem lần bàn giao hiện tại."))
    now = standing_of(scope.year, history, seat.change, scope.today, lock=True)
    if now.frozen and not frozen_too:
        raise DomainError(_("Hai bên đã ký, biên bản đã được chốt: không sửa được nữa."))
    return scope, now


def _tell(
    scope: Scope,
    action: str,
    row: Handover,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    audit.record(
        audit.cluster_chain(scope.year.cluster_id), action, row,
        actor_id=scope.user.pk, role=scope.audit_role, before=before, after=after,
    )  # fmt: skip


# -- what is frozen ------------------------------------------------------------------------------
def draft(standing: Standing) -> dict[str, Any]:
    """What would be frozen now, in Vietnamese, for the paper that both sides read before they sign."""
    with translation.override("vi"):
        ground = standing.ground
        return _snapshot(standing.row, ground, parts_of(ground), None)


def _snapshot(
    row: Handover | None, ground: Ground, parts: Sequence[Part], at: datetime | None
) -> dict[str, Any]:
    """Offices and agencies only; a private group keeps its title and its sentence, none of its rows."""
    cluster, change = ground.year.cluster, ground.change
    return {
        "schema": SCHEMA,
        "kind": "handover",
        "cluster": {"slug": cluster.slug, "name": cluster.name, "place": cluster.place},
        "year": ground.year.label,
        "effective_on": change.effective_on.isoformat(),
        "signed_on": local_today(at).isoformat() if at else "",
        "basis": basis_lines(ground),
        "giver": _party(row, ground, Side.GIVER),
        "receiver": _party(row, ground, Side.RECEIVER),
        "parts": [
            {
                "key": part.key,
                "title": part.title,
                "columns": [] if part.private else list(part.columns),
                "rows": [] if part.private else [list(line.cells) for line in part.rows],
                "foot": list(part.foot),
                "none": part.none if not part.rows else "",
                "note": part.note,
            }
            for part in parts
        ],
    }


def _party(row: Handover | None, ground: Ground, side: Side) -> dict[str, str]:
    agency = ground.change.agency_of(side)
    signed: datetime | None = getattr(row, f"{side}_signed_at", None)
    return {
        "code": ground.codes.get(agency, ""),
        "name": ground.full(agency),
        "short_name": ground.short(agency),
        "post": getattr(row, f"{side}_post", ""),
        "note": getattr(row, f"{side}_note", ""),
        "signed_at": signed.astimezone(LOCAL_ZONE).isoformat(timespec="seconds") if signed else "",
    }


def day_words(change: Change) -> str:
    """ "00:00 ngày 05/01/2021": the moment the rights move."""
    return _("00:00 ngày %(day)s") % {"day": format_date(change.effective_on)}
