"""The plan of one cluster out of its rows."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.utils.translation import gettext as _

from core.dates import format_date
from core.errors import Problem
from members.domain import rotation
from members.domain.formation_known import Known
from members.domain.formation_shape import ClusterPlan, Formation, Join, Leave, Office, Order
from members.domain.formation_sheet import TITLES, Row
from members.domain.rotation import Term
from members.domain.terms import check_terms, is_member_on
from members.domain.years import problems_of_period
from members.enums import Basis, GroupKind, Level, Role
from members.models import ClusterYear, Membership

DESCRIBED = ("kind", "name", "short_name", "level", "place")


class Maker:
    """The plan of one cluster out of its rows."""

    def __init__(
        self,
        slug: str,
        rows: list[Row],
        known: Known,
        order: Order,
        done: Formation,
        periods: dict[tuple[str, date, date], list[Problem]],
    ) -> None:
        self.slug, self.rows, self.known, self.order = slug, rows, known, order
        self.done, self.faults, self.periods = done, done.faults, periods
        self.cluster = known.clusters.get(slug)

    def make(self) -> ClusterPlan | None:
        """The plan, or None when not even its year is known."""
        first = self.rows[0]
        label = self._one("label")
        if not label:
            self._fault(first, "label", _("Chưa ghi “%(title)s”.") % {"title": TITLES["label"]})
            return None
        found = self._year(label)
        if found is None:
            return None
        year, period = found
        values, changes = self._described()
        plan = ClusterPlan(
            self.slug, first, self.cluster, values, self._parent(changes), label, period, year,
            max(self.order.effective_on, period[0]), changes,
        )  # fmt: skip
        self._members(plan)
        self._offices(plan)
        self._in_charge(plan)
        return plan

    def _fault(self, row: Row, key: str, sentence: str) -> None:
        self.faults.append(row.line.fault(key, sentence))

    def _one(self, key: str) -> str:
        """The value that the rows of a cluster agree on."""
        value = ""
        for row in self.rows:
            given = str(getattr(row, key) or "")
            if given and value and given != value:
                sentence = _("Khác với dòng trước của cùng cụm: “%(one)s” và “%(other)s”.")
                self._fault(row, key, sentence % {"one": value, "other": given})
                return value
            value = value or given
        return value

    def _year(self, label: str) -> tuple[ClusterYear | None, tuple[date, date]] | None:
        years = self.known.years.get(self.cluster.pk, []) if self.cluster else []
        year = next((one for one in years if one.label == label), None)
        if year:
            if year.is_sealed:
                sentence = _("Năm %(label)s đã đóng, không sửa được nữa.")
                self._fault(self.rows[0], "label", sentence % {"label": label})
                return None
            return self._within(year, (year.starts_on, year.ends_on))
        if years:
            sentence = _("Cụm chưa mở năm %(label)s: mở năm mới trước, rồi nhập lại tệp.")
            self._fault(self.rows[0], "label", sentence % {"label": label})
            return None
        period = self._period(label)
        return self._within(None, period) if period else None

    def _within(
        self, year: ClusterYear | None, period: tuple[date, date]
    ) -> tuple[ClusterYear | None, tuple[date, date]] | None:
        late = [row for row in self.rows if (row.day or self.order.effective_on) > period[1]]
        for row in late[:1]:
            sentence = _("Ngày hiệu lực ở sau ngày kết thúc năm (%(last)s).")
            self._fault(row, "day", sentence % {"last": format_date(period[1])})
        return None if late else (year, period)

    def _period(self, label: str) -> tuple[date, date] | None:
        starts = next((row.starts_on for row in self.rows if row.starts_on), None)
        ends = next((row.ends_on for row in self.rows if row.ends_on), None)
        digits = [
            part for part in label.split("-") if part.isascii() and part.isdigit() and 1900 < int(part) < 2200
        ]
        if not digits or len(digits) > 2:
            self._fault(self.rows[0], "label", _("Ghi năm dạng 2020 hoặc 2012-2013."))
            return None
        period = (starts or date(int(digits[0]), 1, 1), ends or date(int(digits[-1]), 12, 31))
        problems = self.periods.get((label, *period))
        if problems is None:
            problems = self.periods[(label, *period)] = problems_of_period(0, label, *period)
        for problem in problems:
            key = problem.field if problem.field in TITLES else "label"
            self._fault(self.rows[0], key, problem.sentence)
        return None if problems else period

    def _described(self) -> tuple[dict[str, str], list[tuple[str, str, str]]]:
        """Columns of the cluster to write, and the changes in words."""
        given = {key: self._one(key) for key in DESCRIBED}
        if self.cluster is None:
            given["name"] = given["name"] or self.slug
            return {
                **given,
                "kind": given["kind"] or GroupKind.CUM,
                "level": given["level"] or Level.PROVINCE,
                "short_name": given["short_name"] or given["name"][:100],
            }, []
        values = {
            key: value for key, value in given.items() if value and value != str(getattr(self.cluster, key))
        }
        labels = {"kind": dict(GroupKind.choices), "level": dict(Level.choices)}
        changes = [
            (
                TITLES[key],
                str(labels.get(key, {}).get(getattr(self.cluster, key), getattr(self.cluster, key))),
                str(labels.get(key, {}).get(value, value)),
            )
            for key, value in values.items()
        ]
        return values, changes

    def _parent(self, changes: list[tuple[str, str, str]]) -> str | None:
        parent = self._one("parent")
        by_pk = {cluster.pk: slug for slug, cluster in self.known.clusters.items()}
        before = by_pk.get(self.cluster.parent_id or 0, "") if self.cluster else ""
        if not parent or parent == before:
            return None
        if self.cluster:
            changes.append((TITLES["parent"], before, parent))
        return parent

    # -- members ---------------------------------------------------------------------------------
    def _members(self, plan: ClusterPlan) -> None:
        present = self.known.members.get(plan.year.pk, {}) if plan.year else {}
        listed: dict[int, Row] = {}
        orders: dict[int, Row] = {}
        self.agency_of: dict[int, Row] = listed
        following = 0
        for row in self.rows:
            agency = self.known.agencies.find(row, self.faults, self.done.remarks)
            if agency is None:
                continue
            if agency in listed:
                sentence = _("Đơn vị này đã có ở dòng %(number)s của cùng cụm.")
                self._fault(row, "agency_name", sentence % {"number": listed[agency].line.number})
                continue
            listed[agency] = row
            place = row.order or following + 1
            following = max(following, place)
            if row.order and row.order in orders:
                sentence = _("Thứ tự %(order)s đã dùng ở dòng %(number)s của cùng cụm.")
                words = {"order": row.order, "number": orders[row.order].line.number}
                self._fault(row, "order", sentence % words)
            orders.setdefault(place, row)
            self._member(plan, row, agency, place, present.get(agency))
        if self.order.complete:
            self._leaving(plan, [row for pk, row in present.items() if pk not in listed])

    def _member(
        self, plan: ClusterPlan, row: Row, agency: int, place: int, before: Membership | None
    ) -> None:
        day = max(row.day or self.order.effective_on, plan.period[0])
        on = None if day <= plan.period[0] else day
        closed = self.known.agencies.closed.get(agency)
        if closed and closed <= day:
            sentence = _("Đơn vị đã giải thể từ ngày %(day)s.")
            self._fault(row, "agency_name", sentence % {"day": format_date(closed)})
        if before is None or (
            (before.left_on is None or before.left_on >= day) and not is_member_on(before, day)
        ):
            plan.joins.append(Join(agency, place, on))
        elif before.left_on and before.left_on < day:
            sentence = _(
                "Đơn vị đã rời cụm trong năm này từ ngày %(day)s; mỗi năm một đơn vị chỉ vào cụm một lần."
            )
            self._fault(row, "agency_name", sentence % {"day": format_date(before.left_on)})
        elif row.order and before.order != place:
            plan.moves.append((before.pk, place))

    def _leaving(self, plan: ClusterPlan, gone: Iterable[Membership]) -> None:
        for row in gone:
            if row.left_on is None or row.left_on > plan.day:
                plan.leaves.append(Leave(row.agency_id, row.pk, plan.day))

    # -- offices ---------------------------------------------------------------------------------
    def _offices(self, plan: ClusterPlan) -> None:
        running = self.known.terms.get(self.cluster.pk, []) if self.cluster else []
        named = [(agency, row) for agency, row in self.agency_of.items() if row.role]
        if not named:
            self._check_leavers(plan, running)
            return
        chairs = [(agency, row) for agency, row in named if row.role == Role.CHAIR]
        for _agency, row in chairs[1:]:
            sentence = _("Cụm đã có Cụm trưởng ở dòng %(number)s.")
            self._fault(row, "role", sentence % {"number": chairs[0][1].line.number})
        if not chairs:
            self._fault(named[0][1], "role", _("Cụm có Cụm phó mà chưa ghi Cụm trưởng."))
            return
        agency, row = chairs[0]
        day = max(row.day or self.order.effective_on, plan.period[0])
        deputies = [(key, one) for key, one in named if one.role == Role.DEPUTY]
        wanted = {(agency, (str(Role.CHAIR), 1))}
        wanted |= {(key, (str(Role.DEPUTY), place)) for place, (key, _row) in enumerate(deputies, 1)}
        leading = rotation.leading_on(running, day)
        if {(term.agency_id, term.office) for term in leading} == wanted:
            self._check_leavers(plan, running)
            return
        made = rotation.plan(running, agency, [key for key, _row in deputies], day, keep_same=True)
        rows = {(Role.CHAIR, 1): row} | {
            (Role.DEPUTY, place): one for place, (_key, one) in enumerate(deputies, 1)
        }
        names = self.known.agencies.names()
        for problem in check_terms(made.outcome, [], names):
            self._fault(row, "role", problem.sentence)
        plan.ended = list(made.ended)
        plan.offices = [self._office(term, rows[(Role(term.role), term.order)]) for term in made.added]
        self._check_leavers(plan, made.outcome)

    def _office(self, term: Term, row: Row) -> Office:
        basis = row.basis or (Basis.APPOINTED if row.decision_number else Basis.ELECTED)
        if basis == Basis.APPOINTED and not (row.decision_number and row.decision_date):
            key = "decision_date" if row.decision_number else "decision_number"
            sentence = _("Được chỉ định thì phải ghi số và ngày quyết định.")
            self._fault(row, key, sentence)
        if row.decision_date and row.decision_date > self.order.today:
            self._fault(row, "decision_date", _("Ngày quyết định không thể ở sau hôm nay."))
        return Office(term, basis, row.decision_number, row.decision_date)

    def _check_leavers(self, plan: ClusterPlan, terms: Iterable[Term]) -> None:
        """Nobody leaves who leads on that day or is to lead later."""
        gone = {leave.agency for leave in plan.leaves}
        for term in terms:
            if term.agency_id in gone and (term.ends_on is None or term.ends_on > plan.day):
                sentence = _(
                    "%(agency)s đang là %(role)s mà không còn trong tệp: ghi đơn vị thay ở cột “Vai trò”."
                )
                words = {
                    "agency": self.known.agencies.short(term.agency_id),
                    "role": Role(term.role).label,
                }
                self._fault(plan.row, "role", sentence % words)

    # -- who is in charge ------------------------------------------------------------------------
    def _in_charge(self, plan: ClusterPlan) -> None:
        seen: set[str] = set()
        for row in self.rows:
            for name in row.in_charge:
                if name in seen:
                    continue
                seen.add(name)
                self._one_in_charge(plan, row, name)

    def _one_in_charge(self, plan: ClusterPlan, row: Row, name: str) -> None:
        account = self.known.accounts.get(name)
        if account is None:
            sentence = _("Không có tài khoản “%(name)s” đang dùng.")
            self._fault(row, "in_charge", sentence % {"name": name})
            return
        user, shown, agency = account
        if self.cluster and (self.cluster.pk, user) in self.known.observers:
            return
        if not self.order.gives_functions:
            self._fault(row, "in_charge", _("Chức năng của Hội đồng do quản trị hệ thống giao."))
        elif agency is None:
            sentence = _("Tài khoản “%(name)s” chưa gắn với đơn vị nào.")
            self._fault(row, "in_charge", sentence % {"name": name})
        else:
            plan.in_charge.append((user, agency, shown))
