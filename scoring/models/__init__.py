"""Models of the scoring app."""

from scoring.models.ranking import Ranking, RankingEntry

__all__ = ["Ranking", "RankingEntry"]
