"""One's own calendar link: making, renewing, revoking it; and the file behind it."""

from __future__ import annotations

import logging

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from core.access import own_page, public
from members.domain.feeds import calendar_file, live_link, make_link, owner_of, revoke_link

security = logging.getLogger("security")
PRIVATE = {"Cache-Control": "private, no-store", "Referrer-Policy": "no-referrer"}


@own_page(methods=("GET", "POST"))
def feed(request: HttpRequest) -> HttpResponse:
    """Whether a link is live and since when; makes a new one (shown this once) or revokes it."""
    user_id = int(request.user.pk or 0)
    link, do = "", request.POST.get("do", "")
    if request.method == "POST" and do not in ("make", "revoke"):
        raise SuspiciousOperation("unknown action")
    if do == "revoke":
        if revoke_link(user_id):
            messages.success(request, _("Đã thu hồi liên kết lịch."))
        else:
            messages.info(request, _("Không có liên kết lịch nào đang dùng."))
        return redirect("feed")
    if do == "make":
        link = _base(request) + reverse("calendar_feed", kwargs={"secret": make_link(user_id)})
    context = {
        "link": link,
        "webcal": "webcal" + link[link.index(":") :] if link else "",
        "live": live_link(user_id),
    }
    return render(request, "members/feed.html", context)


@public
def calendar_feed(request: HttpRequest, secret: str) -> HttpResponse:
    """The calendar of whoever the secret was given to; unknown, revoked and disabled look the same."""
    user = owner_of(secret)
    if user is None:
        security.info("calendar link refused")
        return HttpResponseNotFound(
            _("Không có lịch ở địa chỉ này."), content_type="text/plain; charset=utf-8", headers=PRIVATE
        )
    return HttpResponse(
        calendar_file(user, timezone.now(), _base(request)),
        content_type="text/calendar; charset=utf-8",
        headers=PRIVATE | {"Content-Disposition": 'inline; filename="cum-thi-dua.ics"'},
    )


def _base(request: HttpRequest) -> str:
    return (settings.SITE_URL or f"{request.scheme}://{request.get_host()}").rstrip("/")
