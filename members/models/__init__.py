"""Models of the members app, one module for each noun."""

from members.models.agency import Agency, AgencyLink, AgencyName
from members.models.charter import Charter, CharterVersion
from members.models.cluster import Cluster
from members.models.link import CalendarFeed, Invitation
from members.models.paper import Directive, YearDirective
from members.models.person import Person
from members.models.phase import Phase, PhaseExtension
from members.models.succession import CarryOver
from members.models.term import RoleTerm, RotationSkip
from members.models.year import Associate, ClusterYear, Membership

__all__ = [
    "Agency", "AgencyLink", "AgencyName", "Associate", "CalendarFeed", "CarryOver", "Charter", "CharterVersion",
    "Cluster", "ClusterYear", "Directive", "Invitation", "Membership", "Person", "Phase", "PhaseExtension", "RoleTerm",
    "RotationSkip", "YearDirective",
]  # fmt: skip
