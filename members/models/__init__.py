"""Models of the members app, one module for each noun."""

from members.models.agency import Agency, AgencyLink, AgencyName
from members.models.cluster import Cluster
from members.models.paper import Directive, YearDirective
from members.models.person import Person
from members.models.term import RoleTerm
from members.models.year import Charter, ClusterYear, Membership, Phase

__all__ = [
    "Agency", "AgencyLink", "AgencyName", "Charter", "Cluster", "ClusterYear", "Directive", "Membership", "Person",
    "Phase", "RoleTerm", "YearDirective",
]  # fmt: skip
