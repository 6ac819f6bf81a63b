"""Rows of the grid as they stand: what the person's agencies recorded and may still edit, and what is only kept."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db.models import Count, OuterRef, Prefetch, QuerySet, Subquery

from core.access import may
from core.quantity import format_number
from members import phases
from members.scope import Scope
from movements.domain.quick import ACTIVITIES, GIFTS, KEEP_LIMIT, SHOWN, Row, digest, make_mark, names_of
from movements.domain.quick_read import figure_words, partner_words, time_words
from movements.enums import ActivityState
from movements.models import Activity, ActivityPartner, Contribution, Contributor, RowDraft
from movements.queries import Choices

OPEN_STATES = (ActivityState.DRAFT, ActivityState.RETURNED)
BASE, GROUP = "_base", "_group"  # beside the cells of a kept row: the digest it was typed over, its activity


def owner_of(scope: Scope) -> int | None:
    """The agency a new row is recorded for: the one the person acts for, else the first that may record now."""
    corrects = scope.is_chair and scope.opens(phases.CORRECTION)
    mine = sorted(scope.answers_for, key=lambda pk: (pk != scope.agency_id, pk))
    return next((pk for pk in mine if corrects or scope.opens_for(phases.ENTRY, pk)), None)


def own_open(scope: Scope) -> QuerySet[Activity]:
    """Activities that the person's agencies are still writing; never those of other agencies."""
    return Activity.objects.filter(
        year=scope.year, agency__in=scope.answers_for, state__in=OPEN_STATES
    ).order_by("-id")


def editable(scope: Scope, activity: Activity) -> bool:
    """Whether its rows can be edited in the grid now."""
    return activity.agency_id in scope.answers_for and may(scope, "activity_edit", activity)


# -- recorded ------------------------------------------------------------------------------------
def gifts_in(scope: Scope) -> QuerySet[Contribution]:
    """Contributions of :func:`own_open` with all that a row shows; two queries, newest first."""
    siblings = (
        Contribution.objects.filter(activity=OuterRef("activity"))
        .order_by()
        .values("activity")
        .annotate(number=Count("pk"))
    )
    return (
        Contribution.objects.filter(activity__in=own_open(scope).order_by().values("pk"))
        .select_related("activity", "beneficiary")
        .prefetch_related(Prefetch("contributors", Contributor.objects.order_by("order")))
        .annotate(siblings=Subquery(siblings.values("number")))
        .order_by("-id")
    )


def activities_in(scope: Scope) -> QuerySet[Activity]:
    """:func:`own_open` with all that a row shows; two queries, newest first."""
    return own_open(scope).prefetch_related(Prefetch("partners", ActivityPartner.objects.order_by("id")))


def gift_cells(gift: Contribution, choices: Choices) -> dict[str, str]:
    """A contribution as its row shows it; day and place are the activity's where it has none of its own."""
    activity = gift.activity
    givers = list(gift.contributors.all())
    members = tuple(row.agency_id for row in givers if row.agency_id not in (None, activity.agency_id))
    outside = tuple(row.outside_name for row in givers if row.outside_name)
    day = time_words(activity.starts_on, activity.ends_on, activity.precision)
    return {
        "day": time_words(gift.given_on, gift.given_on, "day") if gift.given_on else day,
        "what": gift.description,
        "quantity": figure_words(gift.quantity, gift.quantity_qualifier, gift.unit),
        "value": figure_words(gift.value, gift.value_qualifier),
        "receiver": gift.beneficiary.name if gift.beneficiary else "",
        "place": gift.place or activity.place,
        "partners": partner_words(members, outside, choices),
        "movement": choices.movements.get(activity.movement_id or 0, ""),
    }


def activity_cells(activity: Activity, choices: Choices) -> dict[str, str]:
    """An activity as its row shows it."""
    members = tuple(row.agency_id for row in activity.partners.all())
    return {
        "day": time_words(activity.starts_on, activity.ends_on, activity.precision),
        "title": activity.title,
        "movement": choices.movements.get(activity.movement_id or 0, ""),
        "place": activity.place,
        "partners": partner_words(members, (), choices),
        "result": activity.result,
        "attended": "" if activity.attended is None else format_number(activity.attended),
        "people": activity.people,
    }


def gift_row(gift: Contribution, choices: Choices, draft: RowDraft | None = None) -> Row:
    """A recorded contribution, under the words its person typed over it."""
    shared = getattr(gift, "siblings", 1) or 1
    activity = gift.activity
    return _row(GIFTS, gift.pk, activity, gift_cells(gift, choices), draft, shared)


def activity_row(activity: Activity, choices: Choices, draft: RowDraft | None = None) -> Row:
    """A recorded activity, under the words its person typed over it."""
    return _row(ACTIVITIES, activity.pk, activity, activity_cells(activity, choices), draft, 1)


def _row(
    grid: str, pk: int, activity: Activity, cells: dict[str, str], draft: RowDraft | None, shared: int
) -> Row:
    # What the row was typed over stays its mark: saving it later finds out who was faster.
    seen = draft.cells.get(BASE, "") if draft else digest(cells)
    return Row(
        key=draft.key if draft else "",
        cells=kept_cells(grid, draft) if draft else cells,
        pk=pk,
        activity=activity.pk,
        mark=make_mark(seen, draft.version if draft else 0),
        group=activity.title if grid == GIFTS and shared > 1 else "",
        is_kept=draft is not None,
        shared=shared,
        state=activity.state,
    )


def kept_cells(grid: str, draft: RowDraft) -> dict[str, str]:
    """The words of a kept row by column."""
    return {name: str(draft.cells.get(name, "")) for name in names_of(grid)}


def kept_row(grid: str, draft: RowDraft) -> Row:
    """A row that is not recorded yet."""
    return Row(
        key=draft.key,
        cells=kept_cells(grid, draft),
        mark=make_mark("", draft.version),
        group=str(draft.cells.get(GROUP, "")),
        is_kept=True,
    )


# -- the page ------------------------------------------------------------------------------------
def kept_drafts(scope: Scope, grid: str) -> list[RowDraft]:
    """What the person has typed in this grid and nothing records yet, in the order of typing; one query."""
    rows = RowDraft.objects.filter(user=scope.user, year=scope.year, grid=grid)
    return list(rows.order_by("order", "id")[:KEEP_LIMIT])


def page_of(
    scope: Scope, grid: str, choices: Choices, drafts: Iterable[RowDraft], before: int | None = None
) -> tuple[list[Row], int | None]:
    """Recorded rows below ``before`` (all, when None), newest first, and where the next page begins; two queries."""
    over = {draft.contribution_id or draft.activity_id: draft for draft in drafts}
    over.pop(None, None)
    rows: Sequence[Row]
    if grid == GIFTS:
        gifts = gifts_in(scope)
        found = list((gifts.filter(pk__lt=before) if before else gifts)[: SHOWN + 1])
        rows = [gift_row(gift, choices, over.get(gift.pk)) for gift in found[:SHOWN]]
    else:
        activities = activities_in(scope)
        found_ones = list((activities.filter(pk__lt=before) if before else activities)[: SHOWN + 1])
        rows = [activity_row(one, choices, over.get(one.pk)) for one in found_ones[:SHOWN]]
        return list(rows), rows[-1].pk if len(found_ones) > SHOWN else None
    return list(rows), rows[-1].pk if len(found) > SHOWN else None


def rows_by_id(scope: Scope, grid: str, choices: Choices, ids: Iterable[int]) -> dict[int, Row]:
    """Recorded rows of the person by id, without what is kept over them; two queries."""
    wanted = list(ids)
    if not wanted:
        return {}
    if grid == GIFTS:
        return {gift.pk: gift_row(gift, choices) for gift in gifts_in(scope).filter(pk__in=wanted)}
    return {one.pk: activity_row(one, choices) for one in activities_in(scope).filter(pk__in=wanted)}
