"""What is done with a whole sheet: agree in one go, finish, return, verify, open again, excuse; words about a line."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from core.access import page
from core.errors import DomainError, Refused, Stale
from members.scope import Scope
from scoring.domain.checks import EQUAL, UNSCORED, accept_lines, finish
from scoring.domain.sheet_line import write_note
from scoring.domain.verify import excuse_lateness, reopen_sheet, return_lines, verify_sheet
from scoring.models import ScoreLine, ScoreSheet
from scoring.rules_sheets import TALKERS
from scoring.views.check_agency import show
from scoring.views.check_parts import load_sheet

Step = Callable[[Scope, str, int, Any], str]


def _number(data: Any, name: str) -> int:
    text = data.get(name, "")
    return int(text) if text.isdigit() and len(text) < 12 else -1


def _accept(scope: Scope, level: str, agency: int, data: Any) -> str:
    which = EQUAL if data.get("which") == EQUAL else UNSCORED
    count = accept_lines(scope, level, agency, which, _number(data, "count"))
    return _("Đã đồng ý %(count)s dòng.") % {"count": count}


def _finish(scope: Scope, level: str, agency: int, _data: Any) -> str:
    return _("Đã chấm xong %(count)s dòng; điểm của các đơn vị chấm khác nay xem được.") % {
        "count": finish(scope, level, agency)
    }


def _return(scope: Scope, _level: str, agency: int, data: Any) -> str:
    chosen = [int(pk) for pk in data.getlist("return") if pk.isdigit() and len(pk) < 12]
    reasons = {pk: data.get(f"return-{pk}", "") or data.get("return_reason", "") for pk in chosen}
    return_lines(scope, agency, reasons, words=data.get("return_words", ""), version=_number(data, "version"))
    return _("Đã trả lại %(count)s dòng; đơn vị được báo và chỉ sửa được các dòng này.") % {
        "count": len(chosen)
    }


def _verify(scope: Scope, _level: str, agency: int, data: Any) -> str:
    verify_sheet(scope, agency, version=_number(data, "version"))
    return _("Đã thẩm định xong bảng chấm điểm.")


def _reopen(scope: Scope, _level: str, agency: int, data: Any) -> str:
    reopen_sheet(scope, agency, data.get("reason", ""), version=_number(data, "version"))
    return _("Đã mở lại để thẩm định tiếp.")


def _excuse(scope: Scope, _level: str, agency: int, data: Any) -> str:
    sheet = excuse_lateness(scope, agency, data.get("excuse", ""), version=_number(data, "version"))
    return _("Đã miễn điểm trừ nộp trễ.") if sheet.excused_reason else _("Đã bỏ miễn trừ nộp trễ.")


STEPS: dict[str, Step] = {
    "accept": _accept, "finish": _finish, "return": _return, "verify": _verify, "reopen": _reopen, "excuse": _excuse,
}  # fmt: skip


@page("check_view", methods=("POST",))
def check_step(request: HttpRequest, level: str, agency: int) -> HttpResponse:
    """One step; each asks for its own right."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    action = request.POST.get("action", "")
    back = scope.address("check_agency", level=level, agency=agency)
    if action == "note":
        return _note(request, scope, level, agency, back)
    if action not in STEPS:
        raise SuspiciousOperation("unknown action")
    try:
        messages.success(request, STEPS[action](scope, level, agency, request.POST))
    except (ScoreSheet.DoesNotExist, ScoreLine.DoesNotExist) as error:
        raise Http404 from error
    except Stale:
        messages.warning(request, _("Bảng vừa được người khác thay đổi. Xem lại bên dưới rồi làm tiếp."))
    except DomainError as error:
        return show(
            request, load_sheet(scope, level, agency), [one.sentence for one in error.problems], status=422,
        )  # fmt: skip
    return redirect(back)


def _note(request: HttpRequest, scope: Scope, level: str, agency: int, back: str) -> HttpResponse:
    loaded = load_sheet(scope, level, agency)
    line = next((one for one in loaded.lines if one.row.pk == _number(request.POST, "line")), None)
    if line is None:
        raise Http404
    try:
        write_note(scope, agency, line.criterion.pk, request.POST.get("words", ""))
    except ScoreLine.DoesNotExist as error:
        raise Refused(TALKERS) from error
    except DomainError as error:
        return show(request, loaded, [one.sentence for one in error.problems], status=422)
    return redirect(f"{back}?dong={line.row.pk}#chi-tiet")
