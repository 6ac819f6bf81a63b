"""Sign-in, sign-out and the password: allauth's flows with our words, limits and addresses."""

from __future__ import annotations

from typing import Any

from allauth.account import views as allauth
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods

from core.accounts import is_too_many, remember_device
from publishing.domain.canonical import parse
from publishing.models import AnnualSummary
from publishing.render.pages import RENDERERS

PODIUM = 3
methods = require_http_methods(["GET", "HEAD", "POST"])


class SignIn(allauth.LoginView):  # type: ignore[misc]
    """Name and password; beside them what is published, for those who only came to read."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """With the newest published summary."""
        return {**super().get_context_data(**kwargs), "latest_summary": latest_summary()}

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


def latest_summary() -> dict[str, Any] | None:
    """What the sign-in page shows of the summary published last: title, meeting, first places; one query."""
    newest = (
        AnnualSummary.objects.order_by("-published_at", "-pk")
        .values_list("content", "year__cluster__slug", "year__label")
        .first()
    )
    if newest is None:
        return None
    content, slug, label = newest
    data = parse(content)
    page = RENDERERS[data["schema"]].page(data, "en" if get_language() == "en" else "vi")
    return {
        "title": page["title"],
        "meta": data["cluster"]["name"],
        "ranks": [item for item in (page["ranking"] or {"items": []})["items"] if item["rank"] <= PODIUM],
        "url": reverse("summary_public", kwargs={"cluster": slug, "label": label}),
    }


sign_in = methods(SignIn.as_view())
sign_out = methods(login_not_required(allauth.logout))
change_password = methods(ChangePassword.as_view())
