"""Whether what the rows say may be written: the very checks of the entry form, with each sentence at its cell."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _

from core.access import RIGHTS, may
from core.dates import PartialDate, Precision
from core.errors import Problem
from core.folding import fold
from core.quantity import Qualifier
from movements.domain import contributions
from movements.domain.activities import problems_with
from movements.domain.entry import About, ActivityDraft, Apart, GiftDraft, PartOf, Shares
from movements.domain.record import Record
from movements.imports.columns import OF_GIFT, TITLES
from movements.imports.records import RecordedGift, with_givers
from movements.imports.shape import GiftPlan, Group, Plan
from movements.imports.values import Row
from movements.models import Activity, Contribution, Contributor

FIELDS = {
    "partners": "givers",
    "outside": "givers",
    "part": "whole",
    "place": "gift_place",
    "apart": "given_on",
}
FIGURES = frozenset({"quantity", "unit", "value"})


def check_group(
    plan: Plan, group: Group, others: dict[int, Contribution], holders: frozenset[int | None]
) -> None:
    """Put every problem of the activity and its contributions beside its cell; nothing to do where nothing changes."""
    if group.recorded and not group.changes and not any(one.fresh or one.changes for one in group.gifts):
        return
    _check_rights(plan, group)
    activity = stand_in(plan, group)
    problems = problems_with(
        plan.words.scope, activity, activity_draft(group), plan.words.choices, send=plan.order.send
    )
    for problem in problems:
        _put(group.first, problem.field, problem)
    asked = contributions.Plan(
        Record(activity, [_model(one) for one in (group.recorded.gifts if group.recorded else ())]),
        [gift_draft(group, one) for one in group.gifts],
        frozenset(), others, holders, group.values["owner"],
    )  # fmt: skip
    found = contributions.problems_of(asked, plan.words.choices.agencies, plan.words.scope.year.label)
    _put_all(group, found)


def _put(row: Row, name: str, problem: Problem) -> None:
    key = name if name in TITLES and name in row.line.letters else "title"
    row.wrong(key, problem.sentence)


def _put_all(group: Group, problems: Iterable[Problem]) -> None:
    rows = {gift.key: gift for gift in group.gifts}
    for problem in problems:
        ref, colon, name = problem.field.partition(":")
        if not colon or ref not in rows:
            group.first.wrong("title", problem.sentence)
            continue
        gift = rows[ref]
        if not (gift.fresh or gift.changes):
            continue  # recorded so, and not touched here
        key = FIELDS.get(name, name)
        if key in FIGURES and any(fault.key in FIGURES for fault in gift.row.faults):
            continue  # follows from what could not be read
        gift.row.wrong(key if key in OF_GIFT else "description", problem.sentence)


def _check_rights(plan: Plan, group: Group) -> None:
    """A recorded activity is changed by whoever may, while it is a draft or returned, and never given to another."""
    recorded = group.recorded
    if recorded is None:
        return
    if group.closed:
        for row, key in _changed(group):
            row.wrong(key, _("Hoạt động đã gửi, không sửa bằng Excel: thu hồi về nháp, hoặc giữ ô như cũ."))
    elif not may(plan.words.scope, "activity_edit", recorded):
        for row, key in _changed(group):
            row.wrong(key, str(RIGHTS["activity_edit"].who))
    elif "owner" in group.changes:
        sentence = _("Không đổi được đơn vị thực hiện của hoạt động đã ghi.")
        group.first.wrong("owner", sentence)


def _changed(group: Group) -> list[tuple[Row, str]]:
    cells = [(group.first, key) for key in group.changes]
    for gift in group.gifts:
        cells += [(gift.row, key) for key in gift.changes]
        if gift.fresh:
            cells.append((gift.row, "description"))
    return cells


# -- as the domain takes them --------------------------------------------------------------------
def stand_in(plan: Plan, group: Group) -> Activity:
    """The activity as the checks ask for it; not for saving."""
    recorded = group.recorded
    owner = recorded.agency_id if recorded else group.values["owner"]
    return Activity(pk=recorded.pk if recorded else None, agency_id=owner, year=plan.words.scope.year)


def activity_draft(group: Group) -> ActivityDraft:
    """The activity as the entry form would give it."""
    values = group.values
    return ActivityDraft(
        title=values["title"],
        when=values["when"] or PartialDate(None, None, Precision.UNKNOWN),
        agency_id=values["owner"],
        movement_id=values["movement"],
        partners=values["partners"],
        place=values["place"],
        story=values["story"],
        result=values["result"],
        in_summary=values["in_summary"],
        about=About(values["people"], values["attended"]),
    )


def gift_draft(group: Group, gift: GiftPlan) -> GiftDraft:
    """A contribution as the entry form would give it."""
    values, owner = gift.values, group.values["owner"]
    givers = values["givers"]
    members = tuple(pk for pk, _name, _share in givers if pk is not None and pk != owner)
    in_file = {one.key for one in group.gifts}
    part = None
    if values["part_state"] and values["whole"]:
        inside = values["whole"] in in_file
        part = PartOf(
            values["part_state"], row=values["whole"] if inside else "", gift=None if inside else gift.whole
        )
    return GiftDraft(
        ref=gift.key,
        kind=values["kind"],
        description=values["description"],
        pk=gift.recorded.pk if gift.recorded else None,
        quantity=values["quantity"],
        unit=values["unit"],
        quantity_qualifier=Qualifier(values["quantity_qualifier"]),
        quantity_words=gift.row.words.get("quantity", ""),
        value=values["value"],
        value_qualifier=Qualifier(values["value_qualifier"]),
        value_words=gift.row.words.get("value", ""),
        beneficiary=values["beneficiary"],
        partners=members,
        outside=tuple(name for pk, name, _share in givers if pk is None),
        part=part,
        apart=Apart(values["given_on"], values["gift_place"], values["purpose"]),
        shares=Shares(
            own=next((share for pk, _name, share in givers if pk is not None and pk == owner), None),
            members=tuple((pk, share) for pk, _name, share in givers if pk in members and share is not None),
            outside=tuple((name, share) for pk, name, share in givers if pk is None and share is not None),
        ),
    )


def _model(gift: RecordedGift) -> Contribution:
    row = Contribution(pk=gift.pk, part_of_id=gift.part_of, description=gift.values["description"])
    givers = [
        Contributor(agency_id=pk, outside_name=name, share=share) for pk, name, share in gift.values["givers"]
    ]
    with_givers(row, givers)
    return row


def resolve_wholes(group: Group) -> set[str]:
    """Find in the activity what its parts name; keys that are not of this activity are left to ask the database."""
    names: dict[str, list[str]] = {}
    recorded = {one.key: one for one in (group.recorded.gifts if group.recorded else ())}
    for gift in group.gifts:
        names.setdefault(fold(gift.values["description"]), []).append(gift.key)
    for key, one in recorded.items():
        if all(gift.key != key for gift in group.gifts):
            names.setdefault(fold(one.values["description"]), []).append(key)
    known = {key for keys in names.values() for key in keys}
    asked = set()
    for gift in group.gifts:
        key = _whole_of(gift, names, known)
        gift.values["whole"] = key
        if key in recorded:
            gift.whole = recorded[key].pk
        elif key and key not in known:
            asked.add(key)
    return asked


def _whole_of(gift: GiftPlan, names: dict[str, list[str]], known: set[str]) -> str:
    text, state = gift.values["whole"], gift.values["part_state"]
    if state and not text:
        gift.row.wrong("whole", _("Ghi nội dung của khoản tổng mà khoản này nằm trong hoặc nằm ngoài."))
    if text and not state:
        gift.row.wrong("part_state", _("Chọn khoản này đã tính trong số tổng hay chưa, hoặc chưa rõ."))
    if not text or not state:
        return ""
    if text.startswith("#"):
        return str(text[1:])
    found = [key for key in names.get(fold(text), []) if key != gift.key]
    if len(found) == 1:
        return found[0]
    if not found and (text in known or (gift.recorded and gift.recorded.values["whole"] == text)):
        return str(text)  # as it is recorded
    sentence = (
        _("Hoạt động này có nhiều khoản cùng nội dung như vậy: đổi nội dung cho khác nhau.")
        if found
        else _("Hoạt động này không có khoản nào nội dung như vậy.")
    )
    gift.row.wrong("whole", sentence)
    return ""
