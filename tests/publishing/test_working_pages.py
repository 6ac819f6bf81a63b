"""Working pages of the summary: where it stands, texts, preview, publication; each with the usual checks."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from django.test import Client

from core.models import AuditEvent
from members.enums import Function, PhaseKind
from publishing.domain import release
from publishing.domain.texts import MAX_LENGTH, texts_of, token_of
from publishing.enums import TextKind
from publishing.models import AnnualSummary, YearText
from tests.factories import (
    ActivityFactory,
    MembershipFactory,
    OfficerFactory,
    PersonFactory,
    YearTextFactory,
    open_phase,
)

BASE = "/lam-viec/lang-son-trung-uong/2020/tong-ket/"
TEXTS, PREVIEW, PUBLISH = f"{BASE}noi-dung/", f"{BASE}xem-truoc/", f"{BASE}cong-bo/"


@pytest.fixture
def chair(story: Any, client: Client) -> Client:
    """The chair's clerk, signed in."""
    client.force_login(story.chair_clerk)
    return client


def someone(story: Any, who: str) -> Client:
    """A signed-in person of a kind."""
    client = Client()
    if who == "nobody":
        return client
    if who in ("officer", "observer"):
        function = Function.OFFICER if who == "officer" else Function.OBSERVER
        user = OfficerFactory(cluster=story.year.cluster, function=function).user
    elif who == "outsider":
        user = PersonFactory(agency=MembershipFactory().agency).user
    else:
        code = {"chair": "ngan-hang", "deputy": "quan-ly-thi-truong", "member": "thue"}[who]
        user = PersonFactory(agency=story.agencies[code]).user
    client.force_login(user)
    return client


def text_of(response: Any) -> str:
    bare = re.sub(r"<[^>]+>", " ", response.content.decode())
    return " ".join(html.unescape(bare).replace("\xa0", " ").split())


# -- rights --------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("who", "allowed"),
    [
        ("nobody", {}),
        ("outsider", {}),
        ("member", {BASE}),
        ("observer", {BASE, PREVIEW}),
        ("officer", {BASE, PREVIEW}),
        ("deputy", {BASE, PREVIEW, TEXTS}),
        ("chair", {BASE, PREVIEW, TEXTS, PUBLISH}),
    ],
)
def test_who_may_open_what(story: Any, who: str, allowed: set[str]) -> None:
    client = someone(story, who)
    refused = {"nobody": 302, "outsider": 404}.get(who, 403)
    for path in (BASE, TEXTS, PREVIEW, PUBLISH):
        assert client.get(path).status_code == (200 if path in allowed else refused), path


@pytest.mark.parametrize("phase", PhaseKind.values)
def test_the_step_of_the_year_opens_texts_and_publication(story: Any, chair: Client, phase: str) -> None:
    open_phase(story.year, phase)
    written = phase in (PhaseKind.SELF_SCORE, PhaseKind.VERIFY, PhaseKind.DELIBERATE, PhaseKind.PUBLISH)
    assert chair.get(BASE).status_code == 200
    assert chair.get(TEXTS).status_code == (200 if written else 403)
    assert chair.get(PUBLISH).status_code == (200 if phase == PhaseKind.PUBLISH else 403)
    assert chair.post(PUBLISH, {"word": "CÔNG BỐ"}).status_code == (
        200 if phase == PhaseKind.PUBLISH else 403
    )


@pytest.mark.parametrize("path", [BASE, TEXTS, PREVIEW, PUBLISH])
def test_working_pages_are_private(chair: Client, path: str) -> None:
    assert chair.get(path)["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", [BASE, PREVIEW])
def test_reading_pages_take_no_post(chair: Client, path: str) -> None:
    assert chair.post(path).status_code == 405


@pytest.mark.parametrize("path", [BASE, TEXTS, PREVIEW, PUBLISH])
def test_the_pages_speak_english_too(chair: Client, path: str) -> None:
    assert '<html lang="en">' in chair.get(f"/en{path}").content.decode()


# -- where it stands -----------------------------------------------------------------------------
def test_conditions_lead_to_the_page_that_mends_them(story: Any, chair: Client) -> None:
    story.ranking.delete()
    ActivityFactory(year=story.year, agency=story.agencies["thue"], submitted=True)
    body = chair.get(BASE).content.decode()
    assert "Chưa ghi kết quả xếp hạng." in body
    assert 'href="/lam-viec/lang-son-trung-uong/2020/xep-hang/ghi/"' in body
    assert 'href="/lam-viec/lang-son-trung-uong/2020/hoat-dong/?trang_thai=submitted"' in body
    assert 'aria-disabled="true"' in body
    assert f'href="{PUBLISH}"' not in body


def test_the_links_of_conditions_open_the_list_they_speak_of(story: Any, chair: Client) -> None:
    ActivityFactory(year=story.year, agency=story.agencies["thue"], submitted=True, title="Đang chờ xác nhận")
    body = chair.get(BASE).content.decode()
    found = [html.unescape(link) for link in re.findall(r'href="([^"]*hoat-dong/\?trang_thai=[^"]+)"', body)]
    waiting, doubtful = (text_of(chair.get(link)) for link in found)
    assert "Đang chờ xác nhận" in waiting
    assert "Bàn giao khẩu trang y tế" not in waiting
    assert "Bàn giao khẩu trang y tế" in doubtful
    assert "Đang chờ xác nhận" not in doubtful


def test_the_next_step_is_offered_when_all_is_there(chair: Client) -> None:
    body = chair.get(BASE).content.decode()
    assert f'href="{PUBLISH}"' in body
    assert "Năm 2020 chưa công bố." in body


def test_versions_are_listed_with_reason_and_difference_is_said(story: Any, chair: Client) -> None:
    release.freeze(story.year, story.agencies["ngan-hang"].pk)
    said = text_of(chair.get(BASE))
    assert "Bản số 1 đang có hiệu lực" in said
    assert "Số liệu hiện nay giống hệt bản này." in said
    assert "không có gì mới để công bố" in said
    story.masks.delete()
    assert "Số liệu hiện nay đã khác bản này" in text_of(chair.get(BASE))
    release.freeze(story.year, story.agencies["ngan-hang"].pk, reason="Bớt một khoản.")
    said = text_of(chair.get(BASE))
    assert "Bản số 2 Đang có hiệu lực" in said
    assert "Bớt một khoản." in said


def test_members_see_the_state_but_no_draft(story: Any) -> None:
    said = text_of(someone(story, "member").get(BASE))
    assert "Điều kiện công bố" in said
    assert "Nội dung do Cụm viết" not in said
    assert "Chỉ cán bộ của đơn vị Cụm trưởng làm được việc này." in said


def test_the_page_costs_the_same_for_any_number_of_rows(
    story: Any, chair: Client, django_assert_num_queries: Any
) -> None:
    for more in (1, 3):
        for _ in range(more):
            YearTextFactory(year=story.year)
            ActivityFactory(year=story.year, agency=story.agencies["thue"])
            release.freeze(story.year, story.agencies["ngan-hang"].pk, reason="Thêm.")
        with django_assert_num_queries(QUERIES_OF_BASE):
            chair.get(BASE)


def test_the_other_pages_cost_the_same_for_any_number_of_rows(
    story: Any, chair: Client, django_assert_num_queries: Any
) -> None:
    for more in (1, 3):
        for _ in range(more):
            YearTextFactory(year=story.year)
            ActivityFactory(year=story.year, agency=story.agencies["thue"], confirmed=True)
        for path, number in QUERIES.items():
            with django_assert_num_queries(number):
                chair.get(path)


QUERIES_OF_BASE = 35
QUERIES = {TEXTS: 6, PREVIEW: 24, PUBLISH: 34}


# -- preview -------------------------------------------------------------------------------------
def test_the_preview_is_the_public_page_marked_as_not_published(story: Any, chair: Client) -> None:
    preview = chair.get(PREVIEW).content.decode()
    assert "Bản xem trước, chưa công bố." in preview
    assert "noindex" in preview
    assert release.draft(story.year).sha256 in preview
    release.freeze(story.year, story.agencies["ngan-hang"].pk)
    published = chair.get("/cum/lang-son-trung-uong/2020/").content.decode()
    start, end = "<h1", "</article>"
    assert (
        preview[preview.index(start) : preview.index(end)]
        == published[published.index(start) : published.index(end)]
    )


# -- texts ---------------------------------------------------------------------------------------
def sent(story: Any, token: str = "", **paragraphs: list[str]) -> dict[str, str]:
    """The form as a browser sends it; kinds not named are sent as they stand."""
    texts = texts_of(story.year) | paragraphs
    data = {"token": token or token_of(texts_of(story.year))}
    for kind, parts in texts.items():
        data |= {f"{kind}-TOTAL_FORMS": str(len(parts)), f"{kind}-INITIAL_FORMS": "0"}
        data |= {f"{kind}-{place}-text": text for place, text in enumerate(parts)}
    return data


def test_texts_are_saved_with_audit(story: Any, chair: Client) -> None:
    answer = chair.post(TEXTS, sent(story, direction=["  Một.\r\nHai. ", "", "Ba."], weakness=["Còn chậm."]))
    assert (answer.status_code, answer["Location"]) == (302, BASE)
    assert texts_of(story.year)["direction"] == ["Một.\nHai.", "Ba."]
    assert texts_of(story.year)["weakness"] == ["Còn chậm."]
    event = AuditEvent.objects.get(action="text_edit")
    assert "Còn chậm." in event.after
    assert "overview" not in event.after  # only what changed


def test_a_mended_word_keeps_the_row_and_its_key(story: Any, chair: Client) -> None:
    row = YearText.objects.get(year=story.year, kind="direction")
    chair.post(TEXTS, sent(story, direction=["Mở đầu.", "Thêm."]))
    assert YearText.objects.get(pk=row.pk).text == "Mở đầu."
    chair.post(TEXTS, sent(story, direction=["Mở đầu."]))
    assert list(YearText.objects.filter(year=story.year, kind="direction").values_list("key", flat=True)) == [
        row.key
    ]


def test_saving_what_stands_writes_nothing(story: Any, chair: Client) -> None:
    assert chair.post(TEXTS, sent(story)).status_code == 302
    assert not AuditEvent.objects.filter(action="text_edit").exists()


def test_one_more_paragraph_without_javascript_saves_nothing_and_keeps_what_was_typed(
    story: Any, chair: Client
) -> None:
    before = texts_of(story.year)
    answer = chair.post(TEXTS, sent(story, weakness=["Đang gõ dở"]) | {"add_row": "weakness"})
    body = answer.content.decode()
    assert answer.status_code == 200
    assert "Đang gõ dở" in body
    assert 'name="weakness-1-text"' in body
    assert texts_of(story.year) == before


def test_an_unknown_kind_adds_nothing(story: Any, chair: Client) -> None:
    assert chair.post(TEXTS, sent(story) | {"add_row": "khac"}).status_code == 200


def test_who_saves_second_sees_both_and_loses_nothing(story: Any, chair: Client) -> None:
    token = token_of(texts_of(story.year))
    someone(story, "deputy").post(TEXTS, sent(story, direction=["Của Cụm phó."]))
    answer = chair.post(TEXTS, sent(story, token, direction=["Của Cụm trưởng."]))
    said = text_of(answer)
    assert answer.status_code == 409
    assert "Có người vừa lưu trước bạn." in said
    assert "Của Cụm phó." in said
    assert "Của Cụm trưởng.</textarea>" in answer.content.decode()
    assert texts_of(story.year)["direction"] == ["Của Cụm phó."]
    again = chair.post(TEXTS, sent(story, direction=["Của Cụm trưởng."]))
    assert again.status_code == 302
    assert texts_of(story.year)["direction"] == ["Của Cụm trưởng."]


def test_the_same_form_sent_twice_is_no_conflict(story: Any, chair: Client) -> None:
    form = sent(story, direction=["Một lần."])
    assert [chair.post(TEXTS, form).status_code for _ in range(2)] == [302, 302]
    assert AuditEvent.objects.filter(action="text_edit").count() == 1


def test_an_over_long_paragraph_is_refused_and_kept_in_the_form(story: Any, chair: Client) -> None:
    answer = chair.post(TEXTS, sent(story, direction=["x" * (MAX_LENGTH + 1)]))
    assert answer.status_code == 200
    assert "is-invalid" in answer.content.decode()
    assert "x" * (MAX_LENGTH + 1) in answer.content.decode()
    assert texts_of(story.year)["direction"] != ["x" * (MAX_LENGTH + 1)]


def test_too_many_paragraphs_are_refused(story: Any, chair: Client) -> None:
    answer = chair.post(TEXTS, sent(story, direction=[f"Đoạn {number}" for number in range(25)]))
    assert answer.status_code == 200
    assert "25" in text_of(answer) or "20" in text_of(answer)
    assert len(texts_of(story.year)["direction"]) == 1


@pytest.mark.parametrize(
    "damage", [{"direction-TOTAL_FORMS": "x"}, {"direction-TOTAL_FORMS": "99999"}, {"token": ""}]
)
def test_a_damaged_form_writes_nothing(story: Any, chair: Client, damage: dict[str, str]) -> None:
    before = texts_of(story.year)
    answer = chair.post(TEXTS, sent(story, direction=["Mới"]) | damage)
    assert answer.status_code in (200, 409)
    assert texts_of(story.year) == before


def test_nobody_without_the_right_writes_texts(story: Any) -> None:
    for who, status in (("member", 403), ("officer", 403), ("outsider", 404), ("nobody", 401)):
        assert someone(story, who).post(TEXTS, sent(story, direction=["Lạ"])).status_code == status
    assert texts_of(story.year)["direction"] != ["Lạ"]


def test_every_kind_of_text_has_its_place(chair: Client) -> None:
    body = chair.get(TEXTS).content.decode()
    assert all(f'name="{kind}-TOTAL_FORMS"' in body for kind in TextKind.values)


# -- publication ---------------------------------------------------------------------------------
def confirm(story: Any, **changed: str) -> dict[str, str]:
    return {"expected": release.draft(story.year).sha256, "word": "CÔNG BỐ", "reason": ""} | changed


def test_the_confirmation_says_what_becomes_visible(story: Any, chair: Client) -> None:
    said = text_of(chair.get(PUBLISH))
    for words in ("Công bố bản số 1", "Mọi người, không cần đăng nhập", "7 đơn vị thành viên", "6 khoản đóng góp",
                  "3 thứ hạng; 4 đơn vị không công bố thứ hạng", release.draft(story.year).sha256):  # fmt: skip
        assert words in said


def test_the_chair_publishes_in_the_browser(
    story: Any, chair: Client, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        answer = chair.post(PUBLISH, confirm(story))
    assert (answer.status_code, answer["Location"]) == (302, BASE)
    assert "Đã công bố bản số 1." in text_of(chair.get(BASE))
    assert Client().get("/cum/lang-son-trung-uong/2020/").status_code == 200


@pytest.mark.parametrize(
    ("language", "asks", "says"),
    [("", "Gõ CÔNG BỐ để xác nhận", "Gõ đúng hai chữ CÔNG BỐ"),
     ("/en", "Type PUBLISH to confirm", "Type exactly PUBLISH, in capitals")],
)  # fmt: skip
@pytest.mark.parametrize("word", ["CÔNG BỐ", "PUBLISH"])
def test_a_page_asks_for_the_word_of_its_language_and_takes_either(
    story: Any, chair: Client, language: str, asks: str, says: str, word: str
) -> None:
    assert asks in text_of(chair.get(language + PUBLISH))
    assert says in text_of(chair.post(language + PUBLISH, confirm(story, word="Publish")))
    assert not AnnualSummary.objects.exists()
    answer = chair.post(language + PUBLISH, confirm(story, word=word))
    assert (answer.status_code, answer["Location"]) == (302, language + BASE)
    assert AnnualSummary.objects.get().number == 1


def test_a_wrong_word_is_said_beside_the_field(story: Any, chair: Client) -> None:
    answer = chair.post(PUBLISH, confirm(story, word="cong bo"))
    assert answer.status_code == 200
    assert 'id="id_word"' in answer.content.decode()
    assert "Gõ đúng hai chữ CÔNG BỐ" in text_of(answer)
    assert not AnnualSummary.objects.exists()


def test_what_changed_since_the_confirmation_is_shown_before_a_second_one(story: Any, chair: Client) -> None:
    old = confirm(story)
    story.masks.delete()
    answer = chair.post(PUBLISH, old)
    assert answer.status_code == 409
    assert "Số liệu đã thay đổi sau khi bạn xem trước" in text_of(answer)
    assert f'value="{release.draft(story.year).sha256}"' in answer.content.decode()
    assert not AnnualSummary.objects.exists()


def test_blockers_are_listed_and_nothing_is_published(story: Any, chair: Client) -> None:
    story.ranking.delete()
    shown = chair.get(PUBLISH).content.decode()
    assert 'name="word"' not in shown
    answer = chair.post(PUBLISH, confirm(story))
    assert answer.status_code == 200
    assert "Chưa ghi kết quả xếp hạng." in text_of(answer)
    assert not AnnualSummary.objects.exists()


def test_pressing_twice_leads_to_the_one_version(story: Any, chair: Client) -> None:
    form = confirm(story)
    assert [chair.post(PUBLISH, form)["Location"] for _ in range(2)] == [BASE, BASE]
    assert AnnualSummary.objects.count() == 1
    assert "Nội dung này đã được công bố là bản số 1" in text_of(chair.get(BASE))


def test_a_correction_shows_the_difference_and_asks_for_the_reason(story: Any, chair: Client) -> None:
    chair.post(PUBLISH, confirm(story))
    assert "không có gì mới để công bố" in text_of(chair.get(PUBLISH))
    type(story.masks).objects.filter(pk=story.masks.pk).update(quantity=22_000)
    said = text_of(chair.get(PUBLISH))
    assert "Khác bản số 1 ở đâu" in said
    assert "gần 22.000 chiếc" in said
    assert "gần 21.000 chiếc" in said
    assert chair.post(PUBLISH, confirm(story)).status_code == 200
    assert AnnualSummary.objects.count() == 1
    assert chair.post(PUBLISH, confirm(story, reason="Theo biên bản.")).status_code == 302
    assert AnnualSummary.objects.get(number=2).reason == "Theo biên bản."


@pytest.mark.parametrize(
    ("who", "status"), [("deputy", 403), ("member", 403), ("officer", 403), ("outsider", 404)]
)
def test_nobody_else_publishes(story: Any, who: str, status: int) -> None:
    assert someone(story, who).post(PUBLISH, confirm(story)).status_code == status
    assert not AnnualSummary.objects.exists()


# -- hostile texts -------------------------------------------------------------------------------
@pytest.mark.typed_braces
@pytest.mark.parametrize(
    "attack", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{ 7*7 }}", "</textarea><b>"]
)
def test_working_pages_show_what_was_typed_as_typed(story: Any, chair: Client, attack: str) -> None:
    release.freeze(story.year, story.agencies["ngan-hang"].pk)
    chair.post(TEXTS, sent(story, direction=[attack]))
    for path in (BASE, TEXTS, PREVIEW, PUBLISH):
        body = chair.get(path).content.decode()
        assert attack in html.unescape(body)
        assert attack not in body or attack == "{{ 7*7 }}"
