"""Labels and criteria: kept by the leadership, pasted as a list, retired, carried into the next year."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from core.access import Refused
from core.errors import DomainError, Stale
from core.models import AuditEvent
from members import carry
from members.carry import Shift
from members.domain.actor import Actor
from movements.domain import tags
from movements.domain.tags import TagDraft
from movements.models import Tag
from tests.factories import ClusterYearFactory, EvidenceFactory
from tests.factories.pledges import TagFactory

pytestmark = pytest.mark.django_db


def text(answer: Any) -> str:
    return " ".join(str(answer.content.decode()).split())


def names(year: Any) -> list[str]:
    return [str(tag) for tag in tags.choices(year)]


def test_criteria_come_before_labels_and_new_ones_behind(cast: Any) -> None:
    scope = cast.scope(cast.an)
    for draft in (TagDraft("Ảnh đẹp"), TagDraft("An sinh", "II.3"), TagDraft("Kinh tế", "I.1")):
        tags.save_tag(scope, draft)
    assert names(cast.year) == ["II.3 An sinh", "I.1 Kinh tế", "Ảnh đẹp"]
    assert AuditEvent.objects.filter(action="tag_add").count() == 3


@pytest.mark.parametrize("who, allowed", [("an", True), ("binh", True), ("chi", False), ("officer", False)])
def test_the_leadership_keeps_them(cast: Any, who: str, allowed: bool) -> None:
    tag = TagFactory(year=cast.year)
    scope = cast.scope(getattr(cast, who))
    for verb in (
        lambda: tags.save_tag(scope, TagDraft("Mới")), lambda: tags.retire_tag(scope, tag.pk, retired=True),
        lambda: tags.move_tag(scope, tag.pk, up=True), lambda: tags.paste_tags(scope, "Khác"),
    ):  # fmt: skip
        if allowed:
            verb()
        else:
            with pytest.raises(Refused):
                verb()


def test_a_name_changes_with_the_version_that_was_seen(cast: Any) -> None:
    tag, scope = TagFactory(year=cast.year, code="II.3"), cast.scope(cast.an)
    tags.save_tag(scope, TagDraft("Tên mới", "II.3"), tag.pk, version=1)
    with pytest.raises(Stale):
        tags.save_tag(scope, TagDraft("Của người khác", "II.3"), tag.pk, version=1)
    tags.save_tag(scope, TagDraft("Tên mới", "II.3"), tag.pk, version=2)
    tag.refresh_from_db()
    assert (tag.label, tag.version) == ("Tên mới", 2)
    with pytest.raises(Tag.DoesNotExist):
        tags.save_tag(scope, TagDraft("x"), TagFactory().pk)


@pytest.mark.parametrize(
    "draft, words",
    [
        (TagDraft(""), "Ghi tên nhãn"), (TagDraft("a" * 201), "200"), (TagDraft("x", "1" * 21), "20"),
        (TagDraft("Khác", "II.3"), "cùng số mục"), (TagDraft("Ảnh đẹp"), "cùng tên"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_label(cast: Any, draft: TagDraft, words: str) -> None:
    TagFactory(year=cast.year, code="II.3", label="An sinh")
    TagFactory(year=cast.year, label="Ảnh đẹp")
    with pytest.raises(DomainError, match=words):
        tags.save_tag(cast.scope(cast.an), draft)


def test_a_criterion_stays_one_and_there_is_an_end(cast: Any, monkeypatch: Any) -> None:
    tag = TagFactory(year=cast.year, code="II.3")
    with pytest.raises(DomainError, match="nhãn thường thì không"):
        tags.save_tag(cast.scope(cast.an), TagDraft("Không số"), tag.pk)
    monkeypatch.setattr(tags, "MOST", 1)
    with pytest.raises(DomainError, match="nhiều nhất 1"):
        tags.save_tag(cast.scope(cast.an), TagDraft("Nữa"))


def test_a_retired_label_is_not_offered_and_can_come_back(cast: Any) -> None:
    tag, scope = TagFactory(year=cast.year), cast.scope(cast.an)
    for _twice in range(2):
        tags.retire_tag(scope, tag.pk, retired=True)
    assert tags.choices(cast.year) == []
    assert tags.choices(cast.year, [tag.pk]) == [tag]
    assert not tags.known(cast.year, [tag.pk])
    assert tags.known(cast.year, [tag.pk], [tag.pk])
    tags.retire_tag(scope, tag.pk, retired=False)
    assert tags.choices(cast.year) == [tag]
    assert AuditEvent.objects.filter(action__in=("tag_retire", "tag_restore")).count() == 2


def test_labels_change_places(cast: Any) -> None:
    rows = [TagFactory(year=cast.year, order=5, label=name) for name in ("a", "b", "c")]
    scope = cast.scope(cast.an)
    tags.move_tag(scope, rows[2].pk, up=True)
    assert names(cast.year) == ["a", "c", "b"]
    tags.move_tag(scope, rows[0].pk, up=False)
    assert names(cast.year) == ["c", "a", "b"]
    for pk, up in ((rows[2].pk, True), (rows[1].pk, False)):
        tags.move_tag(scope, pk, up=up)  # at the end of the list nothing happens
    assert AuditEvent.objects.filter(action="tag_order").count() == 2


# -- pasting -------------------------------------------------------------------------------------
def test_a_list_is_taken_over_and_the_same_list_changes_nothing(cast: Any) -> None:
    scope = cast.scope(cast.an)
    TagFactory(year=cast.year, code="II.3", label="Tên cũ")
    pasted = "II.3\tAn sinh xã hội\r\n\r\nIII.1 \t Chuyển  đổi số\nẢnh đẹp\n"
    assert tags.paste_tags(scope, pasted) == tags.Pasted(added=2, renamed=1)
    assert names(cast.year) == ["II.3 An sinh xã hội", "III.1 Chuyển đổi số", "Ảnh đẹp"]
    assert tags.paste_tags(scope, pasted) == tags.Pasted(same=3)


@pytest.mark.parametrize(
    "pasted, words",
    [
        ("", "Dán ít nhất một dòng"), ("I.1\ta\nI.1\tb", "Dòng 2: “I.1” có hai lần"),
        ("\tKhông số", "Dòng 1: thiếu số mục"),
        ("I.1\t", "Dòng 1: Ghi tên nhãn"), ("x\n" + "1" * 21 + "\tdài", "Dòng 2: Số mục dài nhất"),
    ],
)  # fmt: skip
def test_every_bad_line_is_named_and_nothing_written(cast: Any, pasted: str, words: str) -> None:
    with pytest.raises(DomainError) as caught:
        tags.paste_tags(cast.scope(cast.an), pasted)
    assert words in " ".join(problem.sentence for problem in caught.value.problems)
    assert not Tag.objects.exists()


def test_a_new_year_takes_them_over_without_what_carries_them(cast: Any) -> None:
    tag = TagFactory(year=cast.year, code="II.3", label="An sinh")
    TagFactory(year=cast.year, retired_at=timezone.now())
    EvidenceFactory(activity=None, year=cast.year, agency=cast.member).tags.add(tag)
    part = next(one for one in carry.parts() if one.name == "tags")
    year = ClusterYearFactory(cluster=cast.cluster, label="2021")
    assert (part.count(cast.year), part.names(cast.year, Shift())) == (1, ["II.3 An sinh"])
    assert part.copy(Actor(cast.an.pk, "chair"), cast.year, year, Shift()) == 1
    (copied,) = tags.choices(year)
    assert (str(copied), copied.key != tag.key, copied.evidence.count()) == ("II.3 An sinh", True, 0)


# -- pages ---------------------------------------------------------------------------------------
def test_everybody_reads_and_the_leadership_writes(cast: Any) -> None:
    tag = TagFactory(year=cast.year, code="II.3", label="An sinh")
    EvidenceFactory(activity=None, year=cast.year, agency=cast.member).tags.add(tag)
    page = text(cast.client(cast.chi).get(cast.url("tags")))
    assert "An sinh" in page
    assert "Dán cả danh sách" not in page
    assert f"?nhan={tag.pk}" in page
    assert cast.client(cast.dung).get(cast.url("tags")).status_code == 404
    assert cast.client(cast.chi).post(cast.url("tags"), {"label": "x"}).status_code == 403
    chair = cast.client(cast.an)
    assert "Đã thêm “Ảnh đẹp”" in text(chair.post(cast.url("tags"), {"label": "Ảnh đẹp"}, follow=True))
    again = chair.post(cast.url("tags"), {"label": "Ảnh đẹp"})
    assert (again.status_code, "cùng tên" in text(again)) == (422, True)
    assert chair.post(cast.url("tags"), {"label": ""}).status_code == 422


def test_a_list_is_pasted_on_the_page(cast: Any) -> None:
    chair = cast.client(cast.an)
    page = text(chair.post(cast.url("tag_paste"), {"text": "I.1\tKinh tế\nNhãn"}, follow=True))
    assert "Thêm 2, đổi tên 0, giữ nguyên 0." in page
    bad = chair.post(cast.url("tag_paste"), {"text": "I.2\t"})
    assert (bad.status_code, "Dòng 1: Ghi tên nhãn." in text(bad)) == (422, True)
    assert cast.client(cast.chi).post(cast.url("tag_paste"), {"text": "x"}).status_code == 403


def test_one_is_renamed_and_of_two_the_second_sees_both(cast: Any) -> None:
    tag = TagFactory(year=cast.year, code="II.3", label="An sinh")
    chair, address = cast.client(cast.an), cast.url("tag_edit", pk=tag.pk)
    assert "An sinh" in text(chair.get(address))
    sent = {"code": "II.3", "label": "An sinh xã hội", "version": "1"}
    assert chair.post(address, sent).status_code == 302
    stale = chair.post(address, {**sent, "label": "Khác"})
    assert (stale.status_code, "Tên đang lưu: “II.3 An sinh xã hội”" in text(stale)) == (409, True)
    assert chair.post(address, {**sent, "label": "", "version": "2"}).status_code == 422
    assert chair.post(address, {**sent, "code": "", "version": "2"}).status_code == 422
    assert cast.client(cast.chi).get(address).status_code == 403
    for pk in (TagFactory().pk, 10**18, 10**20):
        assert chair.get(cast.url("tag_edit", pk=pk)).status_code == 404


def test_order_and_retiring_by_buttons(cast: Any) -> None:
    first, second = (TagFactory(year=cast.year, label=name) for name in ("a", "b"))
    chair = cast.client(cast.an)
    for pk, action in ((second.pk, "up"), (second.pk, "down"), (first.pk, "retire"), (first.pk, "restore")):
        answer = chair.post(cast.url("tag_change", pk=pk), {"action": action})
        assert answer["Location"].endswith(f"#nhan-{pk}")
    assert chair.post(cast.url("tag_change", pk=first.pk), {"action": "x"}).status_code == 400
    assert chair.post(cast.url("tag_change", pk=TagFactory().pk), {"action": "up"}).status_code == 404
    assert (
        cast.client(cast.chi).post(cast.url("tag_change", pk=first.pk), {"action": "up"}).status_code == 403
    )


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_costs_the_same_for_one_and_for_three(
    cast: Any, rows: int, django_assert_num_queries: Any
) -> None:
    for number in range(rows):
        TagFactory(year=cast.year, code=f"I.{number}")
    client = cast.client(cast.an)
    client.get(cast.url("tags"))
    with django_assert_num_queries(LIST):
        client.get(cast.url("tags"))


LIST = 6
