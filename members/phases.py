"""Which features each step of a year opens: the one table that pages, verbs and rights ask."""

from members.enums import PhaseKind

MOVEMENTS = "movements"  # launch and edit movements, join them
PLEDGES = "pledges"  # the compact is written and signed, targets and titles are registered
ENTRY = "entry"  # every member records activities
CORRECTION = "correction"  # the chair's staff corrects and completes what was recorded
CONFIRM = "confirm"  # activities are confirmed or returned
CRITERIA = "criteria"  # the criteria table is written and put into force
SCORE = "score"  # members fill in their score sheets
SCORE_SEND = "score_send"  # and send them
VERIFY = "verify"  # cross-checks, verification, exchange about lines
APPEALS = "appeals"  # objections are filed and decided
ADJUST = "adjust"  # bonus and penalty points, disqualifications
SCORE_CLUSTER = "score_cluster"  # "Tính điểm cụm": what depends on all members
CONFERENCE = "conference"  # conference, attendance, election
RANKING = "ranking"  # ranks are recorded
ANNOUNCED = "announced"  # ranks are open to every member
TEXTS = "texts"  # assessment, direction of next year
PUBLISH = "publish"  # the annual summary is published or corrected

FEATURES: dict[str, frozenset[str]] = {
    PhaseKind.PREPARE: frozenset({MOVEMENTS, PLEDGES, CRITERIA}),
    PhaseKind.LAUNCH: frozenset({MOVEMENTS, PLEDGES, CRITERIA, ENTRY, CONFIRM}),
    PhaseKind.CARRY_OUT: frozenset({MOVEMENTS, PLEDGES, CRITERIA, ENTRY, CONFIRM, SCORE, ADJUST}),
    PhaseKind.SELF_SCORE: frozenset(
        {MOVEMENTS, CRITERIA, ENTRY, CONFIRM, TEXTS, SCORE, SCORE_SEND, ADJUST, SCORE_CLUSTER}
    ),
    PhaseKind.VERIFY: frozenset(
        {CRITERIA, CORRECTION, CONFIRM, TEXTS, VERIFY, APPEALS, ADJUST, SCORE_CLUSTER}
    ),
    PhaseKind.DELIBERATE: frozenset(
        {CORRECTION, CONFIRM, TEXTS, APPEALS, ADJUST, SCORE_CLUSTER, CONFERENCE, RANKING}
    ),
    PhaseKind.PUBLISH: frozenset({CORRECTION, CONFIRM, TEXTS, CONFERENCE, RANKING, ANNOUNCED, PUBLISH}),
}


def opens(phase: str | None, feature: str) -> bool:
    """Whether ``feature`` is open in ``phase``; a year without an open phase opens nothing."""
    return phase is not None and feature in FEATURES[phase]


def phases_with(feature: str) -> list[str]:
    """The steps that open ``feature``, in the order of the year."""
    return [kind for kind in PhaseKind.values if feature in FEATURES[kind]]


# What an agency does with its own: an extension given to one agency opens these for it alone, wherever they are asked.
OWN = frozenset({MOVEMENTS, PLEDGES, ENTRY, SCORE, SCORE_SEND})


def extends(phase: str, feature: str) -> bool:
    """Whether an extension of ``phase`` opens ``feature`` for the agency it was given to."""
    return feature in OWN and feature in FEATURES[phase]
