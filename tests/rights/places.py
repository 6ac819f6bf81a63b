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
from members.enums import PhaseKind
from members.models import Charter, Person
from movements.domain.evidence import evidence_for
from movements.domain.registrations import registration_for
from movements.models import Movement, MovementReview
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
}  # fmt: skip


def numbers(address: Address, rows: dict[str, int]) -> dict[str, int]:
    """What the address names: its row, and the first page or version of it."""
    return {
        part: 1 if part == "number" and address.parts != ["number"] else rows[row_of(address)]
        for part in address.parts
    }


def row_of(address: Address) -> str:
    """The kind of row an address shows; empty for one that shows none."""
    if not address.parts:
        return ""
    return next(row for start, row in ROWS.items() if address.name.startswith(start))


def things(year: Any, agency: Any, cluster: Any) -> dict[str, int]:
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
    }


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
