"""Settings of accounts: what is refused at the start, what the content security policy lets through."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from cluster_app.checks import accounts

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    ("name", "value", "found"),
    [
        ("SECOND_FACTOR_FOR", ["chair", "boss"], ["cluster.E005"]),
        ("SECOND_FACTOR_FOR", ["chair", "deputy", "officer", "admin"], []),
        ("OIDC_ISSUER", "http://id.tinh.test", ["cluster.E006"]),
        ("OIDC_ISSUER", "nonsense", ["cluster.E006"]),
        ("OIDC_ISSUER", "https://id.tinh.test", []),
        ("OIDC_ISSUER", "http://127.0.0.1:9", []),
        ("OIDC_CLIENT_ID", "", ["cluster.E007"]),
    ],
)
def test_wrong_settings_are_refused_at_the_start(
    settings: Any, name: str, value: Any, found: list[str]
) -> None:
    settings.OIDC_ISSUER, settings.OIDC_CLIENT_ID = "https://id.tinh.test", "x"
    setattr(settings, name, value)
    assert [error.id for error in accounts()] == found


def directives(**environment: str) -> Any:
    """The form-action of the policy under these settings, and the validators."""
    code = (
        "import json; from cluster_app import settings as s;"
        "print(json.dumps([s.CONTENT_SECURITY_POLICY['DIRECTIVES']['form-action'], s.SESSION_COOKIE_AGE,"
        "s.SECOND_FACTOR_FOR, s.SECRET_KEY_FALLBACKS]))"
    )
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("OIDC", "SESSION_", "SECOND"))
    }
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=kept | environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


def test_forms_go_to_the_provider_only_when_one_is_set() -> None:
    assert directives() == [["'self'"], 12 * 3600, [], []]
    told = directives(OIDC_ISSUER="https://id.tinh.test/realms/tinh/", SESSION_MAX_HOURS="8",
                      SECOND_FACTOR_FOR="chair,admin", SECRET_KEY_FALLBACKS="old")  # fmt: skip
    assert told == [["'self'", "https://id.tinh.test"], 8 * 3600, ["chair", "admin"], ["old"]]


def test_the_address_for_the_provider_is_printed(settings: Any) -> None:
    with pytest.raises(CommandError, match="OIDC_ISSUER"):
        call_command("openid_address")
    settings.OIDC_ISSUER, settings.OIDC_CLIENT_ID, settings.SITE_URL = (
        "https://id.tinh.test",
        "x",
        "https://tdkt.test/",
    )
    said = StringIO()
    call_command("openid_address", stdout=said)
    assert said.getvalue().startswith("https://tdkt.test/tai-khoan/openid/oidc-")
