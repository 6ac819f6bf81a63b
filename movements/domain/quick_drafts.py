"""A row of the grid as the ordinary verb takes it: what the grid does not show stays as it is."""

from __future__ import annotations

from dataclasses import replace

from django.utils.translation import gettext as _

from core.dates import PartialDate, Precision
from core.errors import DomainError
from core.quantity import Qualifier
from movements.domain.entry import About, ActivityDraft, Apart, GiftDraft, PartOf
from movements.domain.quick_read import UNKNOWN_TIME, Read
from movements.models import Activity, Contribution
from movements.queries import Choices

LONGEST_TITLE = 300


def activity_draft(activity: Activity | None, read: Read, owner_id: int | None) -> ActivityDraft:
    """The row of an activity as the verb takes it; what the grid does not show stays as it is."""
    base = _as_it_is(activity) if activity else ActivityDraft(title="", when=UNKNOWN_TIME)
    about = replace(base.about or About(), people=read.words["people"], attended=read.attended)
    return replace(
        base,
        title=read.words["title"],
        when=read.when or UNKNOWN_TIME,
        agency_id=owner_id,
        movement_id=read.movement_id,
        partners=read.partners,
        place=read.words["place"],
        result=read.words["result"],
        about=about,
    )


def _as_it_is(activity: Activity) -> ActivityDraft:
    """The draft that changes nothing of an activity but what is replaced in it."""
    return ActivityDraft(
        title=activity.title,
        when=PartialDate(activity.starts_on, activity.ends_on, Precision(activity.precision)),
        agency_id=activity.agency_id,
        movement_id=activity.movement_id,
        partners=tuple(activity.partners.values_list("agency_id", flat=True)),
        place=activity.place,
        story=activity.story,
        result=activity.result,
        in_summary=activity.in_summary,
        about=About(
            activity.people,
            activity.attended,
            tuple(activity.tags.values_list("pk", flat=True)),
            activity.is_public,
        ),
    )


def gift_into(
    group: str,
    gift: Contribution | None,
    activity: Activity | None,
    read: Read,
    choices: Choices,
    owner_id: int | None,
    *,
    shared: bool,
) -> ActivityDraft:
    """The activity of a contribution with that row. ``shared``: there are, or will be, other contributions in it.

    A row that is the whole activity gives it day, place and name; beside others, or where the contribution had a day or
    place of its own, they stay its own.
    """
    base = _as_it_is(activity) if activity else ActivityDraft(title="", when=UNKNOWN_TIME)
    row = _gift_draft(gift, read)
    if activity is not None and shared:
        _same_movement(activity, read, choices)
        return replace(base, gifts=(_apart(row, activity, read),))
    if activity is not None and gift is not None and (gift.given_on or gift.place):
        return replace(base, movement_id=read.movement_id, gifts=(_apart(row, activity, read),))
    title = group or base.title
    if not group and (gift is None or base.title == _auto_title_of(gift)):
        title = auto_title(read.words["what"], read.words["receiver"])
    return replace(
        base,
        title=title,
        when=read.when or base.when,
        agency_id=owner_id,
        movement_id=read.movement_id,
        partners=_partners(gift, base, read) if activity else read.partners,
        place=read.words["place"],
        gifts=(row,),
    )


def _partners(gift: Contribution | None, base: ActivityDraft, read: Read) -> tuple[int, ...]:
    """Who did the activity together follows who gave, as long as both were the same."""
    gave = {row.agency_id for row in gift.contributors.all()} - {base.agency_id, None} if gift else set()
    return read.partners if gave == set(base.partners) else base.partners


def _same_movement(activity: Activity, read: Read, choices: Choices) -> None:
    """Beside others a row cannot move its activity to another movement; raises ``DomainError``."""
    if not read.words["movement"] or read.movement_id == activity.movement_id:
        return
    name = {"title": activity.title, "movement": choices.movements.get(activity.movement_id or 0, "")}
    sentence = _("Hoạt động “%(title)s” có nhiều khoản và thuộc phong trào “%(movement)s”: để trống ô này.")
    if not activity.movement_id:
        sentence = _("Hoạt động “%(title)s” không thuộc phong trào nào: để trống ô này.")
    raise DomainError(sentence % name, "movement")


def _apart(gift: GiftDraft, activity: Activity, read: Read) -> GiftDraft:
    """What differs from the activity is the contribution's own; raises ``DomainError`` for a day that is no day."""
    time = PartialDate(activity.starts_on, activity.ends_on, Precision(activity.precision))
    day = read.when if read.when and read.when != time else None
    if day is not None and (day.precision is not Precision.DAY or day.start != day.end):
        raise DomainError(
            _("Hoạt động này có nhiều khoản: ngày của riêng một khoản phải đủ ngày, tháng, năm."), "day"
        )
    place = read.words["place"]
    apart = gift.apart or Apart()
    own_place = place if place != activity.place else ""
    return replace(gift, apart=replace(apart, given_on=day.start if day else None, place=own_place))


def _gift_draft(gift: Contribution | None, read: Read) -> GiftDraft:
    """The row as the verb takes it; of a recorded one, what the grid does not show stays as it is."""
    quantity, value = read.quantity, read.value
    part, apart, kind = None, Apart(), read.kind
    if gift is not None:
        part = PartOf(gift.part_state, gift=gift.part_of_id) if gift.part_of_id else None
        apart = Apart(purpose=gift.purpose)
        if (quantity is None) == (gift.quantity is None):
            kind = gift.kind
    return GiftDraft(
        ref="0",
        pk=gift.pk if gift else None,
        part=part,
        apart=apart,
        kind=kind,
        description=read.words["what"],
        quantity=quantity.number if quantity else None,
        unit=quantity.unit if quantity else "",
        quantity_qualifier=quantity.qualifier if quantity else Qualifier.EXACT,
        quantity_words=quantity.words if quantity else "",
        value=int(value.number) if value else None,
        value_qualifier=value.qualifier if value else Qualifier.EXACT,
        value_words=value.words if value else "",
        beneficiary=read.words["receiver"],
        partners=read.partners,
        outside=read.outside,
    )


def auto_title(what: str, receiver: str) -> str:
    """The name of an activity that is one contribution: what was given, and to whom."""
    return (f"{what} – {receiver}" if receiver else what)[:LONGEST_TITLE]


def _auto_title_of(gift: Contribution) -> str:
    return auto_title(gift.description, gift.beneficiary.name if gift.beneficiary else "")
