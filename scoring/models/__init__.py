"""Models of the scoring app, one module for each noun."""

from scoring.models.appeal import Appeal, AppealFile, AppealReply, ScoreNotice
from scoring.models.checks import Adjustment, Assignment, ScoringAct, YearScoring
from scoring.models.criteria import CriteriaTable, Criterion
from scoring.models.ranking import Ranking, RankingEntry
from scoring.models.sheet import LineEvidence, LineNote, ScoreEntry, ScoreLine, ScoreSheet

__all__ = [
    "Adjustment", "Appeal", "AppealFile", "AppealReply", "Assignment", "CriteriaTable", "Criterion", "LineEvidence",
    "LineNote", "Ranking", "RankingEntry", "ScoreEntry", "ScoreLine", "ScoreNotice", "ScoreSheet", "ScoringAct",
    "YearScoring",
]  # fmt: skip
