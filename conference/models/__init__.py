"""Models of the conference app."""

from conference.models.meeting import Attendance, Conference, Moment
from conference.models.result import ElectionResult

__all__ = ["Attendance", "Conference", "ElectionResult", "Moment"]
