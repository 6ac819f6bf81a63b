"""The folded text that lists search in: made in one place, by entry and by the year file alike."""

from __future__ import annotations

from core.search import searchable
from movements.models import Activity, Contribution, Movement


def activity_search(activity: Activity) -> str:
    """What finds an activity: its own words, its movement's title, its gifts, receivers, givers from outside and files.

    Reads the saved rows of ``activity`` (three queries, one more for its movement); call it after they are written.
    """
    words = [activity.title, activity.place, activity.people, activity.story, activity.result]
    if activity.movement_id:
        words.append(Movement.objects.values_list("title", flat=True).get(pk=activity.movement_id))
    gifts = Contribution.objects.filter(activity=activity).order_by("order")
    for gift in gifts.values_list("description", "unit", "place", "purpose", "beneficiary__name"):
        words += [word for word in gift if word]
    outside = gifts.filter(contributors__agency__isnull=True).values_list(
        "contributors__outside_name", flat=True
    )
    words += [name for name in outside if name]
    files = activity.evidence_uses.filter(removed_at__isnull=True, evidence__removed_at__isnull=True)
    words += files.order_by("id").values_list("evidence__name", flat=True)
    return searchable(words)


def movement_search(movement: Movement) -> str:
    """What finds a movement: title, slogan, launching authority, number of the decision, story."""
    words = (movement.title, movement.slogan, movement.launched_by, movement.decision_number, movement.story)
    return searchable(words)
