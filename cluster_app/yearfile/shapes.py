"""What a year file carries of each model, and why it leaves out the rest: the one table everything else follows.

Words used here: a *shape* is how rows of one model stand in the file; a *section* is a key at the top of the file; the
*identity* of an item names it among its neighbours and takes the place of database ids. A test walks every field of
every model and fails on one that is neither carried nor left out with a reason.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from django.db.models import Model

from cluster_app.yearfile import shapes_scoring as scoring
from cluster_app.yearfile.shape import (
    ACCOUNT,
    COUNTER,
    FOLDED,
    HELD,
    ID,
    LINK,
    OWN,
    PLACE,
    SCANNED,
    STAMP,
    Shape,
)
from cluster_app.yearfile.shape import child as _child
from cluster_app.yearfile.shape import of_year as _of_year
from conference.models import Attendance, Conference, ElectionResult, Moment
from core.models import AuditEvent, AuditHead, StagedUpload, StoredFile, SubmitKey
from members.models import (
    Agency,
    AgencyLink,
    AgencyName,
    Associate,
    CalendarFeed,
    CarryOver,
    Charter,
    CharterVersion,
    Cluster,
    ClusterYear,
    Directive,
    Invitation,
    Membership,
    Person,
    Phase,
    PhaseExtension,
    RoleTerm,
    RotationSkip,
    YearDirective,
)
from movements.models import (
    Activity,
    ActivityPartner,
    Beneficiary,
    Contribution,
    Contributor,
    DuplicateRuling,
    Evidence,
    EvidenceUse,
    EvidenceVersion,
    GiftConfirmation,
    ImportRun,
    Movement,
    MovementFile,
    MovementNotice,
    MovementReview,
    Participation,
    Pledge,
    PledgeClause,
    Registration,
    RowDraft,
    SavedFilter,
    Signature,
    Tag,
    Target,
    TitleKind,
    TitleRegistration,
)
from publishing.models import AnnualSummary, Handover, HandoverTick, YearText

FORMAT: Final = "cluster-year"
VERSION: Final = 4

_CONTRIBUTION = _child(
    Contribution, "activity",
    "key order kind description quantity unit quantity_qualifier quantity_words value value_qualifier value_words"
    " beneficiary given_on place purpose part_of part_state",
    "key",
    sort=("order",), left_out={"version": COUNTER},
    lists={
        "contributors": _child(
            Contributor, "contribution", "order agency outside_name share", "order", sort=("order",)
        ),
        "confirmations": _child(
            GiftConfirmation, "contribution", "source document evidence mark confirmed_at withdrawn_at",
            "source confirmed_at", sort=("confirmed_at", "source"), left_out={"confirmed_by": ACCOUNT, "role": HELD},
        ),
    },
)  # fmt: skip

_MOVEMENT = _of_year(
    Movement,
    "key order title slogan level launched_by agency responds_to kind starts_on ends_on decision_number decision_date"
    " standards story answer_by directives",
    "key", sort=("order",), left_out={"search": FOLDED, "version": COUNTER},
    lists={
        "files": _child(
            MovementFile, "movement", "key file name removed_at", "key", left_out={"added_by": ACCOUNT}
        ),
        "notices": _child(
            MovementNotice, "movement", "agency sent_at seen_at declined_at decline_reason", "agency"
        ),
        "participations": _child(
            Participation, "movement", "agency joined_on local_title plan_number plan_date note", "agency"
        ),
        "reviews": _child(
            MovementReview, "movement", "kind held_on result shortcomings lessons counts closed_at", "kind held_on",
            sort=("held_on", "kind"), left_out={"version": COUNTER},
        ),
    },
)  # fmt: skip

_PLEDGE = _of_year(
    Pledge, "title preamble place signing_on state mark opened_at closed_at", "title", left_out={"version": COUNTER},
    lists={
        "clauses": _child(PledgeClause, "pledge", "order text", "order", sort=("order",)),
        "signatures": _child(
            Signature, "pledge", "agency signed_at post mark lapsed_at", "agency signed_at",
            sort=("signed_at", "agency"), left_out={"signed_by": ACCOUNT},
        ),
    },
)  # fmt: skip

_REGISTRATION = _of_year(
    Registration, "agency state note sent_at accepted_at returned_at return_reason", "agency", sort=("agency",),
    left_out={"edited_by": ACCOUNT, "version": COUNTER},
    lists={
        "targets": _child(
            Target, "registration",
            "key order content unit direction plan plan_words actual actual_qualifier actual_words actual_on movement"
            " note",
            "key", sort=("order",), left_out={"version": COUNTER},
        ),
        "titles": _child(
            TitleRegistration, "registration", "order holder title count note", "order", sort=("order",)
        ),
    },
)  # fmt: skip

CLUSTER: Final = Shape(
    Cluster, ("kind", "name", "short_name", "slug", "level", "place", "parent"), ("slug",), single=True
)

SECTIONS: Final[dict[str, Shape]] = {
    "cluster": CLUSTER,
    "year": Shape(
        ClusterYear, ("label", "starts_on", "ends_on", "slogan", "sample", "sealed_at"), ("label",),
        left_out={"cluster": PLACE}, single=True,
    ),
    "charter": _of_year(Charter, "version data reason", "", single=True),
    "charter_versions": _of_year(
        CharterVersion, "version data reason replaced_at", "version", sort=("version",)
    ),
    "agencies": Shape(
        Agency, ("code", "kind", "closed_on"), ("code",), sort=("code",),
        lists={
            "names": _child(
                AgencyName, "agency", "name short_name aliases valid_from valid_to", "valid_from",
                sort=("valid_from",), left_out={"sort_key": FOLDED},
            )
        },
    ),
    "agency_links": Shape(
        AgencyLink, ("predecessor", "successor", "kind", "on", "basis"), ("predecessor", "successor"),
        sort=("on", "predecessor", "successor"),
    ),
    "files": Shape(
        StoredFile, ("sha256", "size", "content_type"), ("sha256",), sort=("sha256",), left_out={"scan": SCANNED}
    ),
    "directives": Shape(
        Directive, ("kind", "number", "issuer", "issued_on", "title", "file", "valid_from", "valid_to"),
        ("number", "issuer", "issued_on"), sort=("issued_on", "number", "issuer"),
    ),
    "phases": _of_year(
        Phase, "kind order planned_from planned_to opened_at closed_at moves_on", "kind", sort=("order",),
        lists={"extensions": _child(PhaseExtension, "phase", "agency until reason", "agency")},
    ),
    "memberships": _of_year(Membership, "agency order joined_on left_on", "agency", sort=("order",)),
    "associates": _of_year(Associate, "agency note", "agency", sort=("agency",)),
    "carry_overs": _of_year(
        CarryOver, "predecessor successor assessed decision_number decision_date note", "predecessor",
        sort=("predecessor",),
    ),
    "citations": _of_year(YearDirective, "directive use order", "directive use", sort=("use", "order")),
    "role_terms": Shape(
        RoleTerm,
        ("agency", "role", "order", "starts_on", "ends_on", "basis", "decision_number", "decision_date",
         "decision_file", "note"),
        ("role", "order", "starts_on"), sort=("starts_on", "role", "order"), left_out={"cluster": PLACE},
    ),
    "rotation_skips": Shape(
        RotationSkip, ("agency", "label", "reason"), ("agency", "label"), sort=("label", "agency"),
        left_out={"cluster": PLACE},
    ),
    "tags": _of_year(
        Tag, "key kind code label order retired_at", "key", sort=("kind", "order"), left_out={"version": COUNTER}
    ),
    "movements": _MOVEMENT,
    "library": _of_year(
        Evidence, "agency key file name note tags removed_at version", "key", left_out={"added_by": ACCOUNT},
        lists={
            "versions": _child(
                EvidenceVersion, "evidence", "number file name replaced_at reason", "number", sort=("number",),
                left_out={"replaced_by": ACCOUNT},
            )
        },
    ),
    "activities": _of_year(
        Activity,
        "key scope agency movement title precision starts_on ends_on place people attended story result tags in_summary"
        " is_public state submitted_at confirmed_at returned_at return_reason",
        "key",
        left_out={
            "sorted_on": FOLDED, "search": FOLDED, "title_key": FOLDED, "version": COUNTER, "edited_by": ACCOUNT,
        },
        lists={
            "partners": _child(ActivityPartner, "activity", "agency", "agency"),
            "contributions": _CONTRIBUTION,
            "evidence_uses": _child(
                EvidenceUse, "activity", "evidence removed_at", "evidence", left_out={"added_by": ACCOUNT}
            ),
        },
    ),
    "duplicate_rulings": Shape(
        DuplicateRuling, ("first", "second", "reason"), ("first", "second"), sort=("first", "second"),
        left_out={"ruled_by": ACCOUNT},
    ),
    "pledges": _PLEDGE,
    "registrations": _REGISTRATION,
    **scoring.SECTIONS,
    "conferences": _of_year(
        Conference, "kind title held_on place host note", "kind held_on title", unique=False,
        left_out={"version": COUNTER},
        lists={
            "attendance": _child(
                Attendance, "conference", "kind order agency office", "kind order", sort=("kind", "order")
            ),
            "moments": _child(Moment, "conference", "order kind office agency note", "order", sort=("order",)),
            "elected": _child(
                ElectionResult, "conference", "for_label role order agency", "role order", sort=("role", "order")
            ),
        },
    ),
    "texts": _of_year(YearText, "key kind order text", "key", sort=("kind", "order")),
    "summaries": _of_year(
        AnnualSummary, "number schema content sha256 published_at published_by reason", "number", sort=("number",),
        left_out={"actor_id": ACCOUNT},
    ),
    "handovers": _of_year(
        Handover,
        "from_agency to_agency effective_on giver_note receiver_note giver_signed_at giver_post giver_mark"
        " receiver_signed_at receiver_post receiver_mark frozen_at content sha256 paper",
        "from_agency to_agency effective_on", sort=("effective_on",),
        left_out={"giver_signed_by": ACCOUNT, "receiver_signed_by": ACCOUNT},
        lists={
            "ticks": _child(
                HandoverTick, "handover", "side item mark at", "side item", sort=("side", "item"),
                left_out={"by": ACCOUNT},
            )
        },
    ),
}  # fmt: skip

# Models whose rows stand in the file as a word of another item.
WORDS: Final[dict[type[Model], dict[str, str]]] = {
    Beneficiary: {
        "name": "carried as `beneficiary` of each contribution; one that received nothing is not of this year",
        "cluster": PLACE,
        "folded": FOLDED,
    },
}

MODELS_LEFT_OUT: Final[dict[type[Model], str]] = {
    Person: ACCOUNT,
    Invitation: LINK,
    CalendarFeed: LINK,
    AuditEvent: "the chain proves what happened in one installation; loading a file begins with an event of its own",
    AuditHead: "the end of a chain that is not carried",
    RowDraft: OWN,
    ImportRun: OWN,
    SavedFilter: OWN,
    TitleKind: "a catalogue of the law, the same for every year; what is registered carries its own words",
    StagedUpload: "a file chosen in a form that is not saved yet; it is gone after a day",
    SubmitKey: "stops a form from being sent twice within one installation",
}

# Columns that must hold something, where the usual something need not be written.
USUAL: Final = {(Evidence, "version"), (Target, "direction"), *scoring.USUAL}

ALWAYS_LEFT_OUT: Final = {"id": ID, "created_at": STAMP, "updated_at": STAMP}

# Text that must keep its very bytes, because a checksum covers it.
EXACT_TEXT: Final = {(AnnualSummary, "content"), (Handover, "content")}
FROZEN: Final = frozenset({"summaries", "handovers"})  # the sections such texts stand in, as ``content``


def walk(shape: Shape) -> Iterator[Shape]:
    """The shape and those inside it."""
    yield shape
    for child in shape.lists.values():
        yield from walk(child)


def default_of(shape: Shape, key: str) -> Any:
    """What an absent key means; ``...`` when it must be there. A key with this value is never written."""
    if key in shape.lists:
        return []
    column: Any = shape.model._meta.get_field(key)
    if column.many_to_many:
        return []
    if column.null:
        return None
    if (
        (shape.model, key) in USUAL
        or column.blank
        or key.endswith("_qualifier")
        or column.get_internal_type() == "BooleanField"
    ):
        return column.get_default()
    return ...
