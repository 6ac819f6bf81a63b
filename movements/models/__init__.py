"""Models of the movements app."""

from movements.models.activity import Activity, ActivityPartner
from movements.models.contribution import Beneficiary, Contribution, Contributor
from movements.models.evidence import Evidence
from movements.models.movement import Movement, Participation

__all__ = [
    "Activity", "ActivityPartner", "Beneficiary", "Contribution", "Contributor", "Evidence", "Movement",
    "Participation",
]  # fmt: skip
