"""Vietnamese dates: reading, printing, precision, deadlines (core/dates.py)."""

import contextlib
import time
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.dates import (
    LOCAL_ZONE,
    DateError,
    PartialDate,
    Precision,
    date_words,
    day_bounds,
    format_date,
    format_partial,
    is_before_end_of,
    local_today,
    parse_date,
    parse_partial,
    spoken_date,
)

DAY, MONTH, YEAR, UNKNOWN = Precision.DAY, Precision.MONTH, Precision.YEAR, Precision.UNKNOWN
days = st.dates(min_value=date(1900, 1, 1), max_value=date(2200, 12, 31))


@pytest.mark.parametrize(
    "text",
    [
        "5/1/2021",
        "05/01/2021",
        "05.01.21",
        "5-1-2021",
        "5 / 1 / 2021",
        "2021-01-05",
        "2021/1/5",
        "ngày 5/1/2021",
        "ngày 05 tháng 01 năm 2021",
        "5 tháng 1 năm 2021",
        "Ngày 5 tháng 1, năm 2021",
        " 5/1/21 ",
    ],
)
def test_reads_the_day_of_the_conference_in_every_usual_way(text):
    assert parse_date(text) == date(2021, 1, 5)


@pytest.mark.parametrize(
    "text, day",
    [
        ("3/4/2026", date(2026, 4, 3)),
        ("03-04-2026", date(2026, 4, 3)),
        ("2026-04-03", date(2026, 4, 3)),
        ("29/2/2024", date(2024, 2, 29)),
        ("1/1/69", date(2069, 1, 1)),
        ("1/1/70", date(1970, 1, 1)),
        ("31/12/2200", date(2200, 12, 31)),
    ],
)
def test_the_day_comes_before_the_month_and_is_read_back_in_words(text, day):
    assert parse_date(text) == day
    assert parse_date(spoken_date(day)) == day


def test_a_day_without_a_year_needs_the_year_of_the_work():
    assert parse_date("5/1", default_year=2020) == date(2020, 1, 5)
    assert parse_date("5 tháng 1", default_year=2020) == date(2020, 1, 5)
    with pytest.raises(DateError, match="thiếu năm"):
        parse_date("5/1")
    with pytest.raises(DateError, match="Không có ngày 29/02/2021"):
        parse_date("29/2", default_year=2021)


@pytest.mark.parametrize(
    "text, sentence",
    [
        ("31/02/2026", "Không có ngày 31/02/2026: tháng 02 năm 2026 có 28 ngày."),
        ("29/2/2023", "28 ngày"),
        ("0/1/2021", "Không có ngày 00/01/2021"),
        ("12/31/2020", "Không có tháng 31: ngày viết trước, tháng viết sau"),
        ("2021-13-01", "Không có tháng 13"),
        ("1/1/1899", "Năm 1899 nằm ngoài khoảng 1900–2200."),
        ("1/1/2201", "2201"),
        ("", "Chưa có ngày"),
        ("hôm qua", "Không hiểu “hôm qua” là ngày nào"),
        ("5/1-2021", "Không hiểu"),
        ("5/1/021", "Không hiểu"),
        ("2021", "Không hiểu"),
        ("٣/4/2026", "Không hiểu"),
        ("1" * 61, "quá dài"),
    ],
)
def test_refuses_what_is_no_day_with_a_sentence(text, sentence):
    with pytest.raises(DateError) as refused:
        parse_date(text)
    assert sentence in refused.value.sentence
    assert refused.value.sentence == str(refused.value)


@pytest.mark.parametrize("text", ["1" * 1_000_000, "5 / " * 250_000, " " * 1_000_000])
def test_a_megabyte_is_refused_at_once(text):
    before = time.perf_counter()
    for parse in (parse_date, parse_partial):
        with pytest.raises(DateError):
            parse(text)
    assert time.perf_counter() - before < 0.05


@given(st.text(max_size=60), st.sampled_from([None, 2020]))
def test_any_text_is_read_or_refused_but_never_breaks(text, year):
    for parse in (parse_date, parse_partial):
        with contextlib.suppress(DateError):
            parse(text, default_year=year)


@given(st.text(alphabet="0123456789/.- –đếntháng năm", max_size=24), st.sampled_from([None, 2020]))
def test_text_made_of_date_parts_gives_an_ordered_time_or_a_sentence(text, year):
    try:
        read = parse_partial(text, default_year=year)
    except DateError:
        return
    assert (read.precision is UNKNOWN) == (read.start is None) == (read.end is None)
    assert read.start is None or read.start <= read.end


@given(days)
def test_reading_a_printed_day_gives_the_day(day):
    for text in (format_date(day), date_words(day), spoken_date(day), day.isoformat()):
        assert parse_date(text) == day


def test_papers_write_small_days_and_months_with_a_zero():
    assert date_words(date(2021, 1, 5)) == "ngày 05 tháng 01 năm 2021"
    assert date_words(date(2021, 3, 15)) == "ngày 15 tháng 3 năm 2021"
    assert date_words(date(2020, 12, 9)) == "ngày 09 tháng 12 năm 2020"
    assert spoken_date(date(2021, 1, 5)) == "ngày 5 tháng 1 năm 2021"
    assert format_date(date(2021, 1, 5)) == "05/01/2021"


# Times that are not known to the day


@pytest.mark.parametrize(
    "text, start, end, precision",
    [
        ("2020", date(2020, 1, 1), date(2020, 12, 31), YEAR),
        ("năm 2020", date(2020, 1, 1), date(2020, 12, 31), YEAR),
        ("2012-2013", date(2012, 1, 1), date(2013, 12, 31), YEAR),
        ("12/2020", date(2020, 12, 1), date(2020, 12, 31), MONTH),
        ("tháng 12/2020", date(2020, 12, 1), date(2020, 12, 31), MONTH),
        ("Tháng 2 năm 2020", date(2020, 2, 1), date(2020, 2, 29), MONTH),
        ("2020-12", date(2020, 12, 1), date(2020, 12, 31), MONTH),
        ("12-2020", date(2020, 12, 1), date(2020, 12, 31), MONTH),
        ("5-7/2020", date(2020, 5, 1), date(2020, 7, 31), MONTH),
        ("tháng 5 đến tháng 7/2020", date(2020, 5, 1), date(2020, 7, 31), MONTH),
        ("11/2020–02/2021", date(2020, 11, 1), date(2021, 2, 28), MONTH),
        ("5/1/2021", date(2021, 1, 5), date(2021, 1, 5), DAY),
        ("5-1-2021", date(2021, 1, 5), date(2021, 1, 5), DAY),
        ("2021-01-05", date(2021, 1, 5), date(2021, 1, 5), DAY),
        ("05/01–07/01/2021", date(2021, 1, 5), date(2021, 1, 7), DAY),
        ("5/1 - 7/1/2021", date(2021, 1, 5), date(2021, 1, 7), DAY),
        ("5-7/1/2021", date(2021, 1, 5), date(2021, 1, 7), DAY),
        ("5/1/2021-7/1/2021", date(2021, 1, 5), date(2021, 1, 7), DAY),
        ("từ ngày 5 đến ngày 7/1/2021", date(2021, 1, 5), date(2021, 1, 7), DAY),
        ("từ 28/12/2020 đến 3/1/2021", date(2020, 12, 28), date(2021, 1, 3), DAY),
        ("2021-01-05 – 2021-01-07", date(2021, 1, 5), date(2021, 1, 7), DAY),
        ("", None, None, UNKNOWN),
        ("chưa rõ", None, None, UNKNOWN),
        ("Chưa rõ thời gian", None, None, UNKNOWN),
    ],
)
def test_reads_days_months_years_and_ranges(text, start, end, precision):
    assert parse_partial(text) == PartialDate(start, end, precision)


def test_the_year_of_the_work_completes_a_short_time():
    assert parse_partial("5/1", default_year=2020) == PartialDate(date(2020, 1, 5), date(2020, 1, 5), DAY)
    assert parse_partial("5-7/1", default_year=2020).end == date(2020, 1, 7)
    assert parse_partial("tháng 12", default_year=2020).end == date(2020, 12, 31)
    assert parse_partial("12", MONTH, default_year=2020).start == date(2020, 12, 1)
    for text in ("tháng 12", "12", "5/1"):
        with pytest.raises(DateError):
            parse_partial(text)


def test_a_coarser_precision_widens_and_a_finer_one_is_refused():
    assert parse_partial("5/12/2020", MONTH) == PartialDate(date(2020, 12, 1), date(2020, 12, 31), MONTH)
    assert parse_partial("5/12/2020", YEAR) == PartialDate(date(2020, 1, 1), date(2020, 12, 31), YEAR)
    assert parse_partial("12/2020", MONTH).precision is MONTH
    with pytest.raises(DateError, match="cần đủ ngày, tháng, năm"):
        parse_partial("12/2020", DAY)
    with pytest.raises(DateError, match="cần đủ tháng và năm"):
        parse_partial("2020", MONTH)


def test_unknown_goes_with_an_empty_text_only():
    assert parse_partial("", UNKNOWN).precision is UNKNOWN
    with pytest.raises(DateError, match="để trống"):
        parse_partial("5/1/2021", UNKNOWN)
    with pytest.raises(DateError, match="Chưa có thời gian"):
        parse_partial("", DAY)


@pytest.mark.parametrize(
    "text, sentence",
    [
        ("7/1–5/1/2021", "đủ năm ở cả hai vế"),
        ("28/12–3/1/2021", "đủ năm ở cả hai vế"),
        ("2021-2020", "đủ năm"),
        ("2020–5/1/2021", "Không hiểu"),
        ("x–5/1/2021", "Không hiểu"),
        ("13/2020", "Không có tháng 13"),
        ("31/2/2020", "Không có ngày 31/02/2020"),
        ("1850", "1850"),
        ("quý I/2020", "Không hiểu “quý i/2020” là thời gian nào"),
        ("1–2–3/2020", "Không hiểu"),
    ],
)
def test_refuses_unclear_times_with_a_sentence(text, sentence):
    with pytest.raises(DateError, match=sentence):
        parse_partial(text)


@pytest.mark.parametrize(
    "text", ["05/01/2021", "05/01–07/01/2021", "28/12/2020–03/01/2021", "12/2020", "11/2020–02/2021", "2020"]
)
def test_times_print_as_they_are_read(text):
    assert format_partial(parse_partial(text)) == text


def test_unknown_and_open_times_print_in_words():
    assert format_partial(PartialDate(None, None, UNKNOWN)) == "chưa rõ thời gian"
    assert format_partial(PartialDate(None, None, DAY)) == "chưa rõ thời gian"
    assert format_partial(PartialDate(date(2021, 1, 5), None, DAY)) == "từ 05/01/2021"
    assert format_partial(PartialDate(None, date(2021, 1, 5), MONTH)) == "đến 01/2021"


@given(days, days, st.sampled_from([DAY, MONTH, YEAR]))
def test_reading_a_printed_time_gives_the_time(first, second, precision):
    first, second = sorted((first, second))
    whole = parse_partial(f"{format_date(first)}–{format_date(second)}", precision)
    assert whole.start <= first <= second <= whole.end
    assert parse_partial(format_partial(whole)) == whole


# Days in Viet Nam (T1, T3)


def test_the_day_and_year_change_at_midnight_in_viet_nam_whatever_the_clock_of_the_server():
    paris = ZoneInfo("Europe/Paris")
    before = datetime(2020, 12, 31, 23, 30, tzinfo=LOCAL_ZONE)
    after = datetime(2021, 1, 1, 0, 30, tzinfo=LOCAL_ZONE)
    for zone in (LOCAL_ZONE, UTC, paris):
        assert local_today(before.astimezone(zone)) == date(2020, 12, 31)
        assert local_today(after.astimezone(zone)) == date(2021, 1, 1)
    assert after.astimezone(UTC).year == 2020


def test_a_deadline_ends_at_midnight_half_open():
    day = date(2020, 12, 31)
    end = datetime(2020, 12, 31, 17, 0, tzinfo=UTC)
    assert is_before_end_of(day, end - timedelta(seconds=1))
    assert is_before_end_of(day, end - timedelta(microseconds=1))
    assert not is_before_end_of(day, end)
    assert not is_before_end_of(day, end + timedelta(seconds=1))
    assert day_bounds(day) == (end - timedelta(days=1), end)


@given(days)
def test_days_follow_each_other_without_gap(day):
    start, end = day_bounds(day)
    assert start < end == day_bounds(day + timedelta(days=1))[0]
    assert local_today(start) == day != local_today(end)


def test_a_moment_without_a_time_zone_is_never_guessed():
    for call in (
        lambda moment: local_today(moment),
        lambda moment: is_before_end_of(date(2020, 1, 1), moment),
    ):
        with pytest.raises(ValueError, match="time zone"):
            call(datetime(2020, 1, 1))
