"""The entry page as a whole: head, grid, figures to be part of, who may own what, totals."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import Q
from django.http import QueryDict
from django.utils.translation import gettext as _

from core.errors import Problem
from core.quantity import MONEY_UNIT, Qualifier, Quantity, format_quantity
from members import phases
from members.scope import Scope
from movements.domain import tags
from movements.domain.entry import ActivityDraft, GiftDraft
from movements.domain.record import Record, totals_gift
from movements.domain.totals import Gift, Totals, total
from movements.forms import activity as head
from movements.forms import gifts as grid
from movements.models import Contribution, Tag
from movements.queries import activities_for, choices_of

FIRST_ROWS = 2
FIGURES = 40
_WORDS = (
    "owner", "title", "movement", "precision", "when", "place", "people", "attended", "story", "result", "version",
)  # fmt: skip
_CELLS = (
    "id", "kind", "description", "qualifier", "quantity", "unit", "value", "beneficiary", "outside", "part",
    *grid.APART,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Forms:
    """Head and grid of one showing."""

    activity: head.ActivityForm
    gifts: grid.GiftRows

    def is_valid(self) -> bool:
        """Both, each asked, so that all errors show at once."""
        return all([self.activity.is_valid(), self.gifts.is_valid()])


class Entry:
    """What the page needs for one person and one activity (None: a new one)."""

    def __init__(self, scope: Scope, record: Record | None) -> None:
        """Load movements and members of the year (one query)."""
        self.scope, self.record = scope, record
        self.choices = choices_of(scope.year)

    @cached_property
    def owners(self) -> list[tuple[str, str]]:
        """Whose activity it may be; the owner of a recorded one stays."""
        names = {pk: full for pk, (full, _short) in self.choices.agencies.items()}
        if self.record:
            pk = self.record.activity.agency_id
            return [(head.CLUSTER, "") if pk is None else (str(pk), names.get(pk, ""))]
        corrects = self.scope.is_chair and self.scope.opens(phases.CORRECTION)
        own = [
            pk
            for pk in names
            if pk in self.scope.answers_for and (corrects or self.scope.opens_for(phases.ENTRY, pk))
        ]
        rows = [(str(pk), names[pk]) for pk in [*own, *(pk for pk in names if corrects and pk not in own)]]
        return [*rows, (head.CLUSTER, _("Hoạt động chung của Cụm"))] if self.scope.is_chair else rows

    def _closed(self) -> set[str]:
        """Agencies of the person for which nothing can be recorded now."""
        own = set() if self.record else {str(pk) for pk in self.scope.answers_for}
        return own - {value for value, _name in self.owners}

    @property
    def owner_id(self) -> int | None:
        """The agency of the activity, or the first the person may record for."""
        if self.record:
            return self.record.activity.agency_id
        first = self.owners[0][0] if self.owners else head.CLUSTER
        return None if first == head.CLUSTER else int(first)

    @cached_property
    def figures(self) -> list[grid.Figure]:
        """Recorded figures of the year that a row may be part of: newest of the same owner, and those already named."""
        own = self.record.activity.pk if self.record else None
        named = {gift.part_of_id for gift in self.record.gifts if gift.part_of_id} if self.record else set()
        seen = activities_for(self.scope).filter(agency=self.owner_id).exclude(pk=own or 0).order_by()
        rows = Contribution.objects.filter(
            Q(activity__in=seen.values("pk"), part_of__isnull=True) | Q(pk__in=named)
        ).exclude(activity=own)
        return [_figure(gift) for gift in rows.select_related("activity").order_by("-id")[:FIGURES]]

    @cached_property
    def tags(self) -> list[Tag]:
        """Criteria, then labels of the year; a retired one only where the activity carries it. One query."""
        held = [tag.pk for tag in self.record.tags] if self.record else []
        return tags.choices(self.scope.year, held)

    # -- showings --------------------------------------------------------------------------------
    def fresh(self) -> Forms:
        """The first showing."""
        if self.record is None:
            return self._forms({}, [{} for _row in range(FIRST_ROWS)])
        return self._forms(
            head.initial_of(self.record), [grid.initial_of(self.record, gift) for gift in self.record.gifts]
        )

    def bound(self, data: QueryDict) -> Forms:
        """What was sent, to be checked."""
        rows = raw_rows(data)
        wholes = grid.Wholes(
            [row["description"] for row in rows], self.figures, [row["part"] for row in rows]
        )
        return Forms(
            head.ActivityForm(data, **self._lists),
            grid.GiftFormSet(data, prefix=grid.PREFIX, form_kwargs=self._row_lists(wholes)),
        )

    def typed(self, data: QueryDict, *, more: int = 0) -> Forms:
        """What was sent, shown again word for word and without errors, with ``more`` empty rows."""
        return self._forms(raw_head(data), [*raw_rows(data), *({} for _row in range(more))])

    def mine_on_top(self, data: QueryDict) -> Forms:
        """What was sent, on the version that stands now: saving it is a decision. Rows others added are there too."""
        assert self.record is not None  # noqa: S101 - only a recorded activity can be stale
        standing = {str(gift.pk): gift for gift in self.record.gifts}
        rows = raw_rows(data)
        had = {row["id"] for row in rows}
        for row in rows:
            if row["id"] not in standing:
                row["id"] = ""
        theirs = [grid.initial_of(self.record, gift) for pk, gift in standing.items() if pk not in had]
        for row in theirs:
            row["part"] = _by_gift(row["part"], self.record)
        return self._forms({**raw_head(data), "version": str(self.record.activity.version)}, [*rows, *theirs])

    @property
    def _lists(self) -> dict[str, Any]:
        return {
            "year": self.scope.year,
            "choices": self.choices,
            "owners": self.owners,
            "owner_id": self.owner_id,
            "closed": self._closed(),
            "tags": self.tags,
        }

    def _row_lists(self, wholes: grid.Wholes) -> dict[str, Any]:
        members = [
            (pk, short)
            for pk, (_full, short) in self.choices.agencies.items()
            if pk != self.owner_id or len(self.owners) > 1
        ]
        year = self.scope.year
        single = year.starts_on.year if year.starts_on.year == year.ends_on.year else None
        return {"members": members, "wholes": wholes, "default_year": single}

    def _forms(self, first: dict[str, Any], rows: Sequence[dict[str, Any]]) -> Forms:
        words = [str(row.get("description", "")) for row in rows]
        wholes = grid.Wholes(words, self.figures, [str(row.get("part", "")) for row in rows])
        return Forms(
            head.ActivityForm(initial=first, **self._lists),
            grid.GiftFormSet(initial=list(rows), prefix=grid.PREFIX, form_kwargs=self._row_lists(wholes)),
        )

    # -- meaning ---------------------------------------------------------------------------------
    def draft(self, forms: Forms, files: Iterable[str], removed: Iterable[int]) -> ActivityDraft:
        """The valid forms as the verb takes them."""
        return forms.activity.draft(
            gifts=tuple(forms.gifts.drafts()),
            deleted=forms.gifts.deleted(),
            files=tuple(files),
            removed_files=frozenset(removed),
        )

    def totals(self, forms: Forms | None = None) -> Totals:
        """What the rows come to: of the forms that were sent, else of the record."""
        if forms is None:
            record = self.record
            return total([totals_gift(record, gift) for gift in record.gifts] if record else [])
        forms.gifts.is_valid()
        drafts = forms.gifts.drafts()
        wholes = {draft.ref: (draft.value is not None, draft.unit) for draft in drafts}
        wholes |= {f"g{figure.pk}": (figure.has_value, figure.unit) for figure in self.figures}
        return total(_as_gift(number, draft, drafts, wholes) for number, draft in enumerate(drafts, 1))


def show_problems(forms: Forms, problems: Iterable[Problem]) -> None:
    """Put each sentence beside its field; what has no field stands on top."""
    for problem in problems:
        row, colon, name = problem.field.partition(":")
        if colon and row.isdigit() and int(row) < len(forms.gifts.forms):
            forms.gifts.forms[int(row)].add_error(name, problem.sentence)
        else:
            known = problem.field if problem.field in forms.activity.fields else None
            forms.activity.add_error(known, problem.sentence)


# -- as it was typed -----------------------------------------------------------------------------
def raw_head(data: QueryDict) -> dict[str, Any]:
    """The head word for word."""
    return {
        **{name: data.get(name, "") for name in _WORDS},
        **{name: data.getlist(name) for name in ("partners", "tags")},
        **{name: name in data for name in ("in_summary", "is_public")},
    }


def raw_rows(data: QueryDict) -> list[dict[str, Any]]:
    """The rows word for word; a strange number of rows gives none."""
    words = data.get(f"{grid.PREFIX}-TOTAL_FORMS", "")
    number = int(words) if words.isdecimal() and len(words) < 5 else 0
    rows = []
    for index in range(min(number, grid.GiftFormSet.absolute_max)):
        place = f"{grid.PREFIX}-{index}"
        row: dict[str, Any] = {name: data.get(f"{place}-{name}", "") for name in _CELLS}
        shares = {
            name.removeprefix(f"{place}-share-"): data[name]
            for name in data
            if name.startswith(f"{place}-share-")
        }
        rows.append(
            {
                **row,
                "partners": data.getlist(f"{place}-partners"),
                "shares": shares,
                "DELETE": f"{place}-DELETE" in data,
            }
        )
    return rows


# -- helpers -------------------------------------------------------------------------------------
def _figure(gift: Contribution) -> grid.Figure:
    quantity = Quantity(gift.quantity or 0, gift.unit, Qualifier(gift.quantity_qualifier), "")  # type: ignore[arg-type]
    if gift.value is not None:
        quantity = Quantity(gift.value, MONEY_UNIT, Qualifier(gift.value_qualifier), "")  # type: ignore[arg-type]
    label = f"{gift.description}, {format_quantity(quantity)} ({gift.activity.title})"
    return grid.Figure(
        gift.pk, label if len(label) < 120 else f"{label[:119]}…", gift.value is not None, gift.unit
    )


def _by_gift(part: str, record: Record) -> str:
    """``included:r0`` of the record as ``included:g12``: in somebody else's form row 0 may be another one."""
    state, _colon, target = part.partition(":r")
    return f"{state}:g{record.gifts[int(target)].pk}" if target else part


def _as_gift(
    number: int, draft: GiftDraft, drafts: Sequence[GiftDraft], wholes: dict[str, tuple[bool, str]]
) -> Gift:
    places = {other.ref: place for place, other in enumerate(drafts, 1)}
    part, whole, key = draft.part, None, ""
    if part is not None:
        key = part.row or f"g{part.gift}"
        whole = places.get(part.row) if part.row else -(part.gift or 0)
    has_value, unit = wholes.get(key, (False, ""))
    return Gift(
        id=number,
        activity_id=0,
        description=draft.description,
        value=draft.value,
        value_qualifier=draft.value_qualifier,
        quantity=draft.quantity,
        unit=draft.unit,
        quantity_qualifier=draft.quantity_qualifier,
        part_state=part.state if part else "",
        whole_id=whole,
        whole_has_value=has_value,
        whole_unit=unit,
    )
