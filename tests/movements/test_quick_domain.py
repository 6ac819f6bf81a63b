"""A row of the quick entry grid: recorded by the ordinary verb, kept as typed, never twice, never over another's."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, transaction

from core.errors import DomainError, Refused
from core.models import AuditEvent
from members.domain.lock import lock_year
from members.models import Membership
from movements.domain import quick_save
from movements.domain.quick import ACTIVITIES, CELL_LIMIT, GIFTS, Gone, Overtaken
from movements.domain.quick_pasted import keep_pasted
from movements.domain.quick_rows import kept_drafts, own_open, page_of
from movements.domain.quick_save import save_row
from movements.domain.quick_send import send_rows, to_send
from movements.models import Activity, Beneficiary, Contribution, RowDraft
from movements.queries import choices_of
from tests.factories import ActivityFactory, ContributionFactory, MovementFactory
from tests.support.quick import again, new_key, sent
from tests.support.race import errors, race, values

pytestmark = pytest.mark.django_db


@pytest.fixture
def scope(cast: Any) -> Any:
    return cast.scope(cast.chi)


@pytest.fixture
def movement(cast: Any) -> Any:
    return MovementFactory(year=cast.year, title="Chung tay vì người nghèo")


# -- recorded ------------------------------------------------------------------------------------
def test_a_row_becomes_a_draft_activity_with_one_contribution(cast: Any, scope: Any, movement: Any) -> None:
    row = save_row(
        scope, GIFTS,
        sent(
            day="5.4.20", quantity="gan 21.000 chiec", value="tren 580 tr", partners="bao hiem; Văn phòng HĐND",
            movement="nguoi ngheo",
        ),
    )  # fmt: skip
    assert row.cells == {
        "day": "05/04/2020", "what": "Khẩu trang y tế", "quantity": "gần 21.000 chiec", "value": "trên 580.000.000",
        "receiver": "Sở Y tế", "place": "Chi Lăng", "partners": "Bảo hiểm xã hội; Văn phòng HĐND",
        "movement": "Chung tay vì người nghèo",
    }  # fmt: skip
    assert row.errors == {}
    assert row.notes == {"partners": "Ngoài cụm: Văn phòng HĐND."}
    gift = Contribution.objects.select_related("activity", "beneficiary").get(pk=row.pk)
    activity = gift.activity
    assert (activity.agency, activity.state, activity.starts_on) == (cast.member, "draft", date(2020, 4, 5))
    assert (activity.title, activity.place, activity.movement) == (
        "Khẩu trang y tế – Sở Y tế",
        "Chi Lăng",
        movement,
    )
    assert (gift.quantity, gift.quantity_qualifier, gift.value) == (Decimal(21000), "nearly", 580_000_000)
    givers = list(gift.contributors.order_by("order").values_list("agency", "outside_name"))
    assert givers == [(cast.member.pk, ""), (cast.other.pk, ""), (None, "Văn phòng HĐND")]
    assert list(activity.partners.values_list("agency", flat=True)) == [cast.other.pk]
    assert AuditEvent.objects.filter(action="activity_add").count() == 1
    assert not RowDraft.objects.exists()


def test_a_row_of_activities_becomes_an_activity(cast: Any, scope: Any, movement: Any) -> None:
    row = save_row(
        scope, ACTIVITIES,
        sent(
            ACTIVITIES, day="4/2020", movement="chung tay", partners="Ngân hàng Nhà nước", people="Đoàn viên",
            result="Tốt",
        ),
    )  # fmt: skip
    activity = Activity.objects.get(pk=row.pk)
    assert (activity.precision, activity.attended, activity.people) == ("month", 120, "Đoàn viên")
    assert (activity.scope, activity.result, activity.movement) == ("joint", "Tốt", movement)
    assert row.cells["day"] == "04/2020"
    changed = save_row(scope, ACTIVITIES, again(row, ACTIVITIES, attended="1.250", day="chưa rõ"))
    activity.refresh_from_db()
    assert (activity.attended, activity.precision, changed.cells["day"]) == (1250, "unknown", "chưa rõ")
    assert Activity.objects.count() == 1


def test_a_changed_row_keeps_what_the_grid_does_not_show(cast: Any, scope: Any) -> None:
    whole = ContributionFactory(activity=ActivityFactory(year=cast.year, agency=cast.member))
    activity = ActivityFactory(
        year=cast.year, agency=cast.member, story="Đã thăm.", people="Đoàn viên", in_summary=False
    )
    gift = ContributionFactory(
        activity=activity, part_of=whole, part_state="included", purpose="mua sách", kind="service"
    )
    row = next(row for row in page_of(scope, GIFTS, choices_of(cast.year), [])[0] if row.pk == gift.pk)
    saved = save_row(scope, GIFTS, again(row, value="12 tr"))
    gift.refresh_from_db()
    activity.refresh_from_db()
    assert (gift.value, gift.purpose, gift.kind) == (12_000_000, "mua sách", "service")
    assert (gift.part_of, gift.part_state) == (whole, "included")
    assert (activity.story, activity.people, activity.in_summary) == ("Đã thăm.", "Đoàn viên", False)
    assert saved.cells["value"] == "12.000.000"
    assert saved.mark != row.mark


def test_a_contribution_with_a_day_of_its_own_leaves_the_time_of_its_activity(cast: Any, scope: Any) -> None:
    activity = ActivityFactory(
        year=cast.year,
        agency=cast.member,
        starts_on=date(2020, 4, 1),
        ends_on=date(2020, 4, 30),
        place="Tỉnh",
    )
    gift = ContributionFactory(activity=activity, given_on=date(2020, 4, 15))
    movement = MovementFactory(year=cast.year, title="Chung tay")
    (row,), _more = page_of(scope, GIFTS, choices_of(cast.year), [])
    assert (row.cells["day"], row.cells["place"]) == ("15/04/2020", "Tỉnh")
    save_row(scope, GIFTS, again(row, value="5 tr", day="16/4", movement="chung tay", place="Chi Lăng"))
    activity.refresh_from_db()
    gift.refresh_from_db()
    assert (activity.starts_on, activity.ends_on) == (date(2020, 4, 1), date(2020, 4, 30))
    assert (activity.place, activity.movement) == ("Tỉnh", movement)
    assert (gift.given_on, gift.place, gift.value) == (date(2020, 4, 16), "Chi Lăng", 5_000_000)


def test_a_chair_that_is_no_member_of_the_year_records_nothing_by_mistake(cast: Any) -> None:
    Membership.objects.filter(year=cast.year, agency=cast.chair).delete()
    row = save_row(cast.scope(cast.an), GIFTS, sent())
    assert "không ghi được hoạt động mới" in row.errors["day"]
    assert not Activity.objects.exists()


def test_saving_unchanged_words_writes_nothing(scope: Any) -> None:
    row = save_row(scope, GIFTS, sent())
    events, version = AuditEvent.objects.count(), Activity.objects.get().version
    same = save_row(scope, GIFTS, again(row, quantity=" 3000  chiec", day="5/4/2020"))
    assert same.mark == row.mark
    assert (AuditEvent.objects.count(), Activity.objects.get().version) == (events, version)


def test_the_name_of_an_activity_follows_its_only_row_until_somebody_names_it(scope: Any) -> None:
    row = save_row(scope, GIFTS, sent())
    row = save_row(scope, GIFTS, again(row, what="Nước rửa tay"))
    activity = Activity.objects.get()
    assert activity.title == "Nước rửa tay – Sở Y tế"
    Activity.objects.update(title="Chống dịch đợt 1")
    save_row(scope, GIFTS, again(row, what="Găng tay"))
    assert Activity.objects.get().title == "Chống dịch đợt 1"


# -- several rows in one activity ----------------------------------------------------------------
def test_rows_that_name_an_activity_go_into_it(cast: Any, scope: Any, movement: Any) -> None:
    first = save_row(scope, GIFTS, sent(group="Tết vì người nghèo", movement="chung tay"))
    second = save_row(
        scope, GIFTS, sent(group="tet vi nguoi ngheo", what="Gạo", day="", movement="", place="")
    )
    third = save_row(
        scope, GIFTS, sent(group="Tết vì người nghèo", what="Chăn", day="7/4", place="Hữu Lũng", movement="")
    )
    activity = Activity.objects.get()
    assert activity.title == "Tết vì người nghèo"
    assert activity.contributions.count() == 3
    assert second.cells["day"] == first.cells["day"] == "05/04/2020"
    assert (second.cells["place"], second.cells["movement"]) == ("Chi Lăng", movement.title)
    gift = Contribution.objects.get(pk=third.pk)
    assert (gift.given_on, gift.place) == (date(2020, 4, 7), "Hữu Lũng")
    back = save_row(scope, GIFTS, again(third, day="5/4/2020"))
    gift.refresh_from_db()
    assert gift.given_on is None
    assert (back.cells["day"], back.shared) == ("05/04/2020", 3)
    activity.refresh_from_db()
    assert activity.starts_on == date(2020, 4, 5)


@pytest.mark.parametrize(
    ("cells", "name", "words"),
    [
        ({"day": "4/2020"}, "day", "phải đủ ngày"),
        ({"day": "5/4/2019"}, "day", "nằm ngoài năm thi đua"),
        ({"movement": "chung tay"}, "movement", "không thuộc phong trào nào"),
    ],
)
def test_a_row_beside_others_has_a_day_of_its_own_but_no_movement(
    scope: Any, movement: Any, cells: dict[str, str], name: str, words: str
) -> None:
    save_row(scope, GIFTS, sent(group="Chung"))
    row = save_row(scope, GIFTS, sent(group="Chung", **cells))
    assert words in row.errors[name]
    assert (row.is_kept, Contribution.objects.count()) == (True, 1)


# -- kept ----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("cells", "names"),
    [
        ({"day": ""}, {"day"}),
        ({"day": "31/2"}, {"day"}),
        ({"day": "5/4/2019"}, {"day"}),
        ({"what": ""}, {"what"}),
        ({"quantity": "3.000"}, {"quantity"}),
        ({"quantity": "3 triệu đồng"}, {"quantity"}),
        ({"quantity": "0 chiếc"}, {"quantity"}),
        ({"quantity": ""}, {"value"}),
        ({"value": "vài triệu"}, {"value"}),
        ({"movement": "không có"}, {"movement"}),
        ({"place": "x" * 301}, {"place"}),
        ({"partners": "x" * 201}, {"partners"}),
        ({"day": "x", "what": "", "quantity": "y"}, {"day", "what", "quantity"}),
    ],
)
def test_what_cannot_be_recorded_is_kept_word_for_word(
    scope: Any, cells: dict[str, str], names: set[str]
) -> None:
    typed = sent(**cells)
    row = save_row(scope, GIFTS, typed)
    assert set(row.errors) == names
    assert row.cells == typed.cells
    assert (row.is_kept, Activity.objects.count(), Beneficiary.objects.count()) == (True, 0, 0)
    (draft,) = kept_drafts(scope, GIFTS)
    assert {name: draft.cells[name] for name in typed.cells} == typed.cells
    mended = save_row(scope, GIFTS, again(row, **sent().cells))
    assert mended.pk
    assert not mended.errors
    assert not RowDraft.objects.exists()


def test_a_person_still_in_the_row_records_nothing(scope: Any) -> None:
    row = save_row(scope, GIFTS, sent(live=True, receiver="Sở"))
    row = save_row(scope, GIFTS, again(row, live=True, receiver="Sở Y tế"))
    assert row.mark == "-.2"
    assert not Beneficiary.objects.exists()
    done = save_row(scope, GIFTS, again(row))
    assert done.pk
    assert [one.name for one in Beneficiary.objects.all()] == ["Sở Y tế"]


def test_words_over_a_recorded_row_are_kept_beside_it(cast: Any, scope: Any) -> None:
    row = save_row(scope, GIFTS, sent())
    row = save_row(scope, GIFTS, again(row, quantity="nhiều"))
    assert (row.is_kept, set(row.errors)) == (True, {"quantity"})
    assert Contribution.objects.get().quantity == 3000
    shown, _more = page_of(scope, GIFTS, choices_of(cast.year), kept_drafts(scope, GIFTS))
    assert [(one.pk, one.cells["quantity"], one.mark) for one in shown] == [(row.pk, "nhiều", row.mark)]
    back = save_row(scope, GIFTS, again(row, quantity="3.000 chiec"))
    assert (back.is_kept, RowDraft.objects.exists()) == (False, False)


def test_an_emptied_kept_row_goes_and_an_emptied_recorded_one_does_not(scope: Any) -> None:
    kept = save_row(scope, GIFTS, sent(day=""))
    empty = dict.fromkeys(kept.cells, "")
    assert save_row(scope, GIFTS, again(kept, **empty)).mark == "-.0"
    assert not RowDraft.objects.exists()
    row = save_row(scope, GIFTS, sent())
    assert save_row(scope, GIFTS, again(row, **empty)).errors
    assert Contribution.objects.exists()


def test_limits_store_nothing_and_say_so(scope: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(DomainError, match=r"5\.000 ký tự"):
        save_row(scope, GIFTS, sent(what="x" * (CELL_LIMIT + 1)))
    monkeypatch.setattr(quick_save, "KEEP_LIMIT", 1)
    save_row(scope, GIFTS, sent(day=""))
    with pytest.raises(DomainError, match="400 dòng"):
        save_row(scope, GIFTS, sent(day=""))
    assert RowDraft.objects.count() == 1


# -- once, and never over another's --------------------------------------------------------------
def test_a_row_sent_again_without_an_answer_is_one_record(scope: Any) -> None:
    typed = sent()
    first = save_row(scope, GIFTS, typed)
    again_same = save_row(scope, GIFTS, typed)
    assert (again_same.pk, again_same.mark) == (first.pk, first.mark)
    change = again(first, value="5 tr")
    save_row(scope, GIFTS, change)
    repeated = save_row(scope, GIFTS, change)
    assert repeated.cells["value"] == "5.000.000"
    assert Activity.objects.count() == Contribution.objects.count() == 1
    kept = sent(day="")
    assert save_row(scope, GIFTS, kept).mark == save_row(scope, GIFTS, kept).mark == "-.1"


def test_the_second_of_two_people_is_told_both_values(cast: Any, scope: Any) -> None:
    row = save_row(scope, GIFTS, sent())
    lan = cast.scope(cast.lan)
    save_row(lan, GIFTS, again(row, value="5 tr", place="Hữu Lũng"))
    with pytest.raises(Overtaken) as told:
        save_row(scope, GIFTS, again(row, value="7 tr"))
    theirs = told.value.row
    assert (theirs.cells["value"], theirs.cells["place"]) == ("5.000.000", "Hữu Lũng")
    assert Contribution.objects.get().value == 5_000_000
    mine = save_row(scope, GIFTS, again(theirs, value="7 tr"))
    assert mine.cells["value"] == "7.000.000"


def test_two_tabs_of_one_person_in_a_kept_row(scope: Any) -> None:
    row = save_row(scope, GIFTS, sent(day=""))
    save_row(scope, GIFTS, again(row, what="Gạo"))
    with pytest.raises(Overtaken) as told:
        save_row(scope, GIFTS, again(row, what="Chăn"))
    assert told.value.row.cells["what"] == "Gạo"


def test_another_row_of_the_same_activity_does_not_stand_in_the_way(cast: Any, scope: Any) -> None:
    one = save_row(scope, GIFTS, sent(group="Chung"))
    two = save_row(scope, GIFTS, sent(group="Chung", what="Gạo"))
    save_row(cast.scope(cast.lan), GIFTS, again(two, value="5 tr"))
    assert save_row(scope, GIFTS, again(one, value="7 tr")).cells["value"] == "7.000.000"


def test_what_was_sent_or_belongs_to_others_is_gone(cast: Any, scope: Any) -> None:
    row = save_row(scope, GIFTS, sent())
    foreign = ContributionFactory(activity=ActivityFactory(year=cast.year, agency=cast.other))
    Activity.objects.filter(agency=cast.member).update(state="submitted", submitted_at="2020-06-01T00:00Z")
    for stale in (again(row, value="5 tr"), sent(pk=foreign.pk)):
        with pytest.raises(Gone):
            save_row(scope, GIFTS, stale)


def test_rows_of_other_agencies_never_appear(cast: Any, scope: Any) -> None:
    for agency in (cast.other, cast.chair, None):
        kind = {"scope": "cluster"} if agency is None else {}
        ContributionFactory(activity=ActivityFactory(year=cast.year, agency=agency, **kind), by=())
    own = ContributionFactory(activity=ActivityFactory(year=cast.year, agency=cast.member, returned=True))
    ContributionFactory(activity=ActivityFactory(year=cast.year, agency=cast.member, submitted=True))
    choices = choices_of(cast.year)
    assert [row.pk for row in page_of(scope, GIFTS, choices, [])[0]] == [own.pk]
    assert [row.pk for row in page_of(scope, ACTIVITIES, choices, [])[0]] == [own.activity_id]


def test_a_closed_step_takes_nothing(cast: Any) -> None:
    cast.go("verify")
    scope = cast.scope(cast.chi)
    with pytest.raises(Refused):
        save_row(scope, GIFTS, sent())
    with pytest.raises(Refused):
        keep_pasted(scope, GIFTS, "5/4\tGạo", new_key())
    assert not RowDraft.objects.exists()


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_one_row_sent_four_times_at_once_is_one_record(cast: Any) -> None:
    typed = sent()
    got = race(*[lambda: save_row(cast.scope(cast.chi), GIFTS, typed)] * 4)
    assert not errors(got)
    assert len({row.pk for row in values(got)}) == 1
    assert Contribution.objects.count() == 1


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_control_without_the_key_each_sending_makes_a_record(cast: Any) -> None:
    got = race(*[lambda: save_row(cast.scope(cast.chi), GIFTS, sent())] * 3)
    assert not errors(got)
    assert Contribution.objects.count() == 3


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_people_in_one_row_at_once_lose_nothing(cast: Any) -> None:
    row = save_row(cast.scope(cast.chi), GIFTS, sent())
    got = race(
        lambda: save_row(cast.scope(cast.chi), GIFTS, again(row, value="5 tr")),
        lambda: save_row(cast.scope(cast.lan), GIFTS, again(row, value="7 tr")),
    )
    (won,), (lost,) = values(got), errors(got)
    assert isinstance(lost, Overtaken)
    assert lost.row.cells["value"] == won.cells["value"]


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_control_without_the_mark_the_second_overwrites(cast: Any) -> None:
    """What would happen if a row were saved without asking what the browser saw."""
    row = save_row(cast.scope(cast.chi), GIFTS, sent())

    def blind(user: Any, value: int) -> None:
        with transaction.atomic():
            lock_year(cast.scope(user))
            Contribution.objects.filter(pk=row.pk).update(value=value)

    assert not errors(race(lambda: blind(cast.chi, 5), lambda: blind(cast.lan, 7)))
    assert Contribution.objects.get().value in (5, 7)  # and nobody was told


# -- pasted as text ------------------------------------------------------------------------------
def test_a_pasted_block_is_kept_once(cast: Any, scope: Any) -> None:
    key, text = new_key(), "Nội dung\tNgày\tTrị giá\nGạo\t5/4\t5 tr\n\nChăn\t6/4\tnhiều\n"
    done = [keep_pasted(scope, GIFTS, text, key, "Chung") for _time in range(2)]
    assert [(one.count, one.left) for one in done] == [(2, "")] * 2
    drafts = kept_drafts(scope, GIFTS)
    assert [(row.cells["what"], row.cells["value"], row.cells["_group"]) for row in drafts] == [
        ("Gạo", "5 tr", "Chung"), ("Chăn", "nhiều", "Chung"),
    ]  # fmt: skip
    assert not Activity.objects.exists()


def test_what_a_block_has_too_much_stays_in_the_area(scope: Any) -> None:
    head = "Ngày\tNội dung\n"
    done = keep_pasted(scope, GIFTS, head + "5/4\tGạo\n" * 10_000, new_key())
    assert (done.count, done.left) == (200, head + "5/4\tGạo\n" * 9_800)
    assert "200 dòng" in done.told
    wide = "\t".join("abcdefghi") + "\n"
    assert keep_pasted(scope, GIFTS, wide, new_key()).left == wide
    assert keep_pasted(scope, GIFTS, "5/4\tGạo\n" * 300, new_key()).count == 199
    assert not keep_pasted(scope, GIFTS, "5/4\tGạo\n", new_key()).count


# -- sent on -------------------------------------------------------------------------------------
def test_only_whole_rows_are_sent_each_by_the_ordinary_transition(cast: Any, scope: Any) -> None:
    good, half, stale = (save_row(scope, GIFTS, sent(what=name)) for name in ("Gạo", "Chăn", "Sách"))
    save_row(scope, GIFTS, again(half, quantity="nhiều"))
    foreign = ActivityFactory(year=cast.year, agency=cast.other)
    rows = to_send(scope, [row.activity for row in (good, half, stale)] + [foreign.pk])  # type: ignore[misc]
    assert {row.title[:4]: bool(row.why_not) for row in rows} == {"Gạo ": False, "Chăn": True, "Sách": False}
    versions = {row.pk: row.version for row in rows} | {foreign.pk: 1}
    save_row(scope, GIFTS, again(stale, value="5 tr"))
    done, held = send_rows(scope, versions)
    assert [title[:3] for title in done] == ["Gạo"]
    assert {title[:4] for title, _why in held} == {"Chăn", "Sách"}
    assert own_open(scope).count() == 2


def test_databases_agree(scope: Any) -> None:
    row = save_row(scope, GIFTS, sent(quantity="1,25 tấn", value="580.000.000"))
    assert row.cells["quantity"] == "1,25 tấn", connection.vendor
