"""The same gift reported twice (docs/domain.md, case 18): two gifts that look like one, and what was ruled on them.

Two gifts of different activities of a year look like one where they went to the same receiver on days that may be the
same, with the same amount or the same number of the same unit; or where the same file (by its bytes) stands beside
both activities and the figures are alike, or two agencies report the same kind of gift by it. Only what a person may
see is compared: a draft of another agency gives nothing away.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import DateField, Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from core import audit
from core.access import check, may
from core.errors import DomainError
from core.folding import clean_line
from members.domain.lock import lock_year
from members.scope import Scope
from movements.domain.ledger import entries
from movements.domain.record import activity_for
from movements.domain.sums import Rows
from movements.models import Contribution, DuplicateRuling
from movements.queries import LARGEST_ID

LONGEST_REASON = 300
SAME_FIGURES, SAME_FILE = "figures", "file"
_BY_RECEIVER = "beneficiary__contributions"
_BY_FILE = "activity__evidence_uses__evidence__file__evidence__uses__activity__contributions"
_COLUMNS = ("one", "other", "other_activity", "other_agency", "other_title", "other_state", "why")


@dataclass(frozen=True, slots=True)
class Twin:
    """Another gift that looks like ``gift_id``, with the activity it stands in."""

    gift_id: int
    other_id: int
    activity_id: int
    agency_id: int | None
    title: str
    state: str
    why: str


def twins(scope: Scope, rows: Rows, *, most: int = 500) -> list[Twin]:
    """What looks like one of the rows among all that the person may see, without pairs that were ruled on; one query.

    A pair stands there from both sides where both are among the rows.
    """
    alike, same_file = (one.values_list(*_COLUMNS) for one in (_alike(scope, rows), _same_file(scope, rows)))
    found: list[Any] = list(alike.union(same_file).order_by("one", "other", "why")[:most])
    pairs: dict[tuple[int, int], Twin] = {}
    for row in found:
        pairs.setdefault((row[0], row[1]), Twin(*row))
    return list(pairs.values())


def suspected(scope: Scope, rows: Rows) -> Rows:
    """Those of the rows that look like another gift; no query of its own."""
    alike = Q(pk__in=_alike(scope, rows).values("pk")) | Q(pk__in=_same_file(scope, rows).values("pk"))
    return rows.filter(alike)


def pairs_of(scope: Scope, *, most: int = 200) -> list[Twin]:
    """Every suspected pair of the year that the person may see, once, by its smaller id; one query."""
    return [twin for twin in twins(scope, entries(scope), most=2 * most) if twin.gift_id < twin.other_id]


# -- the comparison ------------------------------------------------------------------------------
def _alike(scope: Scope, rows: Rows) -> QuerySet[Any]:
    found: QuerySet[Any] = _beside(scope, rows, _BY_RECEIVER).annotate(why=Value(SAME_FIGURES))
    year = scope.year
    first, last = (Value(day, output_field=DateField()) for day in (year.starts_on, year.ends_on))
    found = found.annotate(
        first=Coalesce("given_on", "activity__starts_on", first),
        last=Coalesce("given_on", "activity__ends_on", last),
        other_first=Coalesce(f"{_BY_RECEIVER}__given_on", f"{_BY_RECEIVER}__activity__starts_on", first),
        other_last=Coalesce(f"{_BY_RECEIVER}__given_on", f"{_BY_RECEIVER}__activity__ends_on", last),
    )
    return found.filter(_LIKE_FIGURES, other_first__lte=F("last"), other_last__gte=F("first"))


def _same_file(scope: Scope, rows: Rows) -> QuerySet[Any]:
    uses = "activity__evidence_uses"
    there = f"{uses}__evidence__file__evidence"
    found: QuerySet[Any] = _beside(scope, rows, _BY_FILE).annotate(
        why=Value(SAME_FILE),
        use_gone=F(f"{uses}__removed_at"),
        file_gone=F(f"{uses}__evidence__removed_at"),
        other_file_gone=F(f"{there}__removed_at"),
        other_use_gone=F(f"{there}__uses__removed_at"),
    )
    kept = {
        f"{name}__isnull": True for name in ("use_gone", "file_gone", "other_file_gone", "other_use_gone")
    }
    others = ~Q(own_agency=F("other_agency_id")) & Q(unit=F("other_unit"))
    return found.filter(_LIKE_FIGURES | others, kind=F("other_kind"), **kept)


_LIKE_FIGURES = Q(value__isnull=False, value=F("other_value")) | Q(
    quantity__isnull=False, quantity=F("other_quantity"), unit=F("other_unit")
)


def _beside(scope: Scope, rows: Rows, path: str) -> QuerySet[Any]:
    """Each row beside the contributions that ``path`` leads to, in other activities and not ruled on."""
    seen = entries(scope).order_by().values("pk")
    names = ("value", "quantity", "unit", "kind")
    nobody = Value(0)
    ruled = DuplicateRuling.objects.filter(
        Q(first=OuterRef("pk"), second=OuterRef("other")) | Q(first=OuterRef("other"), second=OuterRef("pk"))
    )
    return (
        Contribution.objects.filter(pk__in=rows.order_by().values("pk"))
        .order_by()
        .annotate(
            one=F("pk"),
            other=F(path),
            other_activity=F(f"{path}__activity"),
            other_agency=F(f"{path}__activity__agency"),
            other_agency_id=Coalesce(f"{path}__activity__agency", nobody),
            own_agency=Coalesce("activity__agency", nobody),
            other_title=F(f"{path}__activity__title"),
            other_state=F(f"{path}__activity__state"),
            other_whole=Coalesce(f"{path}__part_of", nobody),
            own_whole=Coalesce("part_of", nobody),
            **{f"other_{name}": F(f"{path}__{name}") for name in names},
        )
        .filter(other__in=seen)
        .exclude(other_activity=F("activity"))
        .exclude(other_whole=F("pk"))
        .exclude(own_whole=F("other"))
        .filter(~Exists(ruled))
    )


# -- verbs ---------------------------------------------------------------------------------------
def rule_different(scope: Scope, one: int, other: int, reason: str) -> DuplicateRuling:
    """Two gifts that look like one are two, for a reason.

    Raises ``Contribution.DoesNotExist`` (one of them is not the person's to see), ``Refused`` (neither the chair's
    staff nor an owner), ``DomainError`` (no reason, one activity, ruled already). Effects in order: lock on the year,
    ruling, audit.
    """
    reason = clean_line(reason)
    with transaction.atomic():
        scope = lock_year(scope)
        first, second = _pair(scope, one, other)
        if not 0 < len(reason) <= LONGEST_REASON:
            raise DomainError(
                _("Ghi lý do vì sao đây là hai khoản khác nhau (nhiều nhất 300 ký tự)."), "reason"
            )
        if first.activity_id == second.activity_id:
            raise DomainError(_("Hai khoản này thuộc cùng một hoạt động."))
        ruling, made = DuplicateRuling.objects.get_or_create(
            first=first, second=second, defaults={"reason": reason, "ruled_by": scope.user}
        )
        if not made:
            raise DomainError(_("Hai khoản này đã được kết luận là khác nhau."))
        _record(scope, "duplicate_rule", first, second, reason)
        return ruling


def take_ruling_back(scope: Scope, pk: int) -> None:
    """The pair is suspected again. Raises as :func:`rule_different`. Effects in order: lock, ruling gone, audit."""
    with transaction.atomic():
        scope = lock_year(scope)
        ruling = DuplicateRuling.objects.filter(pk=pk, first__activity__year=scope.year).first()
        if ruling is None:
            raise Contribution.DoesNotExist
        first, second = _pair(scope, ruling.first_id, ruling.second_id)
        ruling.delete()
        _record(scope, "duplicate_reopen", first, second, ruling.reason)


def rulings(scope: Scope) -> QuerySet[DuplicateRuling]:
    """What was ruled in the year on gifts the person may see, newest first."""
    seen = entries(scope).order_by().values("pk")
    found = DuplicateRuling.objects.filter(first__in=seen, second__in=seen)
    return found.select_related("first__activity", "second__activity").order_by("-id")


def _pair(scope: Scope, one: int, other: int) -> tuple[Contribution, Contribution]:
    wanted = [pk for pk in (one, other) if 0 < pk <= LARGEST_ID]
    found = list(entries(scope).filter(pk__in=wanted).select_related("activity").order_by("pk"))
    if len(found) != 2:
        raise Contribution.DoesNotExist
    if not any(may_rule(scope, gift.activity_id) for gift in found):
        check(scope, "duplicate_rule", activity_for(scope, found[0].activity_id))
    return found[0], found[1]


def may_rule(scope: Scope, activity_id: int) -> bool:
    """Whether the person may rule on a gift of the activity."""
    return may(scope, "duplicate_rule", activity_for(scope, activity_id))


def _record(scope: Scope, action: str, first: Contribution, second: Contribution, reason: str) -> None:
    pair = [f"{gift.activity.title}: {gift.description}" for gift in (first, second)]
    audit.record(
        audit.cluster_chain(scope.year.cluster_id), action, first.activity,
        actor_id=scope.user.pk, role=scope.audit_role, reason=reason,
        after={"first": pair[0], "second": pair[1], "keys": [first.key, second.key]},
    )  # fmt: skip


def ids_of(found: Iterable[Twin]) -> set[int]:
    """Every contribution that the pairs name."""
    return {pk for twin in found for pk in (twin.gift_id, twin.other_id)}
