"""The pages of the charter: shown, compared, edited with and without JavaScript."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from django.utils import timezone

from core.models import AuditEvent
from members.enums import PhaseKind
from members.models import Charter, CharterVersion
from tests.factories import RankingFactory

pytestmark = pytest.mark.django_db


def fields(page: Any) -> dict[str, list[str]]:
    """What a browser would send from the editor's form, without the buttons and the templates of rows."""
    body = page.content.decode()
    form = body[body.index('id="quy-che"') : body.index("</form>", body.index('id="quy-che"'))]
    form = re.sub(r"<template.*?</template>", "", form, flags=re.S)
    sent: dict[str, list[str]] = {}
    for tag in re.findall(r"<input[^>]*>", form):
        at = {k: html.unescape(v) for k, v in re.findall(r'([\w-]+)="([^"]*)"', tag)}
        kind = at.get("type", "text")
        if kind == "checkbox" and "checked" not in tag:
            continue
        sent.setdefault(at["name"], []).append(at.get("value", "on" if kind == "checkbox" else ""))
    for name, options in re.findall(r'<select name="([^"]+)"(.*?)</select>', form, re.S):
        chosen = re.search(r'<option value="([^"]*)"[^>]*selected', options)
        sent[name] = [chosen[1] if chosen else re.search(r'<option value="([^"]*)"', options)[1]]
    sent.pop("csrfmiddlewaretoken", None)
    return sent


def text(page: Any) -> str:
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.content.decode())))


def edit(cast: Any, user: Any = None, **typed: Any) -> Any:
    client, url = cast.client(user or cast.an), cast.url("charter_edit")
    sent = fields(client.get(url)) | {name.replace("__", "-"): value for name, value in typed.items()}
    return client.post(url, sent)


def stored(cast: Any) -> Charter:
    return Charter.objects.get(year=cast.year)


# -- reading -------------------------------------------------------------------------------------
@pytest.mark.parametrize("who", ["an", "binh", "chi", "lan", "officer", "observer"])
def test_every_insider_reads_it_in_words(cast: Any, who: str) -> None:
    told = text(cast.client(getattr(cast, who)).get(cast.url("charter")))
    assert "Bản 1" in told
    for words in ("Hội nghị bình xét", "Bỏ phiếu kín", "67 %", "Nửa thì làm tròn lên", "5 ngày làm việc"):
        assert words in told
    assert ("Sửa quy chế" in told) == (who in ("an", "officer"))


def test_versions_show_what_changed_field_by_field(cast: Any) -> None:
    RankingFactory(year=cast.year)
    edit(cast, public_ranks="5", reason="Lần một")
    edit(cast, public_ranks="0", tie_break__0__rule="bonus", reason="Lần hai")
    page = cast.client(cast.chi).get(cast.url("charter"))
    told = text(page)
    for words in (
        "Bản 3",
        "Lần hai",
        "Lần một",
        "3 hạng đầu 5 hạng đầu",
        "5 hạng đầu Công bố tất cả các hạng",
    ):
        assert words in told
    assert "Đồng hạng ngay, không xét thêm Điểm thưởng cao hơn" in told
    old = text(cast.client(cast.chi).get(cast.url("charter_version", version=2)))
    assert "Bản này không còn hiệu lực" in old
    assert "5 hạng đầu" in old
    assert "Lần một" in old
    now = cast.client(cast.chi).get(cast.url("charter_version", version=3))
    assert (now.status_code, now.url) == (302, cast.url("charter"))
    assert cast.client(cast.chi).get(cast.url("charter_version", version=9)).status_code == 404


def test_outsiders_find_nothing_and_members_do_not_edit(cast: Any) -> None:
    for name in ("charter", "charter_edit"):
        assert cast.client(cast.dung).get(cast.url(name)).status_code == 404
    for user in (cast.binh, cast.chi, cast.observer):
        client = cast.client(user)
        assert client.get(cast.url("charter_edit")).status_code == 403
        assert client.post(cast.url("charter_edit"), {}).status_code == 403
        assert client.post(cast.url("charter_example"), {}).status_code == 403
    assert cast.client(cast.an).get(cast.url("charter_example")).status_code == 405


def test_a_sealed_year_is_read_and_not_edited(cast: Any) -> None:
    cast.year.sealed_at = timezone.now()
    cast.year.save()
    page = cast.client(cast.an).get(cast.url("charter"))
    assert page.status_code == 200
    assert "Sửa quy chế" not in text(page)
    answer = cast.client(cast.an).get(cast.url("charter_edit"))
    assert answer.status_code == 403
    assert "chưa đóng" in text(answer)


@pytest.mark.parametrize("versions", [1, 3])
def test_the_page_costs_the_same_for_any_number_of_versions(
    cast: Any, versions: int, django_assert_num_queries: Any
) -> None:
    for number in range(versions):
        CharterVersion.objects.create(
            year=cast.year, version=number + 1, data={"public_ranks": number}, replaced_at=timezone.now(),
            reason="" if number == 0 else "Sửa",
        )  # fmt: skip
    Charter.objects.filter(year=cast.year).update(version=versions + 1, reason="Sửa")
    client = cast.client(cast.an)
    client.get(cast.url("charter"))
    with django_assert_num_queries(6):
        client.get(cast.url("charter"))
    with django_assert_num_queries(9):
        client.get(cast.url("charter_edit"))


# -- editing -------------------------------------------------------------------------------------
def test_every_setting_comes_back_as_it_was_saved(cast: Any) -> None:
    typed: dict[str, Any] = {
        "combine": "shortlist", "shortlist": "4", "ranks": "dense", "ballot_form": "open", "quorum_share": "2/3",
        "quorum_base": "present", "threshold": "80 %", "threshold_strict": "False", "denominator": "valid",
        "decimals": "1", "rounding": "down", "over_maximum": "True", "missing_sheet": "zero", "appeal_days": "7",
        "rotation_rule": "rank", "rotation_gap": "3", "deputies": "2", "public_ranks": "0",
        "publish_needs": ["ranking"], "tie_break__0__rule": "section", "tie_break__0__text": "II",
        "lateness__0__from_day": "1", "lateness__0__points": "0,5", "bands__0__label": "Xuất sắc",
        "bands__0__at_least": "90", "bands__0__share": "25", "quotas__0__award": "Cờ thi đua",
        "quotas__0__number_of": "1",
    }  # fmt: skip
    assert edit(cast, **typed).status_code == 302
    data = stored(cast).data
    assert (data["threshold"], data["quorum_share"], data["tie_break"]) == (80, "2/3", ["section:II"])
    assert data["lateness"] == [{"from_day": 1, "points": "0.5"}]
    assert data["bands"] == [{"label": "Xuất sắc", "at_least": "90", "share": 25}]
    again = fields(cast.client(cast.an).get(cast.url("charter_edit")))
    for name, value in typed.items():
        shown = again[name.replace("__", "-")]
        assert shown == (value if isinstance(value, list) else [value.removesuffix(" %")]), name
    assert edit(cast).status_code == 302
    assert AuditEvent.objects.filter(action="charter_edit").count() == 1


def test_it_says_beforehand_which_of_the_two_will_happen(cast: Any) -> None:
    page = cast.client(cast.an).get(cast.url("charter_edit"))
    assert "Lưu sẽ sửa thẳng vào bản 1." in text(page)
    assert "Lý do sửa" not in text(page)
    RankingFactory(year=cast.year)
    told = text(cast.client(cast.an).get(cast.url("charter_edit")))
    assert "Lưu sẽ ra bản 2; bản 1 được giữ nguyên." in told
    assert "Đã ghi bảng xếp hạng (lần 1)." in told
    assert "Ghi thành bản 2" in told
    answer = edit(cast, decimals="3")
    assert answer.status_code == 422
    assert "Ghi lý do sửa" in text(answer)
    assert edit(cast, decimals="3", reason="Theo biên bản").status_code == 302
    assert stored(cast).version == 2


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"quorum_share": "hai phần ba"}, "Ghi phần trăm tròn (67) hoặc phân số (2/3)."),
        ({"decimals": "9"}, "nhỏ hơn hoặc bằng 4"),
        ({"threshold": "100"}, "nhiều hơn 100 %"),
        ({"deputies": "0"}, "không có Cụm phó"),
        ({"ranks": "x"}, "x"),
        ({"tie_break__0__rule": "section"}, "Ghi ô này, hoặc xóa dòng."),
        ({"bands__0__label": "Tốt"}, "Ghi ô này, hoặc xóa dòng."),
        ({"bands__0__label": "Tốt", "bands__0__at_least": "nhiều"}, "là số nào"),
        ({"lateness__0__from_day": "3"}, "Ghi ô này, hoặc xóa dòng."),
        ({"lateness__0__from_day": "3", "lateness__0__points": "0"}, "Điểm trừ phải lớn hơn 0."),
        ({"quotas__0__award": "Cờ", "quotas__0__number_of": "1", "quotas__0__share": "5"}, "không ghi cả hai"),
        ({"bands__TOTAL_FORMS": "x"}, "Biểu mẫu gửi lên không đầy đủ"),
    ],
)  # fmt: skip
def test_wrong_input_stands_beside_its_field_and_is_kept(cast: Any, typed: Any, sentence: str) -> None:
    answer = edit(cast, **typed)
    assert answer.status_code == 422
    assert sentence in text(answer)
    if "TOTAL_FORMS" not in str(typed) and "ranks" not in typed:
        kept = fields(answer)
        assert all(kept[name.replace("__", "-")] == [value] for name, value in typed.items())
    assert stored(cast).data == {}


def test_a_row_that_is_taken_out_may_say_anything(cast: Any) -> None:
    typed = {"bands__0__label": "Tốt", "bands__0__DELETE": "on", "lateness__0__DELETE": "on"}
    assert edit(cast, **typed).status_code == 302
    assert stored(cast).data in ({}, stored(cast).data | {"bands": [], "lateness": []})


@pytest.mark.parametrize("kind", ["tie_break", "lateness", "bands", "quotas"])
def test_a_row_is_added_without_javascript(cast: Any, kind: str) -> None:
    answer = edit(cast, add_row=kind, decimals="x", bands__0__label="Tốt")
    assert answer.status_code == 200
    kept = fields(answer)
    assert kept[f"{kind}-TOTAL_FORMS"] == ["2"]
    assert (kept["decimals"], kept["bands-0-label"]) == (["x"], ["Tốt"])
    assert "Chưa lưu được" not in text(answer)
    assert fields(edit(cast, add_row="strangers"))["bands-TOTAL_FORMS"] == ["1"]


def test_no_more_rows_than_the_most(cast: Any) -> None:
    full = fields(edit(cast, add_row="bands", bands__TOTAL_FORMS="20"))
    assert full["bands-TOTAL_FORMS"] == ["20"]


def test_the_example_follows_what_is_typed_and_writes_nothing(cast: Any) -> None:
    client = cast.client(cast.an)
    sent = fields(client.get(cast.url("charter_edit")))
    before = text(client.post(cast.url("charter_example"), sent))
    assert "Đồng hạng Nhì" in before
    after = text(client.post(cast.url("charter_example"), sent | {"tie_break-0-rule": ["fewer_penalty"]}))
    assert "Điểm trừ ít hơn" in after
    assert "Đồng hạng Nhì" not in after
    assert "Đã tính lại ví dụ." in after
    wrong = client.post(cast.url("charter_example"), sent | {"decimals": ["9"], "bands-0-label": ["A"]})
    assert wrong.status_code == 200
    assert "Ví dụ chưa tính lại được." in text(wrong)
    assert "Loại 1: từ số điểm: Ghi ô này" in text(wrong)
    assert (stored(cast).data, AuditEvent.objects.count()) == ({}, 0)


def test_without_javascript_the_button_recomputes_the_example(cast: Any) -> None:
    answer = edit(cast, example="1", over_maximum="True", bands__0__label="A", bands__0__at_least="90")
    assert answer.status_code == 200
    assert "101,51" in text(answer)
    assert fields(answer)["bands-0-label"] == ["A"]
    assert stored(cast).data == {}
    assert edit(cast, example="1", decimals="x").status_code == 422


def test_the_second_of_two_editors_sees_the_difference_and_keeps_what_was_typed(cast: Any) -> None:
    url = cast.url("charter_edit")
    mine, theirs = (fields(cast.client(user).get(url)) for user in (cast.an, cast.officer))
    assert cast.client(cast.officer).post(url, theirs | {"decimals": ["3"]}).status_code == 302
    answer = cast.client(cast.an).post(url, mine | {"public_ranks": ["7"]})
    told = text(answer)
    assert answer.status_code == 409
    assert "Người khác vừa lưu quy chế này." in told
    assert "Số chữ số thập phân của điểm 2 chữ số 3 chữ số" in told
    assert "7 hạng đầu" in told
    again = fields(answer)
    assert (again["public_ranks"], again["decimals"]) == (["7"], ["2"])
    assert cast.client(cast.an).post(url, again).status_code == 302
    assert (stored(cast).data["public_ranks"], stored(cast).data["decimals"]) == (7, 2)


def test_the_editor_is_open_at_every_step(cast: Any) -> None:
    for step in PhaseKind.values:
        cast.go(step)
        assert cast.client(cast.an).get(cast.url("charter_edit")).status_code == 200


def test_a_year_without_a_charter_goes_by_the_first_proposal_until_one_is_saved(cast: Any) -> None:
    Charter.objects.filter(year=cast.year).delete()
    client = cast.client(cast.an)
    for name in ("charter", "charter_edit", "year_open"):
        assert client.get(cast.url(name)).status_code == 200
    assert edit(cast, public_ranks="5").status_code == 302
    assert (stored(cast).version, stored(cast).data["public_ranks"]) == (1, 5)
