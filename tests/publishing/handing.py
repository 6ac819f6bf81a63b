"""The change of chair that the tests of the hand-over speak of: An's agency hands 2020 to Bình's on 05/01/2021."""

from __future__ import annotations

from datetime import date
from typing import Any

from members.enums import Role
from members.models import RoleTerm
from publishing.domain import handover as verbs
from publishing.domain.changeover import Change, Seat, history_of
from publishing.domain.handover import Standing
from publishing.enums import Side
from publishing.render.handover_docx import handover_docx
from tests.factories import RoleTermFactory

DAY = date(2021, 1, 5)


def hand_over(cast: Any, day: date = DAY) -> Change:
    """Chair and deputy change on ``day``: deputy → chair, member → deputy."""
    RoleTerm.objects.filter(cluster=cast.cluster).update(ends_on=day)
    RoleTermFactory(
        cluster=cast.cluster,
        agency=cast.deputy,
        starts_on=day,
        decision_number="02/BB-CTĐ",
        decision_date=day,
    )
    RoleTermFactory(cluster=cast.cluster, agency=cast.member, role=Role.DEPUTY, starts_on=day)
    change = verbs.pick(history_of(cast.cluster.pk), cast.year)
    assert change is not None
    return change


def standing(cast: Any) -> Standing:
    """How the hand-over of the year stands now, read anew."""
    history = history_of(cast.cluster.pk)
    change = verbs.pick(history, cast.year)
    assert change is not None
    return verbs.standing_of(cast.year, history, change, cast.scope(cast.an).today)


def seat(cast: Any, side: Side) -> Seat:
    return Seat(standing(cast).change, side)


def user_of(cast: Any, side: Side) -> Any:
    return cast.an if side is Side.GIVER else cast.binh


def mark_all(cast: Any, side: Side, note: str = "", user: Any = None) -> Standing:
    """The side marks every group as it stands."""
    now = standing(cast)
    marks = {part.key: part.mark for part in now.parts}
    scope = cast.scope(user or user_of(cast, side))
    return verbs.save_marks(scope, seat(cast, side), marks, note, now.note(side), list(marks))


def sign(cast: Any, side: Side, user: Any = None, expected: str | None = None) -> Standing:
    """The side signs what stands."""
    scope = cast.scope(user or user_of(cast, side))
    expected = standing(cast).mark if expected is None else expected
    return verbs.sign(scope, seat(cast, side), expected, handover_docx)


def both_sign(cast: Any) -> Standing:
    """Both mark everything, then both sign."""
    for side in Side:
        mark_all(cast, side)
    sign(cast, Side.GIVER)
    return sign(cast, Side.RECEIVER)
