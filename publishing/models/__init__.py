"""Models of the publishing app: what a year leaves behind."""

from publishing.models.handover import Handover, HandoverTick
from publishing.models.summary import AnnualSummary, YearText

__all__ = ["AnnualSummary", "Handover", "HandoverTick", "YearText"]
