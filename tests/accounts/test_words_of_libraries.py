"""What the libraries say is said in Vietnamese: our second catalogue fills what theirs lack."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import allauth
import django
import django_filters
import polib
import pytest
from allauth.account.adapter import DefaultAccountAdapter
from django import forms
from django.apps import apps
from django.conf import settings
from django.contrib.auth.password_validation import (
    get_default_password_validators,
    password_validators_help_texts,
)
from django.utils import translation

from core.accounts import NewPasswordForm, SignInForm

DJANGO = Path(django.__file__).parent
APPS = ["admin", "auth", "contenttypes", "sessions", "messages", "humanize", "staticfiles"]
# Pages that this project never shows, and names of languages that it does not speak.
NEVER_SHOWN = re.compile(r"default_urlconf\.html")
# The same word in both languages, or no word at all.
ALIKE = {
    ":", ", ", "…", "%(truncated_text)s…", ":?.!", "IPv4", "IPv6", "Email", "%s KB", "%s MB", "%s GB", "%s TB", "%s PB",
    "%(size)d byte", "Syndication", "Humanize", "th", "st", "nd", "rd", "%(class_name)s %(instance)s",
}  # fmt: skip


def entries() -> Iterator[Any]:
    """Texts of Django itself, of its apps in use, and of allauth's accounts, from their catalogues."""
    folders = [DJANGO / "conf", *(DJANGO / "contrib" / app for app in APPS)]
    for folder in folders:
        path = folder / "locale/en/LC_MESSAGES/django.po"
        if path.is_file():
            yield from (entry for entry in polib.pofile(str(path)) if not entry.obsolete)
    path = Path(allauth.__file__).parent / "locale/en/LC_MESSAGES/django.po"
    for entry in polib.pofile(str(path)):
        places = {place for place, _line in entry.occurrences}
        if any(re.match(r"account/\w+\.py", place) for place in places):
            yield entry


def said(entry: Any) -> str:
    """The text under Vietnamese, as a page would say it."""
    if entry.msgid_plural:
        if entry.msgctxt:
            return translation.npgettext(entry.msgctxt, entry.msgid, entry.msgid_plural, 2)
        return translation.ngettext(entry.msgid, entry.msgid_plural, 2)
    return (
        translation.pgettext(entry.msgctxt, entry.msgid)
        if entry.msgctxt
        else translation.gettext(entry.msgid)
    )


def test_no_text_of_django_and_allauth_is_left_in_english() -> None:
    left = []
    for entry in entries():
        places = [place for place, _line in entry.occurrences]
        if all(NEVER_SHOWN.search(place) or "global_settings" in place for place in places):
            continue
        if said(entry) in (entry.msgid, entry.msgid_plural) and entry.msgid not in ALIKE:
            left.append((entry.msgid, places[:1]))
    assert left == []


def test_django_alone_would_leave_english() -> None:
    """Control: without our catalogue the walk finds a hundred texts."""
    theirs = polib.pofile(str(DJANGO / "conf/locale/vi/LC_MESSAGES/django.po"))
    known = {entry.msgid for entry in theirs.translated_entries()}
    ours = polib.pofile(str(settings.LOCALE_PATHS[0] / "vi/LC_MESSAGES/django.po"))
    assert len({entry.msgid for entry in ours} - known) > 100


def test_no_text_of_django_filter_is_left_in_english() -> None:
    texts = set()
    for path in Path(django_filters.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id in {"_", "gettext"}
            ):
                texts |= {arg.value for arg in node.args[:1] if isinstance(arg, ast.Constant)}
    assert len(texts) > 30
    assert [text for text in sorted(texts) if translation.gettext(text) == text] == []


def test_words_of_the_admin_sites_scripts_are_vietnamese() -> None:
    from django.utils.translation.trans_real import DjangoTranslation

    admin = DJANGO / "contrib/admin/locale"
    words = DjangoTranslation("vi", domain="djangojs", localedirs=[str(admin)])
    left = []
    for entry in polib.pofile(str(admin / "en/LC_MESSAGES/djangojs.po")):
        if entry.obsolete:
            continue
        shown = words.pgettext(entry.msgctxt, entry.msgid) if entry.msgctxt else words.gettext(entry.msgid)
        if entry.msgid_plural:
            shown = words.ngettext(entry.msgid, entry.msgid_plural, 2)
        if shown in (entry.msgid, entry.msgid_plural):
            left.append(entry.msgid)
    assert left == []


@pytest.mark.django_db
def test_the_script_catalogue_of_the_admin_site_is_vietnamese(cast: Any) -> None:
    answer = cast.client(cast.root).get("/admin/jsi18n/")
    assert '"Monday": "Thứ Hai"' in re.sub(
        r"\\u([0-9a-fA-F]{4})", lambda code: chr(int(code[1], 16)), answer.text
    )


PLACE = re.compile(r"%\(\w+\)[a-z]|{\w+}")
LATIN_WORD = re.compile(
    r"\b(the|this|enter|please|must|your|value|field|valid|password|is|not|with|and)\b", re.IGNORECASE
)


def english(texts: list[str]) -> list[str]:
    """Those with an English word outside their placeholders."""
    return [text for text in texts if LATIN_WORD.search(PLACE.sub("", text))]


def test_password_rules_are_vietnamese() -> None:
    texts = [str(text) for text in password_validators_help_texts()]
    for validator in get_default_password_validators():
        for password in ("a", "1" * 12, "1q2w3e4r5t6y", "nguyenvanmai"):
            user = type("Account", (), {"username": "nguyenvanmai", "first_name": "", "last_name": "", "email": "",
                                        "_meta": apps.get_model("auth.User")._meta})()  # fmt: skip
            try:
                validator.validate(password, user)
            except forms.ValidationError as error:
                texts += error.messages
    assert len(texts) >= 8
    assert english(texts) == []


@pytest.mark.parametrize(
    "kind", [getattr(forms, name) for name in forms.fields.__all__ if name.endswith("Field")]
)
def test_errors_of_form_fields_are_vietnamese(kind: type[forms.Field]) -> None:
    messages = {
        key: value
        for base in kind.__mro__
        for key, value in getattr(base, "default_error_messages", {}).items()
    }
    assert english([str(text) for text in messages.values()]) == []


def test_labels_and_errors_of_the_sign_in_forms_are_vietnamese() -> None:
    texts = [str(text) for text in DefaultAccountAdapter.error_messages.values()]
    for form in (SignInForm({}), NewPasswordForm({})):
        texts += [str(field.label) for field in form.fields.values()]
        texts += [text for errors in form.errors.values() for text in errors]
    assert english(texts) == []


def test_labels_and_errors_of_second_factors_are_vietnamese(db: None, rf: Any) -> None:
    from allauth.core import context

    from core import second_factor
    from tests.factories import UserFactory

    texts = [str(text) for text in second_factor.Factors.error_messages.values()]
    user = UserFactory()
    kinds = (second_factor.CodeForm, second_factor.ConfirmCodeForm, second_factor.KeyForm, second_factor.ConfirmKeyForm,
             second_factor.NewKeyForm)  # fmt: skip
    request = rf.post("/")
    request.session = {}
    with context.request_context(request):
        for kind in kinds:
            form = kind({}, user=user)
            texts += [str(field.label) for field in form.fields.values() if not field.widget.is_hidden]
            texts += [text for errors in form.errors.values() for text in errors]
    assert len(texts) > 10
    assert english(texts) == []
    assert "Code" not in texts


def test_the_english_interface_keeps_the_libraries_english() -> None:
    with translation.override("en"):
        assert translation.gettext("This field is required.") == "This field is required."
        assert translation.gettext("Log out") == "Log out"
