"""Figures and dates that cannot be accepted are told in the language of the page: every sentence, both languages."""

from __future__ import annotations

import csv
import html
import io
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.utils import translation

from core.dates import DateError, Precision, parse_date, parse_partial
from core.formfields import said
from core.marks import Unreadable
from core.quantity import (
    Quantity,
    QuantityError,
    add,
    format_number,
    parse_money,
    parse_number,
    parse_quantity,
    parse_unit,
)
from members.enums import GroupKind, PhaseKind
from movements.enums import ActivityScope
from tests.factories import ActivityFactory, ContributionFactory, GoodsFactory
from tests.support import messages
from tests.support.entry import ROW, form_of

LONG = "1" * 61


def goods(unit: str) -> Quantity:
    return parse_quantity(f"5 {unit}")


# What reads it, and the page with what is typed there; None where no page can come to it.
CASES: list[tuple[Callable[[], Any], tuple[str, dict[str, str]] | None]] = [
    (lambda: parse_number(""), None),
    (lambda: parse_number("12%"), ("ranking", {"points": "12%"})),
    (lambda: parse_number("-5"), ("ranking", {"points": "-5"})),
    (lambda: parse_number("9" * 16), ("ranking", {"points": "9" * 16})),
    (lambda: parse_number("1,23456"), ("ranking", {"points": "1,23456"})),
    (lambda: parse_number("4.50"), ("ranking", {"points": "4.50"})),
    (lambda: parse_number(LONG), ("ranking", {"points": LONG})),
    (lambda: parse_quantity("<b>mười</b>"), ("row", {"quantity": "<b>mười</b>"})),
    (lambda: parse_quantity("5 7 chiếc"), ("row", {"quantity": "5 7 chiếc"})),
    (lambda: parse_unit("%s%(text)s"), ("row", {"quantity": "5 %s%(text)s"})),
    (lambda: parse_quantity("-5 chiếc"), ("row", {"quantity": "-5 chiếc"})),
    (lambda: parse_money("200 suất"), ("row", {"value": "200 suất"})),
    (lambda: parse_money("0,5"), ("row", {"value": "0,5"})),
    (lambda: parse_money("580,000"), ("row", {"value": "580,000"})),
    (lambda: parse_money("1 tỷ 5"), ("row", {"value": "1 tỷ 5"})),
    (lambda: add([goods("chiếc"), goods("suất")]), None),
    (lambda: add([]), None),
    (lambda: format_number(Decimal("NaN")), None),
    (lambda: parse_date(""), None),
    (lambda: parse_date("mai"), ("movement", {"starts_on": "mai"})),
    (lambda: parse_date("5/1"), ("movement", {"starts_on": "5/1"})),
    (lambda: parse_date("x" * 61), ("movement", {"starts_on": "x" * 61})),
    (lambda: parse_date("31/2/2020"), ("movement", {"ends_on": "31/2/2020"})),
    (lambda: parse_date("1/13/2020"), ("movement", {"ends_on": "1/13/2020"})),
    (lambda: parse_date("1/1/1850"), ("movement", {"ends_on": "1/1/1850"})),
    (lambda: parse_partial("quý I/2020"), ("head", {"when": "quý I/2020"})),
    (lambda: parse_partial("2020–5/1/2021"), ("head", {"when": "2020–5/1/2021"})),
    (lambda: parse_partial("7/1–5/1/2020"), ("head", {"when": "7/1–5/1/2020"})),
    (lambda: parse_partial("", Precision.DAY), ("head", {"when": ""})),
    (lambda: parse_partial("2020", Precision.UNKNOWN), ("head", {"when": "2020", "precision": "unknown"})),
    (lambda: parse_partial("tháng 12"), None),
    (lambda: parse_partial("12/2020", Precision.DAY), None),
    (lambda: parse_partial("2020", Precision.MONTH), None),
]


def refused(read: Callable[[], Any]) -> Unreadable:
    with pytest.raises((QuantityError, DateError)) as caught:
        read()
    error = caught.value
    assert isinstance(error, Unreadable)
    return error


def told(cast: Any, page: str, typed: dict[str, str]) -> str:
    """What the page answers in the language that is active."""
    if page == "ranking":
        cast.go(PhaseKind.DELIBERATE)
        data = {f"{cast.member.pk}-{name}": value for name, value in typed.items()}
        answer = cast.client(cast.an).post(cast.url("ranking_edit"), {"method": "score", "base": "0", **data})
    elif page == "movement":
        answer = cast.client(cast.an).post(cast.url("movement_add"), {"title": "Chung tay", **typed})
    else:
        row, head = ({**ROW, **typed}, {}) if page == "row" else (ROW, typed)
        answer = cast.client(cast.chi).post(cast.url("activity_add"), form_of(row, **head))
    assert answer.status_code == 422
    return html.unescape(answer.content.decode())


def test_the_cases_are_all_sentences_of_both_modules() -> None:
    marked = {
        text
        for (_context, text, _plural), places in messages.texts_in_source().items()
        if {"core/quantity.py", "core/dates.py"} & set(places)
    }
    assert {refused(read).template for read, _page in CASES} == marked
    assert len(marked) > 25


@pytest.mark.django_db
@pytest.mark.parametrize(("read", "page"), CASES)
def test_a_refusal_is_told_in_the_language_of_the_page(cast: Any, read: Any, page: Any) -> None:
    error = refused(read)
    entry = messages.texts_in_catalogue()[(None, error.template, "")]
    english = entry.msgstr % error.values
    assert english not in ("", error.sentence)
    with translation.override("en"):
        assert said(error) == english
        if page:
            answer = told(cast, *page)
            assert '<html lang="en"' in answer
            assert english in answer
            assert error.sentence not in answer
    with translation.override("vi"):
        assert said(error) == error.sentence == str(error)
        if page:
            answer = told(cast, *page)
            assert error.sentence in answer
            assert english not in answer


# -- words of lists and files --------------------------------------------------------------------
def exported(cast: Any) -> list[list[str]]:
    answer = cast.client(cast.an).get(cast.url("activity_export"))
    return list(csv.reader(io.StringIO(answer.getvalue().decode("utf-8-sig"))))


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_file_that_is_read_back_qualifies_figures_in_one_language(cast: Any, language: str) -> None:
    activity = ActivityFactory(year=cast.year, agency=cast.member, confirmed=True)
    ContributionFactory(activity=activity, value=580_000_000, value_qualifier="over")
    GoodsFactory(activity=activity, quantity=21_000, quantity_qualifier="nearly", value=None)
    ContributionFactory(activity=activity, value=1)
    with translation.override(language):
        head, *rows = exported(cast)
    quantity, value = head.index("Mức số lượng"), head.index("Mức trị giá")
    qualifiers = sorted((row[quantity], row[value]) for row in rows)
    assert qualifiers == sorted([("", "Trên"), ("Gần", ""), ("", "")])


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "kind", "choice", "owner"),
    [
        ("vi", GroupKind.CUM, "Hoạt động chung của Cụm", "Cả Cụm"),
        ("vi", GroupKind.KHU_VUC, "Hoạt động chung của Khu vực", "Cả Khu vực"),
        ("en", GroupKind.CUM, "Activities of the whole cluster", "Whole cluster"),
        ("en", GroupKind.KHOI, "Activities of the whole block", "Whole block"),
    ],
)
def test_the_list_names_the_whole_group_as_a_sentence_does(
    cast: Any, language: str, kind: str, choice: str, owner: str
) -> None:
    cast.cluster.kind = kind
    cast.cluster.save()
    ActivityFactory(year=cast.year, agency=None, scope=ActivityScope.CLUSTER, confirmed=True)
    with translation.override(language):
        page = cast.client(cast.an).get(cast.url("activity_list")).content.decode()
    assert choice in page
    assert owner in page
