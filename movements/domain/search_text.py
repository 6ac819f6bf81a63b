"""The folded text that lists search in: made in one place, by entry and by the year file alike."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from core.search import searchable
from movements.models import Activity, Contribution, Movement


def activity_search(activity: Activity) -> str:
    """What finds an activity: its own words, its movement's title, its gifts, receivers, givers from outside and files.

    Reads the saved rows of ``activity`` (three queries, one more for its movement); call it after they are written.
    """
    movement = ""
    if activity.movement_id:
        movement = Movement.objects.values_list("title", flat=True).get(pk=activity.movement_id)
    gifts = Contribution.objects.filter(activity=activity).order_by("order")
    words = gifts.values_list("description", "unit", "place", "purpose", "beneficiary__name")
    outside = gifts.filter(contributors__agency__isnull=True)
    files = activity.evidence_uses.filter(removed_at__isnull=True, evidence__removed_at__isnull=True)
    return activity_words(
        activity, movement, words, outside.values_list("contributors__outside_name", flat=True),
        files.order_by("id").values_list("evidence__name", flat=True),
    )  # fmt: skip


def activity_words(
    activity: Activity,
    movement: str,
    gifts: Iterable[Sequence[str | None]],
    outside: Iterable[str | None],
    files: Iterable[str],
) -> str:
    """The same out of what the caller knows: of each gift its description, unit, place, purpose, receiver; no query."""
    words = [activity.title, activity.place, activity.people, activity.story, activity.result]
    words += [movement] if movement else []
    for gift in gifts:
        words += [word for word in gift if word]
    words += [name for name in outside if name]
    return searchable([*words, *files])


def movement_search(movement: Movement) -> str:
    """What finds a movement: title, slogan, launching authority, number of the decision, story."""
    words = (movement.title, movement.slogan, movement.launched_by, movement.decision_number, movement.story)
    return searchable(words)
