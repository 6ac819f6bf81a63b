"""What this app lets a coming year take over: members, rules, planned days, cited papers, the slogan."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.dates import format_date
from members.carry import Shift, part
from members.domain.actor import Actor
from members.domain.years import staying_members
from members.enums import DirectiveUse, PhaseKind
from members.models import Charter, ClusterYear, Directive, Membership, Phase, YearDirective
from members.queries import agency_names


def count_members(year: ClusterYear) -> int:
    """Members that have not left by the year's end."""
    return len(staying_members(year))


def name_members(year: ClusterYear, _shift: Shift) -> list[str]:
    """Short names of those who stay, in their order."""
    agencies = [row.agency_id for row in staying_members(year)]
    known = agency_names(agencies, year.ends_on)
    return [known.get(agency, ("", str(agency)))[1] for agency in agencies]


def copy_members(_actor: Actor, old: ClusterYear, new: ClusterYear, _shift: Shift) -> int:
    """Those who have not left, in their order, for the whole year."""
    rows = [
        Membership(year=new, agency_id=row.agency_id, order=order)
        for order, row in enumerate(staying_members(old, new.starts_on), 1)
    ]
    return len(Membership.objects.bulk_create(rows))


def count_charter(year: ClusterYear) -> int:
    """One, where the year has a charter."""
    return Charter.objects.filter(year=year).count()


def name_charter(year: ClusterYear, _shift: Shift) -> list[str]:
    """Its version."""
    stored = Charter.objects.filter(year=year).first()
    return [gettext("Bản %(n)s, làm bản 1 của năm mới") % {"n": stored.version}] if stored else []


def copy_charter(_actor: Actor, old: ClusterYear, new: ClusterYear, _shift: Shift) -> int:
    """The rules in force, as the first version of the new year."""
    stored = Charter.objects.filter(year=old).first()
    return Charter.objects.filter(year=new).update(data=dict(stored.data)) if stored else 0


def count_calendar(year: ClusterYear) -> int:
    """Steps with a planned day."""
    return sum(1 for row in Phase.objects.filter(year=year) if row.planned_from or row.planned_to)


def name_calendar(year: ClusterYear, shift: Shift) -> list[str]:
    """Each step with its moved days."""
    return [
        f"{PhaseKind(row.kind).label}: {_days(shift(row.planned_from), shift(row.planned_to))}"
        for row in Phase.objects.filter(year=year).order_by("order")
        if shift(row.planned_from) or shift(row.planned_to)
    ]


def _days(first: date | None, last: date | None) -> str:
    if first and last:
        return f"{format_date(first)}–{format_date(last)}"
    if first:
        return gettext("từ %(day)s") % {"day": format_date(first)}
    return gettext("đến hết %(day)s") % {"day": format_date(last)} if last else ""


def copy_calendar(_actor: Actor, old: ClusterYear, new: ClusterYear, shift: Shift) -> int:
    """Planned days, moved; whether a step moves on by itself is decided anew."""
    planned = {row.kind: row for row in Phase.objects.filter(year=old)}
    rows = []
    for row in Phase.objects.filter(year=new):
        before = planned.get(row.kind)
        if before is None or not (before.planned_from or before.planned_to):
            continue
        row.planned_from, row.planned_to = shift(before.planned_from), shift(before.planned_to)
        rows.append(row)
    Phase.objects.bulk_update(rows, ["planned_from", "planned_to"])
    return len(rows)


def _cited(year: ClusterYear, first_day: object = None) -> list[int]:
    """Papers the year carries out or hands on, each once, in order; those out of force by a day are left out."""
    rows = YearDirective.objects.filter(year=year).order_by("use", "order", "pk")
    if first_day is not None:
        rows = rows.exclude(directive__valid_to__lte=first_day)
    return list(dict.fromkeys(rows.values_list("directive", flat=True)))


def count_papers(year: ClusterYear) -> int:
    """Papers that may be taken over."""
    return len(_cited(year))


def name_papers(year: ClusterYear, _shift: Shift) -> list[str]:
    """Their kinds and numbers."""
    wanted = _cited(year)
    papers = Directive.objects.in_bulk(wanted)
    return [str(papers[pk]) for pk in wanted]


def copy_papers(_actor: Actor, old: ClusterYear, new: ClusterYear, _shift: Shift) -> int:
    """What the old year carried out or meant for the next one, the new year carries out."""
    rows = [
        YearDirective(year=new, directive_id=paper, use=DirectiveUse.CARRIED_OUT, order=order)
        for order, paper in enumerate(_cited(old, new.starts_on), 1)
    ]
    return len(YearDirective.objects.bulk_create(rows))


def count_slogan(year: ClusterYear) -> int:
    """One, where the year has a slogan."""
    return 1 if year.slogan else 0


def name_slogan(year: ClusterYear, _shift: Shift) -> list[str]:
    """The words."""
    return [year.slogan] if year.slogan else []


def copy_slogan(_actor: Actor, old: ClusterYear, new: ClusterYear, _shift: Shift) -> int:
    """The same words."""
    return ClusterYear.objects.filter(pk=new.pk).update(slogan=old.slogan) if old.slogan else 0


part(
    "members", _("Đơn vị thành viên"), _("Các đơn vị chưa rời Cụm, theo thứ tự cũ, thành viên cả năm."),
    count_members, copy_members, place=10, names=name_members,
)  # fmt: skip
part(
    "charter", _("Quy chế"), _("Mọi quy định đang có hiệu lực; năm mới sửa riêng được."),
    count_charter, copy_charter, place=20, names=name_charter,
)  # fmt: skip
part(
    "calendar", _("Lịch các bước"), _("Ngày dự kiến của từng bước, dời theo cách chọn ở dưới."),
    count_calendar, copy_calendar, place=30, names=name_calendar,
)  # fmt: skip
part(
    "papers", _("Văn bản chỉ đạo"), _("Văn bản còn hiệu lực mà năm cũ thực hiện hoặc chuyển sang năm sau."),
    count_papers, copy_papers, place=50, names=name_papers, always=False,
)  # fmt: skip
part(
    "slogan", _("Khẩu hiệu"), _("Giữ nguyên khẩu hiệu của năm cũ."),
    count_slogan, copy_slogan, place=60, names=name_slogan, default=False, always=False,
)  # fmt: skip
