"""Writing the contributions of an activity: who gave, to whom, and which figure is part of which."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from core.dates import format_date, local_today
from core.errors import Problem
from core.folding import fold
from core.quantity import format_money
from members.scope import Scope
from movements.domain.entry import (
    MAX_GIVERS,
    MAX_ROWS,
    QUANTITY_LIMIT,
    VALUE_LIMIT,
    ActivityDraft,
    Apart,
    GiftDraft,
    PartOf,
)
from movements.domain.record import Record
from movements.enums import ContributionKind, PartState
from movements.models import Activity, Beneficiary, Contribution, Contributor
from movements.queries import activities_for

Giver = tuple[int | None, str]
Shared = tuple[int | None, str, int | None]  # a giver with the share
LONGEST = {"description": 300, "unit": 30, "beneficiary": 300, "quantity_words": 60, "value_words": 60}
_PLAIN = (
    "kind", "description", "quantity", "unit", "quantity_qualifier", "quantity_words", "value", "value_qualifier",
    "value_words",
)  # fmt: skip
_APART = ("given_on", "place", "purpose")
_FIELDS = (*_PLAIN, *_APART, "order", "beneficiary", "part_of", "part_state", "version", "updated_at")


@dataclass
class Plan:
    """Rows of a form beside the contributions they stand for, checked as a whole before anything is written."""

    record: Record
    rows: Sequence[GiftDraft]
    deleted: frozenset[int]
    others: dict[int, Contribution] = field(default_factory=dict)
    holders: frozenset[int | None] = frozenset()
    owner_id: int | None = None

    def recorded(self, row: GiftDraft) -> Contribution | None:
        """The contribution a row changes; None for a new one, also when somebody else removed it meanwhile."""
        return self.record.gift(row.pk)

    @property
    def untouched(self) -> list[Contribution]:
        """Recorded contributions that the form neither changes nor deletes."""
        changed = {row.pk for row in self.rows}
        return [gift for gift in self.record.gifts if gift.pk not in changed and gift.pk not in self.deleted]

    @property
    def held(self) -> frozenset[int | None]:
        """Contributions that stay the whole of a figure the form does not change."""
        return self.holders | {gift.part_of_id for gift in self.untouched}

    def givers(self, row: GiftDraft) -> list[Shared]:
        """Who gives after the save, each with the share: as typed, else as recorded."""
        gift = self.recorded(row)
        old = _givers(gift) if gift else []
        activity = self.record.activity
        owner = activity.agency_id if activity.pk else self.owner_id
        named = givers_of(row, [one[:2] for one in old], owner, is_new=gift is None)
        known = {(agency, fold(name)): share for agency, name, share in old}
        if row.shares is not None:
            known = {(pk, ""): share for pk, share in row.shares.members}
            known |= {(None, fold(name)): share for name, share in row.shares.outside}
            known |= {(owner, ""): row.shares.own} if owner is not None else {}
        return [(agency, name, known.get((agency, fold(name)))) for agency, name in named]

    def row_of(self, pk: int) -> GiftDraft | None:
        """The row that changes a contribution."""
        return next((row for row in self.rows if row.pk == pk), None)


def make_plan(scope: Scope, record: Record, draft: ActivityDraft) -> Plan:
    """Fetch what the rows point to outside this activity; two queries."""
    own = {gift.pk for gift in record.gifts}
    wanted = {row.part.gift for row in draft.gifts if row.part and row.part.gift} - own
    seen = Contribution.objects.filter(activity__in=activities_for(scope).order_by().values("pk"))
    others = {gift.pk: gift for gift in seen.filter(pk__in=wanted)} if wanted else {}
    held = Contribution.objects.filter(part_of__in=own).exclude(activity=record.activity.pk)
    holders = frozenset(held.values_list("part_of_id", flat=True)) if own else frozenset()
    return Plan(record, draft.gifts, draft.deleted & own, others, holders, draft.agency_id)


# -- checks --------------------------------------------------------------------------------------
def problems_of(plan: Plan, members: Iterable[int], year: str) -> list[Problem]:
    """Everything wrong with the rows; a problem's field is ``<row>:<field>``."""
    found = []
    known = frozenset(members)
    if len(plan.rows) > MAX_ROWS:
        found.append(Problem(_("Một hoạt động có nhiều nhất %(most)s khoản đóng góp.") % {"most": MAX_ROWS}))
    for row in plan.rows:
        found += [Problem(text, f"{row.ref}:{name}") for name, text in _row_problems(row, known, year)]
        found += [Problem(text, f"{row.ref}:{name}") for name, text in _shared_problems(plan, row)]
        text = _apart_problem(plan.record.activity, row.apart) if row.apart else ""
        if text:
            found.append(Problem(text, f"{row.ref}:given_on"))
        text = _part_problem(plan, row) if row.part else ""
        if text:
            found.append(Problem(text, f"{row.ref}:part"))
    return found + _deletion_problems(plan)


def _row_problems(row: GiftDraft, members: frozenset[int], year: str) -> list[tuple[str, str]]:
    found = []
    if row.kind not in ContributionKind.values:
        found.append(("kind", _("Chọn loại trong danh sách.")))
    if not row.description:
        found.append(("description", _("Ghi nội dung, ví dụ: khẩu trang y tế.")))
    if row.quantity is None and row.value is None:
        found.append(("value", _("Ghi số lượng hoặc trị giá.")))
    if row.quantity is not None and not Decimal(0) < row.quantity < QUANTITY_LIMIT:
        found.append(("quantity", _("Số lượng phải lớn hơn 0 và dưới 1.000 tỷ.")))
    if row.quantity is not None and not row.unit:
        found.append(("unit", _("Có số lượng thì phải có đơn vị tính, ví dụ: chiếc, suất.")))
    if row.value is not None and not 0 < row.value < VALUE_LIMIT:
        found.append(("value", _("Trị giá phải lớn hơn 0 và dưới 10.000 tỷ đồng.")))
    if not members.issuperset(row.partners):
        found.append(
            ("partners", _("Đơn vị đã chọn không phải thành viên của Cụm năm %(year)s.") % {"year": year})
        )
    if len(row.partners) + len(row.outside) > MAX_GIVERS:
        found.append(("outside", _("Một khoản có nhiều nhất %(most)s bên cùng góp.") % {"most": MAX_GIVERS}))
    for name, most in LONGEST.items():
        if len(getattr(row, name)) > most:
            found.append((name.removesuffix("_words"), _("Dài nhất %(most)s ký tự.") % {"most": most}))
    if any(len(name) > 200 for name in row.outside):
        found.append(
            ("outside", _("Tên mỗi bên ngoài cụm dài nhất 200 ký tự, các tên cách nhau bằng dấu chấm phẩy."))
        )
    return found


def _shared_problems(plan: Plan, row: GiftDraft) -> list[tuple[str, str]]:
    """What is wrong with the shares of a joint gift."""
    found = []
    shares = [share for *_who, share in plan.givers(row) if share is not None]
    typed = row.shares is not None and bool(row.shares.amounts)
    if typed and not (row.partners or row.outside):
        found.append(
            (
                "partners",
                _("Ghi phần góp khi có đơn vị cùng góp: đánh dấu đơn vị hoặc ghi tên bên ngoài cụm."),
            )
        )
    elif (typed or shares) and row.value is None:
        found.append(("value", _("Có phần góp của từng bên thì phải có trị giá của cả khoản.")))
    elif shares and row.value is not None and sum(shares) > row.value:
        over = {"sum": format_money(sum(shares)), "value": format_money(row.value)}
        found.append(("partners", _("Các phần góp cộng lại là %(sum)s, nhiều hơn trị giá %(value)s.") % over))
    return found


def _apart_problem(activity: Activity, apart: Apart) -> str:
    """Why day, place or purpose of its own do not fit: outside the year, not yet come, too long."""
    day, year = apart.given_on, activity.year
    if day is not None and not year.starts_on <= day <= year.ends_on:
        return _("Ngày trao nằm ngoài năm thi đua %(year)s (từ %(first)s đến %(last)s).") % {
            "year": year.label, "first": format_date(year.starts_on), "last": format_date(year.ends_on),
        }  # fmt: skip
    if day is not None and day > local_today(timezone.now()):
        return _("Ngày trao chưa tới. Chỉ ghi việc đã làm.")
    if max(len(apart.place), len(apart.purpose)) > 300:
        return _("Dài nhất %(most)s ký tự.") % {"most": 300}
    return ""


def _part_problem(plan: Plan, row: GiftDraft) -> str:
    """Why a row cannot be part of what it names: one level deep, no circle, same year."""
    part = row.part
    if part is None or part.state not in PartState.values:
        return _("Chọn khoản này đã tính trong số tổng hay chưa, hoặc ghi chưa rõ.")
    if part.row == row.ref or (row.pk is not None and part.gift == row.pk):
        return _("Một khoản không thể nằm trong chính nó.")
    whole = _whole(plan, part)
    if whole is None:
        return _("Số tổng đã chọn không còn. Hãy chọn lại.")
    is_part = bool(whole.part) if isinstance(whole, GiftDraft) else whole.part_of_id is not None
    if is_part:
        return _("Khoản được chọn làm số tổng lại nằm trong một khoản khác; chỉ tính được một cấp.")
    if row.pk is not None and row.pk in plan.held:
        return _("Khoản này đang là số tổng của khoản khác nên không thể nằm trong khoản nào.")
    return ""


def _whole(plan: Plan, part: PartOf) -> GiftDraft | Contribution | None:
    """The figure a part names, as it will stand after the save."""
    if part.row:
        return next((row for row in plan.rows if row.ref == part.row), None)
    if part.gift is None or part.gift in plan.deleted:
        return None
    return plan.row_of(part.gift) or plan.record.gift(part.gift) or plan.others.get(part.gift)


def _deletion_problems(plan: Plan) -> list[Problem]:
    """What cannot go because another figure is part of it."""
    return [
        Problem(
            _(
                "Khoản “%(what)s” là số tổng của một khoản khác nên chưa xóa được. Hãy bỏ liên kết ở khoản kia trước."
            )
            % {"what": gift.description}
        )
        for gift in plan.record.gifts
        if gift.pk in plan.deleted and gift.pk in plan.held
    ]


# -- writing -------------------------------------------------------------------------------------
def write_gifts(plan: Plan) -> None:
    """Bring the contributions to what the rows say.

    Effects in order: receivers, new contributions, changed ones with what they are part of (their ``version`` rises),
    contributors, deletions. The number of statements does not depend on the number of rows.
    """
    activity = plan.record.activity
    receivers = receivers_named(activity.year.cluster_id, {row.beneficiary for row in plan.rows})
    gifts: dict[str, Contribution] = {}
    before = {gift.pk: _state(gift, _givers(gift)) for gift in plan.record.gifts}
    after = {row.ref: plan.givers(row) for row in plan.rows}
    for order, row in enumerate(plan.rows, 1):
        gift = plan.recorded(row) or Contribution(activity=activity)
        _fill(gift, row)
        gift.order = order
        gift.beneficiary = receivers.get(_folded(row.beneficiary))
        if gift.pk is None:
            gift.part_of, gift.part_state = None, ""
        gifts[row.ref] = gift
    for order, gift in enumerate(plan.untouched, len(plan.rows) + 1):
        gift.order = order
        gifts[f"kept {gift.pk}"] = gift
    Contribution.objects.bulk_create([gift for gift in gifts.values() if gift.pk is None])
    for row in plan.rows:
        gift = gifts[row.ref]
        _link(gift, row.part, gifts)
        if gift.pk in before and _state(gift, after[row.ref]) != before[gift.pk]:
            gift.version += 1
    for gift in gifts.values():
        gift.updated_at = timezone.now()
    Contribution.objects.bulk_update(gifts.values(), _FIELDS)
    _write_contributors(plan, gifts, after)
    gone = Contribution.objects.filter(pk__in=plan.deleted)
    gone.update(part_of=None, part_state="")
    gone.delete()


def _fill(gift: Contribution, row: GiftDraft) -> None:
    """Set the figures; where they did not change, the words they were first reported in stay."""
    same_quantity = (gift.quantity, gift.unit, gift.quantity_qualifier) == (
        row.quantity,
        row.unit,
        row.quantity_qualifier,
    )
    same_value = (gift.value, gift.value_qualifier) == (row.value, row.value_qualifier)
    words = (gift.quantity_words, gift.value_words)
    for name in _PLAIN:
        setattr(gift, name, getattr(row, name))
    if row.apart is not None:
        for name in _APART:
            setattr(gift, name, getattr(row.apart, name))
    if gift.pk and same_quantity:
        gift.quantity_words = words[0]
    if gift.pk and same_value:
        gift.value_words = words[1]


def _link(gift: Contribution, part: PartOf | None, gifts: dict[str, Contribution]) -> None:
    whole: Any = None
    if part is not None:
        whole = gifts[part.row].pk if part.row else part.gift
    gift.part_of_id = whole
    gift.part_state = part.state if part is not None else ""


def _folded(name: str) -> str:
    return fold(name)[:300]


def receivers_named(cluster_id: int, names: Iterable[str]) -> dict[str, Beneficiary]:
    """The shared receivers of a cluster by their folded names, made where they are missing; at most three queries.

    A name typed with more marks mends the shared one: "Uy ban" becomes "Ủy ban". The rows stay locked, so that nobody
    merges one away before the gift that names it is there.
    """
    wanted = {_folded(name): name for name in sorted(names) if _folded(name)}
    if not wanted:
        return {}
    locked = Beneficiary.objects.select_for_update(no_key=True).order_by("folded")
    rows = locked.filter(cluster=cluster_id, folded__in=wanted)
    found = {row.folded: row for row in rows}
    missing = [
        Beneficiary(cluster_id=cluster_id, name=wanted[folded], folded=folded)
        for folded in sorted(wanted.keys() - found.keys())
    ]
    if missing:
        Beneficiary.objects.bulk_create(missing, ignore_conflicts=True)
        found = {row.folded: row for row in rows.all()}
    better = [row for row in found.values() if _marks(wanted[row.folded]) > _marks(row.name)]
    for row in better:
        row.name = wanted[row.folded]
    if better:
        Beneficiary.objects.bulk_update(better, ["name"])
    return found


def _marks(name: str) -> int:
    return sum(not char.isascii() for char in name)


def _givers(gift: Contribution) -> list[Shared]:
    """Who gave a recorded contribution, in order."""
    return [(giver.agency_id, giver.outside_name, giver.share) for giver in gift.contributors.all()]


def _state(gift: Contribution, givers: Sequence[Shared]) -> tuple[Any, ...]:
    """All that makes a row another one; its place among the others does not."""
    plain = tuple(getattr(gift, name) for name in (*_PLAIN, *_APART))
    return (*plain, gift.beneficiary_id, gift.part_of_id, gift.part_state, *givers)


def _write_contributors(plan: Plan, gifts: dict[str, Contribution], after: dict[str, list[Shared]]) -> None:
    changed: list[tuple[Contribution, list[Shared]]] = []
    for row in plan.rows:
        recorded = plan.recorded(row)
        if after[row.ref] != (_givers(recorded) if recorded else []):
            changed.append((gifts[row.ref], after[row.ref]))
    if not changed:
        return
    Contributor.objects.filter(contribution__in=[gift.pk for gift, _givers in changed]).delete()
    Contributor.objects.bulk_create(
        Contributor(contribution=gift, order=order, agency_id=agency, outside_name=name, share=share)
        for gift, givers in changed
        for order, (agency, name, share) in enumerate(givers, 1)
    )


def givers_of(row: GiftDraft, old: Sequence[Giver], owner: int | None, *, is_new: bool) -> list[Giver]:
    """Who gives after the save: those that stay in their order, then the added ones.

    A new gift is its owner's too. A recorded one keeps its owner only if it had it, or had nobody named, which means
    the owner.
    """
    wanted: list[Giver] = [(agency, "") for agency in row.partners if agency != owner]
    wanted += [(None, name) for name in row.outside]
    with_owner = owner is not None and (is_new or (owner, "") in old or (not old and bool(wanted)))
    if with_owner:
        wanted.insert(0, (owner, ""))
    folded = {(agency, fold(name)) for agency, name in wanted}
    kept = [giver for giver in old if (giver[0], fold(giver[1])) in folded]
    have = {(agency, fold(name)) for agency, name in kept}
    added: list[Giver] = []
    for agency, name in wanted:
        mark = (agency, fold(name))
        if mark not in have:
            have.add(mark)
            added.append((agency, name))
    if with_owner and added and added[0] == (owner, ""):
        return [added[0], *kept, *added[1:]]
    return [*kept, *added]
