"""The pages of quick entry: the grid by plain POST, one row as JSON, names while typing, rows sent on."""

from __future__ import annotations

from typing import Any

import pytest

from core.models import SubmitKey
from movements.domain.quick import ACTIVITIES, GIFTS, ROWS_LIMIT
from movements.domain.quick_save import save_row
from movements.models import Activity, Contribution, RowDraft
from tests.factories import (
    ActivityFactory,
    BeneficiaryFactory,
    ContributionFactory,
    MovementFactory,
    PersonFactory,
)
from tests.support.quick import again, form_of, new_key, posted, sent

pytestmark = pytest.mark.django_db
JSON = {"Accept": "application/json"}


@pytest.fixture
def clerk(cast: Any) -> Any:
    return cast.client(cast.chi)


@pytest.fixture
def scope(cast: Any) -> Any:
    return cast.scope(cast.chi)


def recorded(cast: Any, rows: int) -> None:
    """Open activities of the member with everything a row shows; and as many kept rows of Chi."""
    movement = MovementFactory(year=cast.year)
    for number in range(rows):
        activity = ActivityFactory(year=cast.year, agency=cast.member, movement=movement, place="Chi Lăng")
        activity.partners.create(agency=cast.other)
        receiver = BeneficiaryFactory(cluster=cast.cluster)
        ContributionFactory(
            activity=activity, beneficiary=receiver, by=[cast.member, cast.other, f"Doanh nghiệp {number}"]
        )
        for grid in (GIFTS, ACTIVITIES):
            RowDraft.objects.create(
                user=cast.chi, year=cast.year, grid=grid, key=new_key(), cells={"day": "5/4"}
            )


# -- the page ------------------------------------------------------------------------------------
@pytest.mark.parametrize(("word", "queries"), [("dong-gop", 10), ("hoat-dong", 9)])
@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_asks_the_same_number_of_queries(
    cast: Any, clerk: Any, django_assert_num_queries: Any, word: str, queries: int, rows: int
) -> None:
    recorded(cast, rows)
    with django_assert_num_queries(queries):
        page = clerk.get(cast.url("quick"), {"luoi": word}).content.decode()
    assert page.count("<tr id=") == 10 + 2 * rows + 1  # empty ones, kept and recorded ones, the pattern
    assert 'type="number"' not in page
    assert len(page) < 200_000


def test_who_may_open_it_and_when(cast: Any) -> None:
    for user, status in ((cast.chi, 200), (cast.an, 200), (cast.observer, 403), (cast.dung, 404)):
        assert cast.client(user).get(cast.url("quick")).status_code == status
    cast.go("publish")
    assert cast.client(cast.chi).get(cast.url("quick")).status_code == 403
    for name in ("quick", "quick_row"):
        assert cast.client(cast.chi).post(cast.url(name), form_of(sent())).status_code == 403
    assert not RowDraft.objects.exists()


def test_a_closed_step_gives_the_typed_words_back(cast: Any) -> None:
    cast.go("publish")
    page = cast.client(cast.chi).post(cast.url("quick"), form_of(sent(what="Khẩu trang y tế")))
    assert page.status_code == 403
    assert "Khẩu trang y tế" in page.content.decode()


def test_older_rows_stand_on_the_next_page(cast: Any, clerk: Any) -> None:
    activity = ActivityFactory(year=cast.year, agency=cast.member)
    first = ContributionFactory(activity=activity, description="Khoản đầu tiên")
    for _number in range(20):
        ContributionFactory(activity=activity)
    page = clerk.get(cast.url("quick")).content.decode()
    assert "Khoản đầu tiên" not in page
    assert "Trang sau" in page
    older = clerk.get(cast.url("quick"), {"truoc": first.pk + 1}).content.decode()
    assert "Khoản đầu tiên" in older
    for strange in ("x", "9" * 30, "-1"):
        assert clerk.get(cast.url("quick"), {"truoc": strange, "luoi": strange}).status_code == 200


# -- all rows by plain POST ----------------------------------------------------------------------
@pytest.mark.nplusone_ok  # each row is a transaction of its own, with its own lock
def test_good_rows_are_saved_and_the_others_come_back_with_the_caret_in_the_first(
    cast: Any, clerk: Any
) -> None:
    rows = [
        sent(),
        sent(day="31/2", what="Gạo nếp"),
        sent(what="Chăn", value="5 tr"),
        sent(**dict.fromkeys(sent().cells, "")),
    ]
    answer = clerk.post(cast.url("quick"), form_of(*rows))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert Contribution.objects.count() == 2
    assert "Không có ngày 31/02/2020" in page
    assert 'value="Gạo nếp"' in page
    assert page.count("autofocus") == 1
    assert page.index("autofocus") < page.index('value="Gạo nếp"')
    assert "Đã lưu 2 dòng khác." in page
    assert 'placeholder="lần trước: Chi Lăng"' in page
    done = clerk.post(cast.url("quick"), form_of(*rows[:1], nhom="x"), follow=True)
    assert "Đã lưu 1 dòng." in done.content.decode() or "Không có dòng nào" in done.content.decode()
    assert Contribution.objects.count() == 2


@pytest.mark.nplusone_ok  # each row is a transaction of its own, with its own lock
def test_only_changed_rows_are_written_and_a_conflict_shows_both(cast: Any, clerk: Any, scope: Any) -> None:
    one, two = save_row(scope, GIFTS, sent()), save_row(scope, GIFTS, sent(what="Gạo"))
    save_row(cast.scope(cast.lan), GIFTS, again(two, value="5 tr"))
    versions = list(Activity.objects.order_by("pk").values_list("version", flat=True))
    answer = clerk.post(cast.url("quick"), form_of(again(one), again(two, value="7 tr")))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Người khác vừa lưu dòng này" in page
    for words in ("5.000.000", 'value="7 tr"'):
        assert words in page
    assert list(Activity.objects.order_by("pk").values_list("version", flat=True)) == versions
    mark = page.split('value="7 tr"')[0].rsplit('-mark" value="', 1)[1].split('"')[0]
    done = clerk.post(
        cast.url("quick"),
        form_of(again(two, value="7 tr").__class__(two.key, {**two.cells, "value": "7 tr"}, two.pk, mark)),
    )
    assert done.status_code == 302
    assert Contribution.objects.get(pk=two.pk).value == 7_000_000


def test_too_many_rows_save_nothing_and_lose_nothing(cast: Any, clerk: Any) -> None:
    rows = [sent(what=f"Dòng số {number}") for number in range(ROWS_LIMIT + 1)]
    answer = clerk.post(cast.url("quick"), form_of(*rows))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "nhiều nhất 200 dòng" in page
    assert f'value="Dòng số {ROWS_LIMIT}"' in page
    assert not Contribution.objects.exists()


@pytest.mark.parametrize("total", ["", "x", "-1", "99999999999"])
def test_a_strange_management_form_is_no_fault_of_ours(cast: Any, clerk: Any, total: str) -> None:
    answer = clerk.post(cast.url("quick"), form_of() | {"dong-TOTAL_FORMS": total})
    assert answer.status_code in (302, 400, 422)


@pytest.mark.nplusone_ok  # each row is a transaction of its own, with its own lock
def test_a_new_row_goes_into_the_activity_named_above(cast: Any, clerk: Any) -> None:
    clerk.post(cast.url("quick"), form_of(sent(), sent(what="Gạo"), nhom="Tết vì người nghèo"))
    activity = Activity.objects.get()
    assert (activity.title, activity.contributions.count()) == ("Tết vì người nghèo", 2)


def test_nothing_typed_runs_in_the_page(cast: Any, clerk: Any) -> None:
    attack = "\"'><script>alert(1)</script>"
    page = clerk.post(cast.url("quick"), form_of(sent(day=attack, what=attack, partners=attack), nhom=attack))
    assert "<script>alert" not in page.content.decode()


@pytest.mark.nplusone_ok  # a row that names its activity looks for it under the lock, then the verb locks again
@pytest.mark.parametrize("strange", ["\x00a\x00", "a\u202eb", "x" * 100_000])
def test_strange_and_endless_words_are_no_fault_of_ours(cast: Any, clerk: Any, strange: str) -> None:
    row = sent(what=strange, place=strange)
    data = form_of(row, nhom=strange) | {
        "dong-0-what": strange,
        "dong-0-pk": "9" * 30,
        "dong-0-mark": strange,
    }
    assert clerk.post(cast.url("quick"), data).status_code in (302, 422)
    assert (
        clerk.get(cast.url("quick_suggest"), {"cot": "place", "q": strange}, headers=JSON).status_code == 200
    )
    assert clerk.post(cast.url("quick_row"), posted(cast.chi, row, group=strange)).status_code in (200, 422)
    assert not any("\x00" in title for title in Activity.objects.values_list("title", flat=True))


# -- a pasted block ------------------------------------------------------------------------------
@pytest.mark.nplusone_ok  # each row is a transaction of its own, with its own lock
def test_a_block_comes_into_the_grid(cast: Any, clerk: Any) -> None:
    done = clerk.post(
        cast.url("quick"),
        {"paste": "1", "khoi": "5/4\tGạo\t5 kg\n6/4\tChăn\tnhiều", "submit_key": new_key()},
        follow=True,
    )
    page = done.content.decode()
    assert "Đã đưa 2 dòng vào lưới" in page
    assert 'value="Gạo"' in page
    assert not Contribution.objects.exists()
    rows = [
        sent(
            **{**dict.fromkeys(sent().cells, ""), **{k: v for k, v in d.cells.items() if k[0] != "_"}},
            key=d.key,
            mark="-.1",
        )
        for d in RowDraft.objects.order_by("order")
    ]
    assert clerk.post(cast.url("quick"), form_of(*rows)).status_code == 422
    assert (Contribution.objects.count(), RowDraft.objects.count()) == (1, 1)


@pytest.mark.parametrize(
    ("text", "words"),
    [("", "Chưa có gì để dán"), ("x" * 2_000_001, "2 triệu ký tự"), ("a\t" * 9, "không khớp cột")],
)
def test_a_block_that_does_not_fit_stays_in_the_area(cast: Any, clerk: Any, text: str, words: str) -> None:
    page = clerk.post(
        cast.url("quick"), {"paste": "1", "khoi": text, "submit_key": new_key()}
    ).content.decode()
    assert words in page
    assert text in page


# -- one row -------------------------------------------------------------------------------------
def test_a_row_is_answered_as_it_stands(cast: Any, clerk: Any) -> None:
    answer = clerk.post(cast.url("quick_row"), posted(cast.chi, sent(value="1,25 ty")), headers=JSON)
    told = answer.json()
    assert answer.status_code == 200
    assert told["cells"]["value"] == "1.250.000.000"
    assert told["cells"]["day"] == "05/04/2020"
    assert told["recorded"]
    assert told["saved"].startswith("Đã lưu ")
    assert clerk.get(told["url"]).status_code == 200
    kept = clerk.post(cast.url("quick_row"), posted(cast.chi, sent(day="")), headers=JSON).json()
    assert (kept["recorded"], kept["words"], list(kept["errors"])) == (False, "Còn 1 ô", ["day"])


def test_both_values_stand_in_the_conflict(cast: Any, clerk: Any, scope: Any) -> None:
    row = save_row(scope, GIFTS, sent())
    save_row(cast.scope(cast.lan), GIFTS, again(row, value="5 tr"))
    answer = clerk.post(cast.url("quick_row"), posted(cast.chi, again(row, value="7 tr")), headers=JSON)
    told = answer.json()
    assert answer.status_code == 409
    assert told["differ"] == [
        {"name": "value", "field": "Trị giá (₫)", "mine": "7 tr", "theirs": "5.000.000"}
    ]
    chosen = again(row, value="7 tr")
    fresh = posted(cast.chi, chosen) | {"mark": told["mark"]}
    assert clerk.post(cast.url("quick_row"), fresh, headers=JSON).json()["cells"]["value"] == "7.000.000"


def test_rows_that_cannot_be_saved_say_why(cast: Any, clerk: Any) -> None:
    address = cast.url("quick_row")
    foreign = ContributionFactory(activity=ActivityFactory(year=cast.year, agency=cast.other))
    gone = clerk.post(address, posted(cast.chi, sent(pk=foreign.pk)), headers=JSON)
    assert (gone.status_code, gone.json()["error"]) == (409, "gone")
    other = clerk.post(address, posted(cast.lan, sent()), headers=JSON)
    assert (other.status_code, other.json()["error"]) == (409, "other-user")
    long = clerk.post(address, posted(cast.chi, sent(what="x" * 5001)), headers=JSON)
    assert (long.status_code, long.json()["field"]) == (422, "what")
    out = cast.client().post(address, posted(cast.chi, sent()), headers=JSON)
    assert (out.status_code, out.json()["error"]) == (401, "signed-out")
    assert clerk.get(address).status_code == 405
    assert not RowDraft.objects.exists()


@pytest.mark.parametrize(
    ("what", "queries"),
    [("kept", 11), ("kept again", 8), ("recorded", 39), ("changed", 43), ("unchanged", 8)],
)
def test_saving_a_row_asks_so_many_queries(
    cast: Any, clerk: Any, scope: Any, django_assert_num_queries: Any, what: str, queries: int
) -> None:
    """Autosave while typing (kept) is within the budget of eleven, savepoints counted; recording is the whole verb with
    its lock, checks, search text and audit."""
    clerk.post(cast.url("quick_row"), posted(cast.chi, sent(place="Hữu Lũng")), headers=JSON)
    if what == "kept":
        row = posted(cast.chi, sent(live=True))
    elif what == "kept again":
        row = posted(cast.chi, again(save_row(scope, GIFTS, sent(live=True)), live=True, what="Gạo"))
    elif what == "recorded":
        row = posted(cast.chi, sent(place="Hữu Lũng"))
    else:
        standing = save_row(scope, GIFTS, sent(place="Hữu Lũng"))
        row = posted(cast.chi, again(standing, value="5 tr" if what == "changed" else ""))
    with django_assert_num_queries(queries):
        assert clerk.post(cast.url("quick_row"), row, headers=JSON).status_code == 200


def test_the_last_place_and_movement_are_remembered_per_person(cast: Any, clerk: Any) -> None:
    MovementFactory(year=cast.year, title="Chung tay")
    clerk.post(
        cast.url("quick_row"), posted(cast.chi, sent(movement="chung tay", place="Hữu Lũng")), headers=JSON
    )
    page = clerk.get(cast.url("quick")).content.decode()
    assert 'placeholder="lần trước: Chung tay"' in page
    assert 'data-last-place="Hữu Lũng"' in page
    assert "Hữu Lũng" not in cast.client(cast.an).get(cast.url("quick")).content.decode()


# -- names ---------------------------------------------------------------------------------------
def test_names_are_found_without_accents_and_only_where_they_may_be_seen(
    cast: Any, clerk: Any, django_assert_num_queries: Any
) -> None:
    MovementFactory(year=cast.year, title="Chung tay vì người nghèo")
    own = ActivityFactory(
        year=cast.year, agency=cast.member, place="Huyện Chi Lăng", title="Tết vì người nghèo"
    )
    secret = ActivityFactory(year=cast.year, agency=cast.other, place="Huyện Bí Mật")
    for activity, name in ((own, "Ủy ban MTTQ tỉnh"), (own, "Uy ban xã"), (secret, "Nơi nhận bí mật")):
        ContributionFactory(
            activity=activity, beneficiary=BeneficiaryFactory(cluster=cast.cluster, name=name)
        )
    for source, typed, names in (
        ("receiver", "uy ban", {"Ủy ban MTTQ tỉnh", "Uy ban xã"}),
        ("receiver", "bi mat", set()),
        ("place", "chi lang", {"Huyện Chi Lăng"}),
        ("place", "bi mat", set()),
        ("movement", "nguoi ngheo", {"Chung tay vì người nghèo"}),
        ("partners", "bao hiem", {"Bảo hiểm xã hội"}),
        ("quantity", "chi", {"chiếc"}),
        ("what", "ung ho", {"Tiền ủng hộ"}),
        ("group", "tet", {"Tết vì người nghèo"}),
        ("receiver", "%_\\'\"", set()),
    ):
        got = clerk.get(cast.url("quick_suggest"), {"cot": source, "q": typed}, headers=JSON).json()["items"]
        assert set(got) == names, source
    first = clerk.get(cast.url("quick_suggest"), {"cot": "receiver", "q": "Ủy ban"}, headers=JSON).json()[
        "items"
    ]
    assert first[0] == "Ủy ban MTTQ tỉnh"
    with django_assert_num_queries(5):
        clerk.get(cast.url("quick_suggest"), {"cot": "receiver", "q": "uy"}, headers=JSON)
    fresh = clerk.get(cast.url("quick_suggest"), headers=JSON).json()
    assert (fresh["user"], bool(fresh["token"])) == (cast.chi.pk, True)
    assert cast.client(cast.dung).get(cast.url("quick_suggest")).status_code == 404


# -- sent on -------------------------------------------------------------------------------------
@pytest.mark.nplusone_ok  # each row is a transaction of its own, with its own lock
def test_ticked_rows_are_counted_then_sent(
    cast: Any, clerk: Any, scope: Any, django_assert_num_queries: Any
) -> None:
    rows = [save_row(scope, GIFTS, sent(what=name)) for name in ("Gạo", "Chăn")]
    chosen = {"chon": [row.activity for row in rows]}
    to_confirm = clerk.post(cast.url("quick"), form_of(*map(again, rows), then="send", **chosen))
    assert to_confirm.status_code == 302
    for number in (1, 2):
        with django_assert_num_queries(6):
            page = clerk.get(cast.url("quick_send"), {"chon": chosen["chon"][:number]}).content.decode()
        assert f"{number} hoạt động, {number} khoản đóng góp sẽ được gửi" in page
    versions = [f"{row.activity}:1" for row in rows]
    done = clerk.post(cast.url("quick_send"), {"gui": versions}, follow=True)
    assert "Đã gửi 2 hoạt động." in done.content.decode()
    assert set(Activity.objects.values_list("state", flat=True)) == {"submitted"}
    repeated = clerk.post(
        cast.url("quick_send"), {"gui": [*versions, "x", "1:", "9" * 20 + ":1"]}, follow=True
    )
    assert "có thể đã được gửi ở lần bấm trước" in repeated.content.decode()
    assert clerk.get(cast.url("quick_send")).status_code == 200
    assert cast.client(cast.observer).get(cast.url("quick_send")).status_code == 403


def test_nobody_elses_rows_are_sent(cast: Any, clerk: Any) -> None:
    foreign = ActivityFactory(year=cast.year, agency=cast.other)
    clerk.post(cast.url("quick_send"), {"gui": f"{foreign.pk}:1"})
    foreign.refresh_from_db()
    assert foreign.state == "draft"


def test_somebody_of_two_agencies_records_for_the_one_acted_for(cast: Any, clerk: Any) -> None:
    PersonFactory(user=cast.chi, agency=cast.other, function="clerk")
    clerk.post(cast.url("quick_row"), posted(cast.chi, sent()), headers=JSON)
    assert Activity.objects.get().agency_id == cast.scope(cast.chi).agency_id
    assert SubmitKey.objects.count() == 1
