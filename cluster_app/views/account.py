"""Sign-in, sign-out and the password: allauth's flows with our words, limits and addresses."""

from __future__ import annotations

from datetime import date
from typing import Any

from allauth.account import views as allauth
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from core.accounts import is_too_many, remember_device
from core.accounts_sessions import IDLE, LONG
from core.dates import format_date
from core.login import REASON
from publishing.domain.canonical import parse
from publishing.render.listing import in_force
from publishing.render.pages import RENDERERS

PODIUM = 3
methods = require_http_methods(["GET", "HEAD", "POST"])


class SignIn(allauth.LoginView):  # type: ignore[misc]
    """Name and password; beside them what is published, for those who only came to read."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """With the newest published summary, and why one is here again."""
        over = session_over_words(self.request.GET.get(REASON, ""))
        return {**super().get_context_data(**kwargs), "latest_summary": latest_summary(), "over": over}

    def form_valid(self, form: Any) -> HttpResponse:
        """Remember the device for the limits."""
        response: HttpResponse = super().form_valid(form)
        remember_device(self.request, response, form.cleaned_data["login"])
        return response

    def form_invalid(self, form: Any) -> HttpResponse:
        """422, or 429 with the time to wait."""
        response: HttpResponse = super().form_invalid(form)
        seconds = is_too_many(form)
        response.status_code = 429 if seconds else 422
        if seconds:
            response["Retry-After"] = str(seconds)
        return response


class ChangePassword(allauth.PasswordChangeView):  # type: ignore[misc]
    """One's own password."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """An account that signs in without a password has nothing to change."""
        if request.user.is_authenticated and not request.user.has_usable_password():
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def form_invalid(self, form: Any) -> HttpResponse:
        """422."""
        response: HttpResponse = super().form_invalid(form)
        response.status_code = 422
        return response


def session_over_words(reason: str) -> str:
    """Why the session ended, in a sentence; empty for any other reason."""
    sentences = {
        IDLE: _("Phiên làm việc đã hết vì %(minutes)d phút không thao tác.")
        % {"minutes": settings.SESSION_IDLE_MINUTES},
        LONG: _("Phiên làm việc đã đến hạn, tối đa %(hours)d giờ.") % {"hours": settings.SESSION_MAX_HOURS},
    }
    return f"{sentences[reason]} {_('Đăng nhập để về đúng trang đang xem.')}" if reason in sentences else ""


def latest_summary() -> dict[str, Any] | None:
    """What the sign-in page shows of the newest published year: title, meeting, first places; one query."""
    newest = in_force().order_by("-year__starts_on", "-published_at").first()
    if newest is None:
        return None
    data = parse(newest.content)
    page = RENDERERS[data["schema"]].page(data, "en" if get_language() == "en" else "vi")
    ranking = page["ranking"] or {"items": []}
    return {
        "title": page["title"],
        "meta": _meeting(data) or data["cluster"]["name"],
        "ranks": [item for item in ranking["items"] if item["rank"] <= PODIUM],
        "url": reverse(
            "summary_public", kwargs={"cluster": newest.year.cluster.slug, "label": newest.year.label}
        ),
    }


def _meeting(data: Any) -> str:
    """``Hội nghị ngày 05/01/2021 tại …``; empty without a meeting."""
    meeting = data["conference"]
    if not meeting:
        return ""
    day = format_date(date.fromisoformat(meeting["held_on"]))
    if not meeting["place"]:
        return _("Hội nghị ngày %(day)s") % {"day": day}
    return _("Hội nghị ngày %(day)s tại %(place)s") % {"day": day, "place": meeting["place"]}


sign_in = methods(SignIn.as_view())
sign_out = methods(login_not_required(allauth.logout))
change_password = methods(ChangePassword.as_view())
