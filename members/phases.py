"""Which features each step of a year opens: the one table that pages, verbs and rights ask."""

from members.enums import PhaseKind

MOVEMENTS = "movements"  # launch and edit movements, join them
PLEDGES = "pledges"  # the compact is written and signed, targets and titles are registered
ENTRY = "entry"  # every member records activities
CORRECTION = "correction"  # the chair's staff corrects and completes what was recorded
CONFIRM = "confirm"  # activities are confirmed or returned
CONFERENCE = "conference"  # conference, attendance, election
RANKING = "ranking"  # ranks are recorded
ANNOUNCED = "announced"  # ranks are open to every member
TEXTS = "texts"  # assessment, direction of next year
PUBLISH = "publish"  # the annual summary is published or corrected

FEATURES: dict[str, frozenset[str]] = {
    PhaseKind.PREPARE: frozenset({MOVEMENTS, PLEDGES}),
    PhaseKind.LAUNCH: frozenset({MOVEMENTS, PLEDGES, ENTRY, CONFIRM}),
    PhaseKind.CARRY_OUT: frozenset({MOVEMENTS, PLEDGES, ENTRY, CONFIRM}),
    PhaseKind.SELF_SCORE: frozenset({MOVEMENTS, ENTRY, CONFIRM, TEXTS}),
    PhaseKind.VERIFY: frozenset({CORRECTION, CONFIRM, TEXTS}),
    PhaseKind.DELIBERATE: frozenset({CORRECTION, CONFIRM, TEXTS, CONFERENCE, RANKING}),
    PhaseKind.PUBLISH: frozenset({CORRECTION, CONFIRM, TEXTS, CONFERENCE, RANKING, ANNOUNCED, PUBLISH}),
}


def opens(phase: str | None, feature: str) -> bool:
    """Whether ``feature`` is open in ``phase``; a year without an open phase opens nothing."""
    return phase is not None and feature in FEATURES[phase]


def phases_with(feature: str) -> list[str]:
    """The steps that open ``feature``, in the order of the year."""
    return [kind for kind in PhaseKind.values if feature in FEATURES[kind]]


# What an agency does with its own: an extension given to one agency opens these for it alone, wherever they are asked.
OWN = frozenset({MOVEMENTS, PLEDGES, ENTRY})


def extends(phase: str, feature: str) -> bool:
    """Whether an extension of ``phase`` opens ``feature`` for the agency it was given to."""
    return feature in OWN and feature in FEATURES[phase]
