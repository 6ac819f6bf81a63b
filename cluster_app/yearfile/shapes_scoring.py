"""The sections of scoring: tables, sheets with every figure ever given, acts, adjustments, appeals, rankings."""

from __future__ import annotations

from typing import Final

from cluster_app.yearfile.shape import ACCOUNT, COUNTER, STAMP, Shape
from cluster_app.yearfile.shape import child as _child
from cluster_app.yearfile.shape import of_year as _of_year
from scoring.models import (
    Adjustment,
    Appeal,
    AppealFile,
    AppealReply,
    Assignment,
    CriteriaTable,
    Criterion,
    LineEvidence,
    LineNote,
    Ranking,
    RankingEntry,
    ScoreEntry,
    ScoreLine,
    ScoreNotice,
    ScoreSheet,
    ScoringAct,
    YearScoring,
)

_CRITERIA_TABLE = _of_year(
    CriteriaTable,
    "version title state settings sum_decision decision_number decision_date reason source is_shared applied_at"
    " replaced_at",
    "version", sort=("version",), left_out={"edition": COUNTER},
    lists={
        "criteria": _child(
            Criterion, "table",
            "key parent code order title guide rule part maximum unit better step places params evidence scored_by"
            " scorer applies_to due_on former_code",
            "code", sort=("order", "code"),
        )
    },
)  # fmt: skip

_SCORE_SHEET = _of_year(
    ScoreSheet,
    "agency table state size sent_at posted_on days_late excused_reason excused_by returned_at return_reason"
    " verified_at",
    "agency", sort=("agency",), left_out={"sent_by": ACCOUNT, "edited_by": ACCOUNT, "version": COUNTER},
    lists={
        "lines": _child(
            ScoreLine, "sheet", "criterion explanation citation returned_at return_reason", "criterion",
            sort=("criterion",), left_out={"version": COUNTER},
            lists={
                "entries": _child(
                    ScoreEntry, "line", "level scorer points facts mark reason source is_current created_at",
                    "level scorer created_at is_current", sort=("created_at", "level", "scorer", "is_current"),
                    unique=False, left_out={"actor": ACCOUNT},
                ),
                "evidence": _child(
                    LineEvidence, "line", "evidence removed_at", "evidence", left_out={"added_by": ACCOUNT}
                ),
                "notes": _child(
                    LineNote, "line", "agency words created_at", "agency created_at", sort=("created_at", "agency"),
                    unique=False, left_out={"author": ACCOUNT},
                ),
            },
        )
    },
)  # fmt: skip

_APPEAL = _of_year(
    Appeal,
    "key line filer filed_at words wanted state decider decided_at decision points_before points_after effect number"
    " paper",
    "key", left_out={"filed_by": ACCOUNT, "decided_by": ACCOUNT, "version": COUNTER},
    lists={
        "files": _child(AppealFile, "appeal", "agency file name", "agency file"),
        "replies": _child(
            AppealReply, "appeal", "agency words created_at", "agency created_at", sort=("created_at", "agency"),
            unique=False, left_out={"author": ACCOUNT},
        ),
    },
)  # fmt: skip

SECTIONS: Final[dict[str, Shape]] = {
    "criteria_tables": _CRITERIA_TABLE,
    "scoring": _of_year(
        YearScoring, "released_at appeals_until final_at", "", single=True, left_out={"version": COUNTER}
    ),
    "assignments": _of_year(
        Assignment, "level scorer subject section finished_at", "level scorer subject section",
        sort=("level", "scorer", "subject", "section"),
    ),
    "score_sheets": _SCORE_SHEET,
    "scoring_acts": _of_year(
        ScoringAct, "number table included missing inputs results mark note agency created_at", "number",
        sort=("number",), left_out={"actor": ACCOUNT},
    ),
    "adjustments": _of_year(
        Adjustment,
        "key agency kind points criterion_code grade ground award paper_number paper_date evidence state proposer"
        " proposed_at decider decided_at decision_reason",
        "key", left_out={"proposed_by": ACCOUNT, "decided_by": ACCOUNT, "version": COUNTER},
    ),
    "appeals": _APPEAL,
    "score_notices": _of_year(
        ScoreNotice, "agency kind words line created_at seen_at", "agency kind created_at words",
        sort=("created_at", "agency", "words"), unique=False,
    ),
    "rankings": _of_year(
        Ranking, "revision method decided_on note reason act", "revision", sort=("revision",),
        left_out={"created_at": STAMP},
        lists={"entries": _child(RankingEntry, "ranking", "agency rank points votes grade why note", "agency")},
    ),
}  # fmt: skip

# Columns with a usual value that need not be written.
USUAL: Final = {
    (Criterion, "rule"), (Criterion, "part"), (Criterion, "maximum"), (Criterion, "better"), (Criterion, "evidence"),
    (Criterion, "scored_by"), (ScoreEntry, "source"),
}  # fmt: skip
