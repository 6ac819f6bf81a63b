"""The scoring part of the file with every key: two versions of a table, a sheet at three levels, acts, appeals."""

from __future__ import annotations

from typing import Any

LEVELS = {"key": "tot", "label": "Tốt", "points": "2", "zeroes": ""}


def _criteria(*more: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {"key": "c1", "code": "I", "order": 1, "title": "Chuyên môn", "rule": "section", "maximum": "12"},
        {
            "key": "c2", "parent": "1/I", "code": "I.1", "order": 2, "title": "Thu ngân sách",
            "rule": "relative",
            "maximum": "10", "guide": "So với chỉ tiêu được giao", "unit": "tỷ đồng", "better": "lower",
            "step": "0.25", "places": 3, "params": {"base_share": "1/2"}, "evidence": "required",
            "scored_by": "outside", "scorer": "so-noi-vu", "applies_to": ["central_local"],
            "due_on": "2013-08-15",
            "former_code": "I.a",
        },
        {
            "key": "c3", "parent": "1/I", "code": "I.2", "order": 3, "title": "Cải cách hành chính",
            "rule": "levels",
            "maximum": "2", "params": {"choices": [LEVELS]},
        },
        {
            "key": "c4", "code": "II", "order": 4, "title": "Điểm thưởng", "rule": "section", "part": "bonus",
            "maximum": "10",
        },
        *more,
    ]  # fmt: skip


def _second(item: dict[str, Any]) -> dict[str, Any]:
    return item | ({"parent": item["parent"].replace("1/", "2/")} if "parent" in item else {})


FIXED: dict[str, Any] = {
    "associates": [{"agency": "so-noi-vu", "note": "Chấm cải cách hành chính"}],
    "criteria_tables": [
        {
            "version": 1, "title": "Bảng tiêu chí", "state": "replaced", "source": "Quyết định của tỉnh",
            "applied_at": "2012-09-10T08:00:00+07:00", "replaced_at": "2013-01-10T08:00:00+07:00",
            "criteria": _criteria(),
        },
        {
            "version": 2, "title": "Bảng tiêu chí", "state": "applied", "settings": {"bonus_cap": "10"},
            "sum_decision": "Giữ theo văn bản của tỉnh", "decision_number": "12/QĐ",
            "decision_date": "2013-01-09",
            "reason": "Theo hướng dẫn mới", "is_shared": False, "applied_at": "2013-01-10T08:00:00+07:00",
            "criteria": [
                _second(one)
                for one in _criteria(
                    {
                        "key": "c5", "parent": "1/II", "code": "II.1", "order": 5,
                        "title": "Sáng kiến", "rule": "bonus",
                        "part": "bonus", "maximum": "5", "params": {"each": "2.5"}, "evidence": "none",
                    }
                )
            ],
        },
    ],
    "scoring": {
        "released_at": "2013-09-02T08:00:00+07:00", "appeals_until": "2013-09-09",
        "final_at": "2013-09-10T07:00:00+07:00",
    },
    "assignments": [
        {"level": "cross", "scorer": "kho-bac", "subject": "hai-quan", "section": "I",
         "finished_at": "2013-08-30T08:00:00+07:00"},
        {"level": "cross", "scorer": "ngan-hang", "subject": "kho-bac"},
    ],
    "score_sheets": [
        {
            "agency": "hai-quan", "table": 2, "state": "verified", "size": "120",
            "sent_at": "2013-08-21T08:00:00+07:00",
            "posted_on": "2013-08-20", "days_late": 1, "excused_reason": "Bão số 3",
            "excused_by": "ngan-hang",
            "returned_at": "2013-08-25T08:00:00+07:00", "return_reason": "Thiếu minh chứng",
            "verified_at": "2013-08-31T08:00:00+07:00",
            "lines": [
                {"criterion": "1/I.1"},
                {
                    "criterion": "2/I.1", "explanation": "Có mưa bão", "citation": "Báo cáo 15/BC",
                    "returned_at": "2013-08-25T08:00:00+07:00", "return_reason": "Chưa rõ nguồn",
                    "entries": [
                        {"level": "self", "scorer": "hai-quan", "facts": {"actual": "90",
                         "target": "100"},
                         "is_current": False, "created_at": "2013-08-20T08:00:00+07:00"},
                        {"level": "self", "scorer": "hai-quan", "points": "8",
                         "facts": {"actual": "95", "target": "100"},
                         "source": "imported", "created_at": "2013-08-21T08:00:00+07:00"},
                        {"level": "verify", "scorer": "ngan-hang", "points": "7.5",
                         "facts": {"points": "7.5"},
                         "reason": "Thiếu một báo cáo", "created_at": "2013-08-30T08:00:00+07:00"},
                    ],
                    "evidence": [
                        {"evidence": "anh"}, {"evidence": "chung",
                         "removed_at": "2013-08-22T08:00:00+07:00"},
                    ],
                    "notes": [
                        {"agency": "ngan-hang", "words": "Số này từ đâu?",
                         "created_at": "2013-08-24T08:00:00+07:00"},
                    ],
                },
                {
                    "criterion": "2/I.2",
                    "entries": [
                        {"level": "self", "scorer": "hai-quan", "points": "2", "mark": "not_arisen",
                         "reason": "Không được giao", "created_at": "2013-08-21T08:00:00+07:00"},
                    ],
                },
                {"criterion": "2/II.1"},
            ],
        },
        {"agency": "kho-bac", "table": 2, "state": "draft"},
    ],
    "scoring_acts": [
        {
            "number": 1, "table": 2, "included": ["hai-quan"], "missing": ["kho-bac"],
            "inputs": {"I.1": {"hai-quan": {"actual": "95", "target": "100"}}},
            "results": {"I.1": {"hai-quan": {"points": "8", "mark": "95|100"}}}, "mark": "a" * 64,
            "note": "Lần đầu",
            "agency": "ngan-hang", "created_at": "2013-09-01T08:00:00+07:00",
        }
    ],
    "adjustments": [
        {
            "key": "a1", "agency": "hai-quan", "kind": "bonus", "points": "5",
            "ground": "Được tặng Cờ thi đua",
            "award": "Cờ thi đua cấp Bộ năm 2013", "paper_number": "15/QĐ",
            "paper_date": "2013-06-01", "evidence": "anh",
            "state": "approved", "proposer": "ngan-hang", "proposed_at": "2013-08-26T08:00:00+07:00",
            "decider": "kho-bac", "decided_at": "2013-08-27T08:00:00+07:00",
            "decision_reason": "Đúng căn cứ",
        },
        {
            "key": "a2", "agency": "kho-bac", "kind": "zero", "criterion_code": "I.2",
            "ground": "Vi phạm",
            "state": "proposed", "proposer": "ngan-hang", "proposed_at": "2013-08-26T08:00:00+07:00",
        },
        {
            "key": "a3", "agency": "kho-bac", "kind": "grade_limit", "grade": "Tốt",
            "ground": "Nộp trễ nhiều lần",
            "state": "withdrawn", "proposer": "ngan-hang", "proposed_at": "2013-08-26T08:00:00+07:00",
        },
    ],
    "score_notices": [
        {
            "agency": "hai-quan", "kind": "appeal", "words": "Đã giải quyết kiến nghị",
            "line": "hai-quan/2/I.1",
            "created_at": "2013-09-05T08:00:00+07:00", "seen_at": "2013-09-06T08:00:00+07:00",
        }
    ],
}  # fmt: skip


def sections(paper: str) -> dict[str, Any]:
    """Every section of scoring; ``paper`` is the SHA-256 of a file of the package."""
    return FIXED | {
        "appeals": [
            {
                "key": "k1", "line": "hai-quan/2/I.1", "filer": "hai-quan",
                "filed_at": "2013-09-03T08:00:00+07:00",
                "words": "Đề nghị xem lại số liệu", "wanted": "8", "state": "partly", "decider": "ngan-hang",
                "decided_at": "2013-09-05T08:00:00+07:00", "decision": "Chấp nhận một phần",
                "points_before": "7",
                "points_after": "7.5", "effect": {"total": ["91.5", "92"]}, "number": 1, "paper": paper,
                "files": [{"agency": "hai-quan", "file": paper, "name": "Công văn.pdf"}],
                "replies": [
                    {"agency": "ngan-hang", "words": "Đã nhận", "created_at": "2013-09-04T08:00:00+07:00"},
                ],
            }
        ],
    }  # fmt: skip
