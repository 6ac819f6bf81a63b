"""The worked example of a charter, as far as this app decides: when a meeting may vote, and what passes."""

from __future__ import annotations

from django.utils.translation import gettext as _

from conference.domain.count import Counts, passes, quorum_needed, votes_needed
from members.charter import CHOICES, Rules
from members.charter_examples import COLLECTED, PRESENT, SAMPLES, VALID, Section, example
from members.charter_parts import share_of
from members.charter_words import VALUES, share_words


@example
def meeting(rules: Rules) -> list[Section]:
    """How many must come, and from how many votes on a motion passes, by each way of counting."""
    members = len(SAMPLES)
    return [
        Section("bieu-quyet", _("Hội nghị của bảy đơn vị"), lines=tuple(_quorum(rules, members))),
        *_ballot(rules, Counts(members, PRESENT, COLLECTED, VALID)),
    ]


def _quorum(rules: Rules, members: int) -> list[str]:
    if rules.quorum_base == "present":
        return [_("Lúc nào cũng họp được: tỷ lệ tính trên chính số đơn vị có mặt.")]
    share = share_of(rules.quorum_share)
    lines = [
        _("%(share)s của %(members)s đơn vị: cần ít nhất %(needed)s đơn vị có mặt.")
        % {
            "share": share_words(rules.quorum_share),
            "members": members,
            "needed": quorum_needed(members, share),
        }
    ]
    held = quorum_needed(members, share) <= PRESENT
    sentence = _("Có mặt %(present)s: họp được.") if held else _("Có mặt %(present)s: chưa họp được.")
    return [*lines, sentence % {"present": PRESENT}]


def _ballot(rules: Rules, counts: Counts) -> list[Section]:
    if rules.ballot_form == "none":
        return [Section("bieu-quyet", _("Phiếu"), _("Cụm không bỏ phiếu: hội nghị thống nhất khi bình xét."))]
    threshold = share_of(rules.threshold)
    intro = _(
        "Có quyền %(entitled)s, có mặt %(present)s, thu về %(collected)s phiếu, hợp lệ %(valid)s. "
        "Dòng đậm là cách tính của quy chế này."
    ) % {
        "entitled": counts.entitled, "present": counts.present,
        "collected": counts.collected, "valid": counts.valid,
    }  # fmt: skip
    rows = tuple(
        (
            str(VALUES["denominator"][one]), str(counts.base(one)),
            _needed(votes_needed(counts.base(one), threshold, strict=rules.threshold_strict), counts.base(one)),
        )
        for one in CHOICES["denominator"]
    )  # fmt: skip
    base = counts.base(rules.denominator)
    lines = tuple(
        (
            _("%(name)s được %(votes)s phiếu: thông qua.")
            if passes(sample.votes, base, threshold, strict=rules.threshold_strict)
            else _("%(name)s được %(votes)s phiếu: không thông qua.")
        )
        % {"name": sample.name, "votes": sample.votes}
        for sample in SAMPLES[:4]
    )  # fmt: skip
    strong = CHOICES["denominator"].index(rules.denominator)
    head = (_("Tỷ lệ tính trên"), _("Số"), _("Cần ít nhất"))
    return [Section("bieu-quyet", _("Phiếu"), intro, head, rows, lines, strong)]


def _needed(votes: int, base: int) -> str:
    if votes > base:
        return _("không đạt được")
    return _("%(n)s phiếu") % {"n": votes}
