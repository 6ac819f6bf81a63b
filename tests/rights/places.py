"""Every address of the project by kind, and the one thing that an address with a number shows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from core.access import may
from members.domain.extensions import Receiver
from members.enums import PhaseKind, Role
from members.models import Charter, Person, RoleTerm
from movements.domain.evidence import evidence_for
from movements.domain.registrations import registration_for
from movements.models import Movement, MovementReview
from scoring.enums import TableState
from scoring.models import Adjustment, Appeal, AppealFile, ScoringAct
from tests.factories import (
    ActivityFactory,
    BeneficiaryFactory,
    ContributionFactory,
    EvidenceFactory,
    MovementFactory,
    PersonFactory,
)
from tests.factories.governance import (
    CharterVersionFactory,
    InvitationFactory,
    PhaseExtensionFactory,
    RotationSkipFactory,
)
from tests.factories.pledges import (
    MOMENT,
    ImportRunFactory,
    MovementFileFactory,
    MovementReviewFactory,
    RegistrationFactory,
    SavedFilterFactory,
    TagFactory,
)
from tests.factories.records import StoredFileFactory
from tests.factories.scoring import make_sheet, make_table

WORK = "lam-viec/<slug:cluster>/<year:label>/"


@dataclass(frozen=True)
class Address:
    """A page: its name, route and view."""

    name: str
    route: str
    view: Any

    @property
    def kind(self) -> str:
        """Working (within a cluster-year), above (the clusters), or what the view says of itself."""
        if self.route.startswith(WORK):
            return "working"
        return "above" if getattr(self.view, "above", False) else str(getattr(self.view, "right", "free"))

    @property
    def methods(self) -> set[str]:
        """GET, POST or both."""
        return set(self.view.methods) & {"GET", "POST"}

    @property
    def parts(self) -> list[str]:
        """What the address names below the cluster-year."""
        return re.findall(r"<\w+:(\w+)>", self.route.removeprefix(WORK))


def addresses(resolver: Any = None, prefix: str = "") -> Iterator[Address]:
    """All addresses of the project but the admin site's and the static files'."""
    for entry in (resolver or get_resolver()).url_patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            if entry.namespace != "admin":
                yield from addresses(entry, route)
        elif isinstance(entry, URLPattern):
            yield Address(str(entry.name), route.removeprefix("/"), entry.callback)


def of_kind(kind: str) -> list[Address]:
    """The addresses of a kind by name."""
    return sorted((one for one in addresses() if one.kind == kind), key=lambda one: one.name)


WORKING = of_kind("working")

# which row an address with a number shows, by the beginning of its name; the first that fits
ROWS = {
    "activity_import": "import",
    "activity_filter": "filter", "activity": "activity", "launch_file": "launch", "review": "review", "tag": "tag",
    "registration": "agency", "beneficiary": "receiver", "ledger_gift": "gift", "gift_confirm": "gift",
    "evidence": "evidence", "movement": "movement", "agency": "agency",
    "extension": "extension", "planner_unskip": "skip", "invitation_revoke": "invitation", "term_file": "term",
    "charter_version": "version", "person": "person", "view_as": "person",
    "criteria_version": "table", "criteria_row": "draft_row", "criteria_remove": "draft_row",
    "criteria_import": "criteria_import", "criteria_export": "table_version", "sheet_import": "sheet_import",
    "appeal_file": "appeal_file", "appeal": "appeal", "adjustment": "adjustment", "sheet": "agency", "check": "agency",
    "act": "act",
}  # fmt: skip


# what the pages of scoring name by the part of the address
SCORING = ("criteria_", "sheet", "check_", "act_", "appeal_add", "board_")
PARTS = {
    "agency": "agency", "line": "line", "criterion": "criterion", "level": "level", "number": "act",
    "version": "table_version",
}  # fmt: skip


def numbers(address: Address, rows: dict[str, Any]) -> dict[str, Any]:
    """What the address names: its row, and the first page or version of it."""
    return {part: _number(address, part, rows) for part in address.parts}


def _number(address: Address, part: str, rows: dict[str, Any]) -> Any:
    if address.name.startswith(SCORING) and part in PARTS:
        return rows[PARTS[part]]
    if part == "number" and address.parts != ["number"]:
        return 1
    return rows[row_of(address)]


def row_of(address: Address) -> str:
    """The kind of row an address shows; empty for one that shows none."""
    if not address.parts:
        return ""
    return next(row for start, row in ROWS.items() if address.name.startswith(start))


def things(year: Any, agency: Any, cluster: Any) -> dict[str, Any]:
    """A row of each kind in the year, of the agency."""
    activity = ActivityFactory(year=year, agency=agency, submitted=True)
    Charter.objects.filter(year=year).update(version=2, reason="Theo ý kiến các đơn vị")
    person = PersonFactory(agency=agency)
    receiver = BeneficiaryFactory(cluster=cluster)
    gift = ContributionFactory(activity=activity, beneficiary=receiver)
    return {
        "activity": activity.pk,
        "evidence": EvidenceFactory(activity=activity).pk,
        "movement": MovementFactory(year=year).pk,
        "agency": agency.pk,
        "extension": PhaseExtensionFactory(
            year=year, agency=agency, kind=PhaseKind.PREPARE, until=date(2020, 1, 31)
        ).pk,
        "skip": RotationSkipFactory(cluster=cluster, agency=agency).pk,
        "invitation": InvitationFactory(agency=agency).pk,
        "term": cluster.terms.order_by("pk").first().pk if cluster.terms.exists() else 0,
        "version": CharterVersionFactory(year=year, version=1).version,
        "registration": RegistrationFactory(year=year, agency=agency, state="sent", sent_at=MOMENT).pk,
        "launch": MovementFileFactory(movement__year=year).pk,
        "review": MovementReviewFactory(movement__year=year).pk,
        "tag": TagFactory(year=year).pk,
        "import": ImportRunFactory(year=year).pk,
        "filter": SavedFilterFactory(cluster=cluster).pk,
        "receiver": receiver.pk,
        "gift": gift.pk,
        "person": person.pk,
        **_scoring(year, agency),
    }


def _scoring(year: Any, agency: Any) -> dict[str, Any]:
    """A table in force with a draft beside it, the agency's sheet, an act, an appeal and an adjustment."""
    table = make_table(year)
    draft = make_table(year, state=TableState.DRAFT, version=2)
    sheet = make_sheet(table, agency, state="sent")
    line = sheet.lines.order_by("pk").first()
    chair = RoleTerm.objects.filter(cluster=year.cluster_id, role=Role.CHAIR).values_list(
        "agency", flat=True
    )[0]
    appeal = Appeal.objects.create(
        year=year, line=line, filer=agency, filed_at=MOMENT, words="Đề nghị xem lại"
    )
    file = AppealFile.objects.create(appeal=appeal, agency=agency, file=StoredFileFactory(), name="a.pdf")
    change = Adjustment.objects.create(
        year=year,
        agency=agency,
        kind="bonus",
        points=1,
        ground="Cờ thi đua",
        proposer_id=chair,
        proposed_at=MOMENT,
    )
    act = ScoringAct.objects.create(year=year, number=1, table=table, agency_id=chair, created_at=MOMENT)
    return {
        "table": table.pk, "table_version": table.version, "draft_row": draft.criteria.order_by("pk").last().pk,
        "line": line.pk, "criterion": line.criterion_id, "level": "verify", "act": act.number,
        "appeal": appeal.pk, "appeal_file": file.pk, "adjustment": change.pk,
        "criteria_import": ImportRunFactory(year=year, kind="criteria").pk,
        "sheet_import": ImportRunFactory(year=year, kind="sheet").pk,
    }  # fmt: skip


def allowed_for_one(scope: Any, address: Address, rows: dict[str, int], cast: Any) -> set[int] | None:
    """What the rights of the one thing of the address say; None: nothing more than the page's own right."""
    if address.name in ("extension_edit", "extension_take_back"):
        receiver = Receiver(cast.member.pk, "", False)
        return None if may(scope, "extension_edit", receiver) else {403}
    if (answer := _of_records(scope, address, rows, cast)) is not None:
        return answer
    person = Person.objects.get(pk=rows["person"])
    rights = {"person_stand_in": "person_deputise", "invitation_revoke": "people_manage"}
    rights |= dict.fromkeys(("person_password", "person_edit", "person_add", "person_end"), "people_manage")
    if address.name in rights and not may(scope, rights[address.name], person):
        return {403, 404}
    if address.name == "person":
        return {200, 404}
    return None


WRITES_FILE = {"evidence_edit", "evidence_replace", "evidence_remove", "evidence_restore"}
OF_MOVEMENT = {
    "movement_own_edit": "movement_own", "movement_review_add": "movement_review", "movement_edit": "movement_edit",
}  # fmt: skip
DONE = {200, 302, 400, 409, 422}


def _of_records(scope: Any, address: Address, rows: dict[str, int], cast: Any) -> set[int] | None:
    """Movements, files, registrations and imports: the right is asked about the row; bytes are not on disk."""
    name = address.name
    if name in OF_MOVEMENT:
        movement = Movement.objects.get(pk=rows["movement"])
        return None if may(scope, OF_MOVEMENT[name], movement) else {403}
    if name == "review_detail":
        movement = MovementReview.objects.get(pk=rows["review"]).movement
        return None if may(scope, "movement_review", movement) else {403, 404}  # a draft is its writers' own
    if name in ("movement_answer", "movement_seen"):
        return {404, *DONE}  # an empty form names no agency
    if name.startswith("activity_import_") and name != "activity_import_template":
        return {404, 410} if name == "activity_import_file" else {403, 404}  # somebody else's upload
    if name == "activity_filter":
        return {400, 404}  # somebody else's; an empty form is refused before it is looked for
    if name.startswith("evidence_"):
        return _of_file(scope, address, rows)
    if name.startswith("registration_") and address.parts:
        row = registration_for(scope, cast.member.pk)
        right = {"registration_actual": "target_actual", "registration_edit": "registration_edit"}.get(name)
        return {403} if right and not may(scope, right, row) else {403, *DONE} if right is None else None
    if name in ("gift_confirm",):
        return {403, *DONE}  # which right depends on what the form asks; an empty one asks for nothing
    return {"launch_file": {410}, "pledge_docx": {404}, "pledge_sign": {404, *DONE}}.get(name)


def _of_file(scope: Any, address: Address, rows: dict[str, int]) -> set[int] | None:
    row = evidence_for(scope, rows["evidence"])
    if row is None:
        return {404}
    if address.name in WRITES_FILE and not may(scope, "evidence_edit", row):
        return {403, 404} if address.name == "evidence_restore" else {403}
    if address.name in ("evidence_detail", "evidence_attach", *WRITES_FILE):
        return {404} if address.name == "evidence_restore" else None  # it is not removed
    return {410} if address.name == "evidence_file" else {404}
