"""What an old chair hands to a new one, group by group, out of the tables as they stand.

Every group has columns and rows in words, and ``facts``: the same without words, so that a mark is the same in every
language and on every machine. A group that people have marked is to be looked at again when its facts change. No
person's name is in the facts; ``private`` groups are shown to both sides and never frozen. A group of a thing that the
application does not record yet is not there at all.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from django.db.models import Count, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.dates import LOCAL_ZONE, format_date
from members.calendar import events
from members.domain.rotation import Term, leading_on
from members.enums import Function, Role
from members.models import RoleTerm
from members.queries import agency_name
from movements.domain.totals import total
from movements.enums import ActivityScope, ActivityState
from movements.models import Activity
from movements.queries import gifts_of
from movements.words import left_out_words, plain
from publishing.domain.conditions import conditions
from publishing.domain.handover_ground import Ground, decision_words
from publishing.domain.handover_scoring import scoring_group
from publishing.domain.handover_shape import Part, Row, part
from publishing.models import AnnualSummary

DEADLINE_DAYS = 90


def parts_of(ground: Ground) -> list[Part]:
    """Every group, in the order of the paper; a constant number of queries."""
    return [make(ground) for make in PARTS]


# -- the groups ----------------------------------------------------------------------------------
def _records(ground: Ground) -> Part:
    """Activities that wait for the chair's word, and those of the whole cluster that are not finished; two queries."""
    rows = Activity.objects.filter(year=ground.year)
    open_ones = rows.filter(
        Q(state=ActivityState.SUBMITTED)
        | Q(scope=ActivityScope.CLUSTER, state__in=(ActivityState.DRAFT, ActivityState.RETURNED))
    )
    returned = rows.filter(state=ActivityState.RETURNED, agency__isnull=False).aggregate(number=Count("pk"))[
        "number"
    ]
    found = list(
        open_ones.annotate(name=agency_name("agency", ground.year.ends_on, "short_name"))
        .order_by("sorted_on", "pk")
        .values_list("pk", "key", "title", "name", "state", "submitted_at")
    )
    lines = [
        Row(
            (
                title,
                name or _("Chung của %(group)s") % {"group": ground.year.cluster.kind_inside},
                str(ActivityState(state).label),
                format_date(sent.astimezone(LOCAL_ZONE).date()) if sent else "",
            ),
            "activity_detail",
            pk,
        )
        for pk, _key, title, name, state, sent in found
    ]
    note = ""
    if returned:
        note = ngettext(
            "Ngoài ra có %(count)d hoạt động đã trả lại cho đơn vị, chưa được gửi lại.",
            "Ngoài ra có %(count)d hoạt động đã trả lại cho đơn vị, chưa được gửi lại.",
            returned,
        ) % {"count": returned}
    return part(
        "records", _("Hồ sơ còn mở"), (_("Hoạt động"), _("Đơn vị"), _("Trạng thái"), _("Gửi ngày")), lines,
        [[key, state] for _pk, key, _title, _name, state, _sent in found] + [returned],
        none=_("Không còn hoạt động nào chờ xác nhận."), note=note,
    )  # fmt: skip


def _day(term: RoleTerm | None) -> str:
    """The day of the decision as every language writes it; empty where none is known."""
    return term.decision_date.isoformat() if term and term.decision_date else ""


def _papers(ground: Ground) -> Part:
    """What the year owes on paper, done or not: the conditions of publication, the summary, the chair's decision."""
    lines: list[Row] = []
    facts: list[object] = []
    for line in conditions(ground.year):
        if line.need in ("", "answered"):  # members are no paper, activities a group of their own
            continue
        lines.append(_paper(line.sentence, line.ok, line.link))
        facts.append([line.need, line.ok])
    last = AnnualSummary.objects.filter(year=ground.year).order_by("-number").defer("content").first()
    if last is None:
        lines.append(_paper(_("Bản tổng kết của năm chưa công bố."), False, "summary_build"))
    else:
        words = {
            "number": last.number,
            "day": format_date(last.published_at.astimezone(LOCAL_ZONE).date()),
        }
        sentence = _("Bản tổng kết của năm đã công bố: bản số %(number)d, ngày %(day)s.") % words
        lines.append(_paper(sentence, True, "summary_build"))
    paper = decision_words(ground.term)
    if paper:
        sentence = _("Căn cứ của nhiệm kỳ mới: %(paper)s.") % {"paper": paper}
        lines.append(_paper(sentence, True, "member_list"))
    else:
        sentence = _("Chưa ghi số biên bản hoặc quyết định của nhiệm kỳ mới.")
        lines.append(_paper(sentence, False, "member_list"))
    term = ground.term
    facts += [last.number if last else 0, term.decision_number if term else "", _day(term)]
    return part(
        "papers", _("Văn bản của năm"), (_("Văn bản, nội dung"), _("Tình trạng")), lines, facts
    )  # fmt: skip


def _paper(sentence: str, done: bool, page: str) -> Row:
    return Row((sentence, _("Đã có") if done else _("Chưa có")), page, state="ok" if done else "warn")


def _deadlines(ground: Ground) -> Part:
    """What is dated in the 90 days from the day of the change on, of the year and of the one after."""
    first = ground.change.effective_on
    past = first + timedelta(days=DEADLINE_DAYS)
    years = [year for year in (ground.year, ground.following) if year is not None]
    labels = {year.pk: year.label for year in years}
    found = [
        event
        for event in events(years)
        if event.kind != "term" and event.end_day >= first and event.day < past
    ]
    lines = [Row((_days(event.day, event.end_day), event.title, labels[event.year_id])) for event in found]
    return part(
        "deadlines", _("Việc đến hạn trong 90 ngày"), (_("Ngày"), _("Việc"), _("Năm")), lines,
        [
            [labels[event.year_id], event.kind, event.day.isoformat(), event.end_day.isoformat()]
            for event in found
        ],
        none=_("Lịch của Cụm không có việc nào từ ngày %(first)s đến ngày %(last)s.")
        % {"first": format_date(first), "last": format_date(past - timedelta(days=1))},
    )  # fmt: skip


def _days(first: date, last: date) -> str:
    return format_date(first) if first == last else f"{format_date(first)}–{format_date(last)}"


def _money(ground: Ground) -> Part:
    """What was given in activities of the whole cluster; amounts with their qualifiers; two queries."""
    activities = Activity.objects.filter(year=ground.year, scope=ActivityScope.CLUSTER)
    titles = {pk: (key, title) for pk, key, title in activities.order_by().values_list("pk", "key", "title")}
    gifts = gifts_of(activities)
    sums = total(gifts)
    lines = [
        Row(
            (
                titles[gift.activity_id][1],
                gift.description,
                plain(gift.money) if gift.money else "",
                plain(gift.goods) if gift.goods else "",
                gift.receiver,
            ),
            "activity_detail",
            gift.activity_id,
        )
        for gift in gifts
    ]
    facts = [
        [
            titles[gift.activity_id][0], gift.description, gift.value, str(gift.value_qualifier),
            format(gift.quantity, "f") if gift.quantity is not None else "", gift.unit,
            str(gift.quantity_qualifier), gift.part_state, gift.receiver,
        ]
        for gift in gifts
    ]  # fmt: skip
    left_out = left_out_words(sums.left_out)
    foot = (
        _("Cộng"),
        "",
        plain(sums.money) if sums.money else "",
        "; ".join(plain(one) for one in sums.goods),
        "",
    )
    return part(
        "money", _("Tiền và hiện vật của hoạt động chung"),
        (_("Hoạt động"), _("Khoản"), _("Trị giá"), _("Số lượng"), _("Nơi nhận")), lines, facts,
        none=_("Hoạt động chung của Cụm không ghi khoản tiền hay hiện vật nào."),
        note=f"{left_out[:1].upper()}{left_out[1:]}." if left_out else "",
        foot=foot if lines else (),
    )  # fmt: skip


def _contacts(ground: Ground) -> Part:
    """Who to reach at each member agency: for both sides to see, not frozen; a column that nobody fills is left out."""
    found = ground.people
    columns = [
        (_("Đơn vị"), [ground.short(one.agency_id) for one in found]),
        (_("Chức năng"), [str(Function(one.function).label) for one in found]),
        (_("Chức vụ"), [one.post for one in found]),
        (_("Họ và tên"), [one.name for one in found]),
        (_("Thư điện tử"), [one.email for one in found]),
    ]
    filled = [(head, cells) for head, cells in columns if any(cells)]
    lines = [Row(cells) for cells in zip(*(cells for _head, cells in filled), strict=True)]
    without = [ground.short(pk) for pk in ground.codes if pk not in {one.agency_id for one in found}]
    count = _("Danh bạ có %(people)d người của %(agencies)d đơn vị.") % {
        "people": len(found),
        "agencies": len({one.agency_id for one in found}),
    }
    missing = _("Chưa có ai: %(names)s.") % {"names": ", ".join(without)} if without else ""
    return part(
        "contacts", _("Danh bạ đầu mối"),
        tuple(head for head, _cells in filled), lines,
        sorted([ground.codes[one.agency_id], one.function, one.post] for one in found),
        none=_("Chưa có ai được ghi ở các đơn vị thành viên."),
        note=" ".join(part for part in (count, missing) if part), private=True,
    )  # fmt: skip


def _rights(ground: Ground) -> Part:
    """Who leads before and after, so whose accounts gain and lose rights on the day; no query of its own."""
    day = ground.change.effective_on
    before = {term.agency_id: term for term in leading_on(ground.terms, day - timedelta(days=1))}
    after = {term.agency_id: term for term in leading_on(ground.terms, day)}
    agencies = sorted({*before, *after}, key=lambda pk: _place(after.get(pk)) + _place(before.get(pk)))
    accounts = {
        pk: len([one for one in ground.people if one.agency_id == pk]) for pk in (*ground.codes, *agencies)
    }
    lines = [
        Row((ground.short(pk), _role(before.get(pk)), _role(after.get(pk)), str(accounts[pk])))
        for pk in agencies
    ]
    return part(
        "rights", _("Tài khoản và quyền"),
        (
            _("Đơn vị"),
            _("Đến hết ngày %(day)s") % {"day": format_date(day - timedelta(days=1))},
            _("Từ 00:00 ngày %(day)s") % {"day": format_date(day)},
            _("Số tài khoản"),
        ),
        lines,
        [
            [ground.codes.get(pk, str(pk)), _office(before.get(pk)), _office(after.get(pk)), accounts[pk]]
            for pk in agencies
        ],
        note=_("Quyền đi theo ngày của nhiệm kỳ: không phải cấp thêm hay thu lại quyền của tài khoản nào."),
    )  # fmt: skip


def _place(term: Term | None) -> tuple[str, int]:
    return ("z", 0) if term is None else (str(term.role), term.order)


def _office(term: Term | None) -> str:
    return "" if term is None else f"{term.role}-{term.order}"


def _role(term: Term | None) -> str:
    return _("Thành viên") if term is None else str(Role(term.role).label)


PARTS: tuple[Callable[[Ground], Part], ...] = (
    _records,
    scoring_group,
    _papers,
    _deadlines,
    _money,
    _contacts,
    _rights,
)
