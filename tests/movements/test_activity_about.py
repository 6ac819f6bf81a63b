"""Who took part, labels, and the switch between inside and public: entered, compared, audited, shown."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from core.errors import DomainError, Refused, Stale
from core.models import AuditEvent
from movements.domain.activities import save_activity
from movements.domain.entry import About, ActivityDraft
from movements.domain.public import public_activities, set_public
from movements.domain.record import load_record
from movements.enums import ActivityState
from movements.forms.activity import read_time
from movements.models import Activity, Tag
from tests.factories import (
    ActivityFactory,
    ClusterYearFactory,
    ContributionFactory,
    EvidenceFactory,
    GoodsFactory,
)
from tests.support.entry import form_of, send, shown

pytestmark = pytest.mark.django_db


@pytest.fixture
def tag(cast: Any) -> Tag:
    return Tag.objects.create(year=cast.year, kind="criterion", code="II.3", label="Từ thiện")


def draft(cast: Any, about: About | None) -> ActivityDraft:
    time = read_time("5/4/2020", "day", cast.year)
    return ActivityDraft(title="Trao quà", when=time, agency_id=cast.member.pk, about=about)


def last_audit(action: str) -> Any:
    return AuditEvent.objects.filter(action=action).latest("id")


# -- entry ---------------------------------------------------------------------------------------
def test_the_form_records_people_labels_and_the_proposal(cast: Any, tag: Tag) -> None:
    client = cast.client(cast.chi)
    sent = form_of(people=" Lãnh đạo  Sở Y tế ", attended="1.200", tags=[str(tag.pk)], is_public="on")
    assert send(client, cast.url("activity_add"), sent).status_code == 302
    activity = Activity.objects.get()
    assert (activity.people, activity.attended, activity.is_public) == ("Lãnh đạo Sở Y tế", 1200, True)
    assert list(activity.tags.all()) == [tag]
    assert "lanh dao so y te" in activity.search
    assert not public_activities(cast.year).exists()
    again = shown(client.get(cast.url("activity_edit", pk=activity.pk)).content.decode())
    assert (again["people"], again["attended"], again["is_public"]) == ("Lãnh đạo Sở Y tế", "1.200", "on")
    assert again.getlist("tags") == [str(tag.pk)]
    after = json.loads(last_audit("activity_add").after)
    assert after["tags"] == ["II.3 Từ thiện"]
    assert after["people"] == "Lãnh đạo Sở Y tế"


@pytest.mark.parametrize(
    "change, field",
    [
        ({"attended": "0"}, "attended"), ({"attended": "1,5"}, "attended"), ({"attended": "nhiều"}, "attended"),
        ({"attended": "10.000.001"}, "attended"), ({"people": "x" * 501}, "people"), ({"tags": ["999999"]}, "tags"),
        ({"tags": ["x"]}, "tags"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_said_beside_its_field(
    cast: Any, tag: Tag, change: dict[str, Any], field: str
) -> None:
    response = send(cast.client(cast.chi), cast.url("activity_add"), form_of(**change))
    assert response.status_code == 422
    assert f'href="#id_{field}' in response.content.decode()
    assert not Activity.objects.exists()


@pytest.mark.parametrize(
    "about, field",
    [
        (About(people="x" * 501), "people"), (About(attended=0), "attended"), (About(attended=-1), "attended"),
        (About(attended=10_000_001), "attended"), (About(tags=(999_999,)), "tags"),
    ],
)  # fmt: skip
def test_the_verb_checks_what_no_form_asked(cast: Any, about: About, field: str) -> None:
    with pytest.raises(DomainError) as caught:
        save_activity(cast.scope(cast.chi), draft(cast, about))
    assert [problem.field for problem in caught.value.problems] == [field]


def test_labels_of_another_year_and_retired_ones_are_not_taken_but_kept(cast: Any, tag: Tag) -> None:
    foreign = Tag.objects.create(year=ClusterYearFactory(cluster=cast.cluster, label="2019"), label="Khác")
    scope = cast.scope(cast.chi)
    activity = save_activity(scope, draft(cast, About(tags=(tag.pk,))))
    Tag.objects.filter(pk=tag.pk).update(retired_at=activity.created_at)
    assert save_activity(scope, draft(cast, About(tags=(tag.pk,))), activity.pk).tags.get() == tag
    for pk in (foreign.pk, tag.pk):
        with pytest.raises(DomainError):
            save_activity(scope, draft(cast, About(tags=(pk,))))


def test_a_form_that_does_not_ask_leaves_them_as_they_are(cast: Any, tag: Tag) -> None:
    scope = cast.scope(cast.chi)
    about = About("Lãnh đạo", 5, (tag.pk,), True)
    activity = save_activity(scope, draft(cast, about))
    changed = save_activity(scope, draft(cast, None), activity.pk)
    assert (changed.people, changed.attended, changed.is_public) == ("Lãnh đạo", 5, True)
    assert changed.tags.count() == 1
    plain = save_activity(scope, draft(cast, About()), activity.pk)
    assert (plain.people, plain.attended, plain.is_public, plain.tags.count()) == ("", None, False, 0)


def test_both_sides_of_a_conflict_show_them(cast: Any, tag: Tag) -> None:
    activity = ActivityFactory(year=cast.year, agency=cast.member, people="Cũ", attended=10)
    address, client = cast.url("activity_edit", pk=activity.pk), cast.client(cast.chi)
    mine = shown(client.get(address).content.decode())
    Activity.objects.filter(pk=activity.pk).update(version=2, attended=10, people="Của người kia")
    mine["people"], mine["attended"], mine["is_public"] = "Của tôi", "10", "on"
    mine.setlist("tags", [str(tag.pk)])
    answer = send(client, address, mine)
    assert answer.status_code == 409
    table = answer.content.decode().partition('id="khac-nhau"')[2].partition("</table>")[0]
    for words in ("Của tôi", "Của người kia", "II.3 Từ thiện", "Công khai khi được xác nhận"):
        assert words in table
    assert "Số người tham gia" not in table
    again = shown(answer.content.decode())
    assert (again["people"], again["is_public"], again.getlist("tags")) == ("Của tôi", "on", [str(tag.pk)])


# -- the switch ----------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "who, phase, public, allowed",
    [
        ("an", "carry_out", True, True), ("an", "verify", True, True), ("an", "verify", False, True),
        ("chi", "carry_out", True, False), ("chi", "verify", False, True), ("lan", "publish", False, True),
        ("binh", "verify", True, False), ("binh", "verify", False, False), ("officer", "verify", False, False),
        ("observer", "verify", True, False), ("an", "prepare", True, False), ("an", "prepare", False, True),
    ],
)  # fmt: skip
def test_who_shows_and_who_hides(cast: Any, who: str, phase: str, public: bool, allowed: bool) -> None:
    cast.go(phase)
    activity = ActivityFactory(year=cast.year, agency=cast.member, confirmed=True, is_public=not public)
    client = cast.client(getattr(cast, who))
    action = "publish" if public else "hide"
    page = client.get(cast.url("activity_detail", pk=activity.pk)).content.decode()
    assert (f'value="{action}"' in page) is allowed
    response = client.post(
        cast.url("activity_public", pk=activity.pk),
        {"action": action, "version": "1", "submit_key": who * 10},
    )
    assert response.status_code == (302 if allowed else 403)
    activity.refresh_from_db()
    assert activity.is_public is (public if allowed else not public)
    assert activity.version == (2 if allowed else 1)


def test_a_sealed_year_is_left_as_it_is(cast: Any) -> None:
    activity = ActivityFactory(year=cast.year, agency=cast.member, confirmed=True, is_public=True)
    type(cast.year).objects.filter(pk=cast.year.pk).update(sealed_at=activity.created_at)
    with pytest.raises(Refused):
        set_public(cast.scope(cast.an), activity.pk, False)


def test_the_switch_is_audited_and_told(cast: Any) -> None:
    activity = ActivityFactory(year=cast.year, agency=cast.member, confirmed=True)
    set_public(cast.scope(cast.an), activity.pk, True, version=1)
    event = last_audit("activity_publish")
    assert (json.loads(event.before), json.loads(event.after)) == ({"is_public": False}, {"is_public": True})
    assert public_activities(cast.year).get() == activity
    page = cast.client(cast.chi).get(cast.url("activity_detail", pk=activity.pk)).content.decode()
    assert "Ngân hàng Nhà nước (Cụm trưởng) cho công khai" in page


@pytest.mark.parametrize("state", ["draft", "submitted", "returned"])
def test_only_a_confirmed_one_is_switched(cast: Any, state: str) -> None:
    trait = {} if state == "draft" else {state: True}
    activity = ActivityFactory(year=cast.year, agency=cast.chair, **trait)
    with pytest.raises(DomainError):
        set_public(cast.scope(cast.an), activity.pk, True)


def test_stale_again_and_strange_presses(cast: Any) -> None:
    activity = ActivityFactory(year=cast.year, agency=cast.member, confirmed=True)
    scope, address = cast.scope(cast.an), cast.url("activity_public", pk=activity.pk)
    with pytest.raises(Stale):
        set_public(scope, activity.pk, True, version=7)
    with pytest.raises(DomainError):
        set_public(scope, activity.pk, False)
    with pytest.raises(Activity.DoesNotExist):
        set_public(scope, 10**9, True)
    client = cast.client(cast.an)
    stale = client.post(address, {"action": "publish", "version": "7", "submit_key": "k" * 20})
    assert stale.status_code == 409
    for _press in range(2):
        done = client.post(address, {"action": "publish", "version": "1", "submit_key": "once" * 6})
        assert done.status_code == 302
    assert AuditEvent.objects.filter(action="activity_publish").count() == 1
    assert client.post(address, {"action": "x"}).status_code == 400
    assert client.get(address).status_code == 405
    assert client.post(cast.url("activity_public", pk=10**9), {"action": "hide"}).status_code == 404
    assert cast.client(cast.dung).post(address, {"action": "hide"}).status_code == 404


def test_a_proposal_is_in_force_when_it_is_confirmed(cast: Any) -> None:
    activity = ActivityFactory(year=cast.year, agency=cast.member, submitted=True, is_public=True)
    client, address = cast.client(cast.an), cast.url("activity_detail", pk=activity.pk)
    assert "xác nhận xong, ai có đường dẫn cũng xem được" in client.get(address).content.decode()
    client.post(
        cast.url("activity_state", pk=activity.pk),
        {"action": "confirm", "version": "1", "submit_key": "c" * 20},
    )
    assert public_activities(cast.year).get().state == ActivityState.CONFIRMED


# -- the page ------------------------------------------------------------------------------------
def test_words_to_share_carry_figures_with_their_qualifiers(cast: Any) -> None:
    activity = ActivityFactory(
        year=cast.year, agency=cast.member, confirmed=True, is_public=True, place="Huyện Chi Lăng"
    )
    whole = ContributionFactory(activity=activity, order=1, value=580_000_000, value_qualifier="over")
    GoodsFactory(activity=activity, order=2, quantity_qualifier="nearly")
    ContributionFactory(activity=activity, order=3, part_of=whole, part_state="unknown")
    page = cast.client(cast.chi).get(cast.url("activity_detail", pk=activity.pk)).content.decode()
    text = re.search(r'id="loi-chia-se"[^>]*>([^<]*)<', page)
    assert text is not None
    assert text[1].replace("\xa0", " ").strip().splitlines() == [
        activity.title, "Cục Thống kê", "Ngày 5 tháng 4 năm 2020 · Huyện Chi Lăng",
        "Kết quả: trên 580.000.000 ₫; gần 3.000 chiếc khẩu trang y tế.",
        "Chưa cộng 1 khoản chưa rõ có gồm trong số tổng: 10.000.000 ₫.",
        f"http://testserver/cum/trung-uong/2020/hoat-dong/{activity.key}/",
    ]  # fmt: skip
    assert f"/hoat-dong/{activity.key}/the.png" in page


def test_nothing_is_offered_for_sharing_before_it_is_public(cast: Any) -> None:
    for more in ({"confirmed": True}, {"submitted": True, "is_public": True}):
        activity = ActivityFactory(year=cast.year, agency=cast.member, **more)
        page = cast.client(cast.chi).get(cast.url("activity_detail", pk=activity.pk)).content.decode()
        assert "loi-chia-se" not in page


def test_a_joint_activity_says_who_did_what(cast: Any) -> None:
    activity = ActivityFactory(year=cast.year, agency=cast.member, confirmed=True, scope="joint")
    activity.partners.create(agency=cast.other)
    activity.partners.create(agency=cast.deputy)
    gift = ContributionFactory(
        activity=activity, order=1, by=[cast.member, cast.other, "Văn phòng HĐND tỉnh"]
    )
    gift.contributors.filter(agency=cast.member).update(share=4_000_000)
    page = cast.client(cast.an).get(cast.url("activity_detail", pk=activity.pk)).content.decode()
    told = re.sub(r"<[^>]+>", " ", page.partition('id="ai-lam-gi"')[2].partition("</section>")[0])
    told = " ".join(told.replace("\xa0", " ").split())
    assert "Tiền ủng hộ: góp 4.000.000 ₫" in told
    assert "Tiền ủng hộ 10.000.000 ₫ (góp chung)" in told
    assert "Cục Quản lý thị trường cùng thực hiện" in told


def test_pictures_among_the_files_are_seen_at_once(cast: Any) -> None:
    activity = ActivityFactory(year=cast.year, agency=cast.member, confirmed=True)
    for kind in ("image/jpeg", "application/pdf"):
        evidence = EvidenceFactory(activity=activity)
        type(evidence.file).objects.filter(pk=evidence.file_id).update(content_type=kind)
    page = cast.client(cast.an).get(cast.url("activity_detail", pk=activity.pk)).content.decode()
    assert page.partition('class="shots"')[2].partition("</ul>")[0].count("<img") == 1
    assert len(load_record(activity).files) == 2
