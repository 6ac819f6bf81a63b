"""Models of the movements app."""

from movements.models.activity import Activity, ActivityPartner
from movements.models.contribution import Beneficiary, Contribution, Contributor
from movements.models.entry import ImportRun, RowDraft, SavedFilter
from movements.models.evidence import Evidence, EvidenceUse, EvidenceVersion
from movements.models.ledger import DuplicateRuling, GiftConfirmation
from movements.models.movement import Movement, MovementFile, MovementNotice, MovementReview, Participation
from movements.models.pledge import (
    Pledge,
    PledgeClause,
    Registration,
    Signature,
    Target,
    TitleKind,
    TitleRegistration,
)
from movements.models.tag import Tag

__all__ = [
    "Activity", "ActivityPartner", "Beneficiary", "Contribution", "Contributor", "DuplicateRuling", "Evidence",
    "EvidenceUse", "EvidenceVersion", "GiftConfirmation", "ImportRun", "Movement", "MovementFile", "MovementNotice",
    "MovementReview", "Participation", "Pledge", "PledgeClause", "Registration", "RowDraft", "SavedFilter", "Signature",
    "Tag", "Target", "TitleKind", "TitleRegistration",
]  # fmt: skip
