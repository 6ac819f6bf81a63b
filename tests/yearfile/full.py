"""A year file with every key that can be written, to be changed by tests; files are real ones."""

from __future__ import annotations

import copy
import hashlib
import io
import json
from pathlib import Path
from typing import Any

from cluster_app.yearfile import canon
from cluster_app.yearfile.package import write_zip
from publishing.domain.canonical import canonical_bytes
from tests.yearfile import full_scoring

PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
PDF2 = PDF + b"% another\n"
FILES = {hashlib.sha256(content).hexdigest(): content for content in (PDF, PDF2)}
SHA, SHA2 = FILES

CONTENT = canonical_bytes({"schema": 1, "words": "Tổng kết", "figures": ["580000000"]}).decode()
CONTENT2 = canonical_bytes({"schema": 1, "words": "Tổng kết, đính chính"}).decode()
LAW = {"number": "34-CT/TW", "issuer": "Bộ Chính trị", "issued_on": "2014-04-07"}
UNDATED = {"number": "12/KH", "issuer": "Sở Nội vụ"}


def _agency(code: str, name: str, **more: Any) -> dict[str, Any]:
    return {"code": code, "kind": "central_local", "names": [{"name": name, "short_name": name}], **more}


_DOCUMENT: dict[str, Any] = {
    "format": "cluster-year",
    "schema": 4,
    "cluster": {
        "kind": "khoi",
        "name": "Khối thi đua các cơ quan Trung ương",
        "short_name": "Khối Trung ương",
        "slug": "khoi-trung-uong",
        "level": "province",
        "place": "Tỉnh Lạng Sơn",
        "parent": {
            "kind": "cum",
            "name": "Cụm miền núi phía Bắc",
            "short_name": "Cụm miền núi",
            "slug": "mien-nui",
            "level": "central",
            "place": "Miền núi phía Bắc",
            "parent": {
                "kind": "khu_vuc",
                "name": "Khu vực I",
                "short_name": "Khu vực I",
                "slug": "khu-vuc-1",
                "level": "central",
            },
        },
    },
    "year": {
        "label": "2012-2013",
        "starts_on": "2012-09-01",
        "ends_on": "2013-08-31",
        "slogan": "Đoàn kết, sáng tạo",
        "sample": True,
        "sealed_at": "2013-12-31T23:30:00.123456+07:00",
    },
    "charter": {
        "version": 3,
        "data": {"combine": "score", "ranks": "dense", "tie_break": ["bonus"], "threshold_strict": False},
        "reason": "Bỏ phiếu điện tử",
    },
    "charter_versions": [
        {"version": 1, "data": {}, "replaced_at": "2012-10-05T08:00:00+07:00"},
        {
            "version": 2,
            "data": {"ranks": "dense"},
            "reason": "Theo ý kiến các đơn vị",
            "replaced_at": "2012-11-05T08:00:00+07:00",
        },
    ],
    "agencies": [
        {
            "code": "cuc-thue",
            "kind": "central_local",
            "closed_on": "2025-03-01",
            "names": [
                {"name": "Chi cục Thuế", "short_name": "Thuế", "valid_to": "2012-12-01"},
                {
                    "name": "Cục Thuế",
                    "short_name": "Thuế",
                    "aliases": "CT; Thuế tỉnh",
                    "valid_from": "2012-12-01",
                    "valid_to": "2025-03-01",
                },
            ],
        },
        _agency("hai-quan", "Cục Hải quan"),
        _agency("kho-bac", "Kho bạc Nhà nước"),
        _agency("ngan-hang", "Ngân hàng Nhà nước"),
        _agency("so-noi-vu", "Sở Nội vụ", kind="council"),
        _agency("thong-ke", "Cục Thống kê"),
        _agency("thue-khu-vuc", "Chi cục Thuế khu vực VI"),
        _agency("thue-tinh", "Thuế tỉnh"),
    ],
    "agency_links": [
        {
            "predecessor": "cuc-thue",
            "successor": "thue-khu-vuc",
            "kind": "merge",
            "on": "2025-03-01",
            "basis": "Quyết định 381/QĐ-BTC",
        },
        {"predecessor": "thue-khu-vuc", "successor": "thue-tinh", "kind": "takeover", "on": "2025-07-01"},
    ],
    "files": [
        {"sha256": sha256, "size": len(content), "content_type": "application/pdf"}
        for sha256, content in sorted(FILES.items())
    ],
    "directives": [
        {**UNDATED, "kind": "plan", "title": "Kế hoạch tổ chức"},
        {
            **LAW,
            "kind": "directive",
            "title": "Về tiếp tục đổi mới",
            "file": SHA,
            "valid_from": "2014-04-07",
            "valid_to": "2024-01-01",
        },
    ],
    "phases": [
        {
            "kind": "prepare",
            "order": 1,
            "planned_from": "2012-09-01",
            "planned_to": "2012-09-30",
            "opened_at": "2012-09-01T08:00:00+07:00",
            "closed_at": "2012-10-01T08:00:00+07:00",
        },
        {
            "kind": "launch",
            "order": 2,
            "opened_at": "2012-10-01T08:00:00+07:00",
            "closed_at": "2012-10-02T08:00:00+07:00",
        },
        {
            "kind": "self_score",
            "order": 4,
            "planned_to": "2013-09-01",
            "moves_on": True,
            "opened_at": "2013-08-02T08:00:00+07:00",
            "closed_at": "2013-09-02T08:00:00+07:00",
            "extensions": [
                {"agency": "kho-bac", "until": "2013-09-15", "reason": "Chờ quyết toán"},
                {"agency": "hai-quan", "until": "2013-09-10", "reason": "Thiên tai"},
            ],
        },
        {"kind": "publish", "order": 5, "opened_at": "2013-10-02T08:00:00+07:00"},
    ],
    "memberships": [
        {"agency": "ngan-hang", "order": 1},
        {"agency": "cuc-thue", "order": 2, "joined_on": "2012-10-01", "left_on": "2013-06-01"},
        {"agency": "hai-quan", "order": 3},
        {"agency": "kho-bac", "order": 5},
    ],
    "carry_overs": [
        {
            "predecessor": "cuc-thue",
            "successor": "kho-bac",
            "assessed": "none",
            "decision_number": "15/QĐ-UBND",
            "decision_date": "2013-06-02",
            "note": "Kho bạc nhận phần việc còn lại",
        },
    ],
    "rotation_skips": [{"agency": "hai-quan", "label": "2012-2013", "reason": "Đang sắp xếp lại"}],
    "citations": [
        {"directive": LAW, "use": "carried_out", "order": 1},
        {"directive": LAW, "use": "next_year", "order": 1},
        {"directive": UNDATED, "use": "next_year", "order": 2},
    ],
    "role_terms": [
        {
            "agency": "ngan-hang",
            "role": "chair",
            "order": 1,
            "starts_on": "2012-09-01",
            "ends_on": "2013-02-01",
            "basis": "appointed",
            "decision_number": "12/QĐ-UBND",
            "decision_date": "2012-08-30",
            "decision_file": SHA2,
            "note": "Thay giữa năm",
        },
        {
            "agency": "cuc-thue",
            "role": "deputy",
            "order": 1,
            "starts_on": "2012-09-01",
            "ends_on": "2013-09-10",
            "basis": "elected",
        },
        {
            "agency": "hai-quan",
            "role": "deputy",
            "order": 2,
            "starts_on": "2012-09-01",
            "ends_on": "2013-02-01",
            "basis": "elected",
        },
        {
            "agency": "hai-quan",
            "role": "chair",
            "order": 1,
            "starts_on": "2013-02-01",
            "ends_on": "2013-09-10",
            "basis": "acting",
        },
        {"agency": "kho-bac", "role": "chair", "order": 1, "starts_on": "2013-09-10", "basis": "elected"},
    ],
    "movements": [
        {
            "key": "xay-dung-nong-thon",
            "order": 2,
            "title": "Chung sức xây dựng nông thôn mới",
            "slogan": "Chung sức",
            "level": "central",
            "launched_by": "Thủ tướng Chính phủ",
            "kind": "thematic",
            "starts_on": "2012-09-01",
            "ends_on": "2013-08-31",
            "decision_number": "1620/QĐ-TTg",
            "decision_date": "2011-09-27",
            "standards": "Mỗi đơn vị giúp một xã",
            "story": "Dòng một\nDòng hai",
            "answer_by": "2012-11-30",
            "directives": [UNDATED, LAW],
            "files": [
                {"key": "ke-hoach", "file": SHA2, "name": "Kế hoạch.pdf"},
                {"key": "cu", "file": SHA, "name": "Bản cũ.pdf", "removed_at": "2012-10-01T08:00:00+07:00"},
            ],
            "notices": [
                {
                    "agency": "hai-quan",
                    "sent_at": "2012-10-20T08:00:00+07:00",
                    "seen_at": "2012-10-21T08:00:00+07:00",
                },
                {
                    "agency": "kho-bac",
                    "sent_at": "2012-10-20T08:00:00+07:00",
                    "declined_at": "2012-10-25T08:00:00+07:00",
                    "decline_reason": "Không có địa bàn",
                },
            ],
            "participations": [
                {
                    "agency": "hai-quan",
                    "joined_on": "2012-11-01",
                    "local_title": "Hải quan chung sức",
                    "plan_number": "5/KH-HQ",
                    "plan_date": "2012-10-31",
                    "note": "Giúp xã Bắc Lãng",
                },
                {"agency": "cuc-thue"},
            ],
            "reviews": [
                {"kind": "interim", "held_on": "2013-03-01", "result": "Đang làm", "lessons": "Làm sớm"},
                {
                    "kind": "final",
                    "held_on": "2013-08-30",
                    "result": "Xong",
                    "shortcomings": "Chậm",
                    "counts": {"joined": 2, "money": "580000000"},
                    "closed_at": "2013-08-31T08:00:00+07:00",
                },
            ],
        },
        {
            "key": "tai-cho",
            "order": 5,
            "title": "Chung sức vì xã Bắc Lãng",
            "level": "agency",
            "agency": "hai-quan",
            "responds_to": "xay-dung-nong-thon",
            "kind": "thematic",
        },
        {
            "key": "thuong-xuyen",
            "order": 7,
            "title": "Thi đua thường xuyên",
            "level": "cluster",
            "kind": "regular",
        },
    ],
    "tags": [
        {
            "key": "nhan",
            "kind": "free",
            "label": "Vùng cao",
            "order": 1,
            "retired_at": "2013-01-01T08:00:00+07:00",
        },
        {"key": "tc", "kind": "criterion", "code": "II.3", "label": "An sinh xã hội", "order": 2},
    ],
    "library": [
        {
            "agency": "hai-quan",
            "key": "anh",
            "file": SHA,
            "name": "Biên bản.pdf",
            "note": "Bản ký",
            "tags": ["nhan", "tc"],
            "version": 2,
            "versions": [
                {
                    "number": 1,
                    "file": SHA2,
                    "name": "Biên bản nháp.pdf",
                    "replaced_at": "2012-11-25T09:00:00+07:00",
                    "reason": "Bản có dấu",
                }
            ],
        },
        {"key": "chung", "file": SHA, "name": "Ảnh chung.pdf", "removed_at": "2012-12-01T09:00:00+07:00"},
    ],
    "activities": [
        {
            "key": "ung-ho",
            "scope": "joint",
            "agency": "hai-quan",
            "movement": "xay-dung-nong-thon",
            "title": "Ủng hộ đồng bào “vùng cao”",
            "precision": "day",
            "starts_on": "2012-11-20",
            "ends_on": "2012-11-21",
            "place": "Huyện Đình Lập",
            "people": "Lãnh đạo hai đơn vị, đoàn viên",
            "attended": 45,
            "story": "Kể lại",
            "result": "Tốt",
            "tags": ["tc"],
            "is_public": True,
            "state": "confirmed",
            "submitted_at": "2012-11-22T08:00:00+07:00",
            "confirmed_at": "2012-11-23T08:00:00+07:00",
            "partners": [{"agency": "ngan-hang"}, {"agency": "cuc-thue"}],
            "contributions": [
                {
                    "key": "tong",
                    "order": 1,
                    "kind": "money",
                    "description": "Tổng số",
                    "value": 580000000,
                    "value_qualifier": "over",
                    "value_words": "trên 580 triệu đồng",
                    "contributors": [
                        {"order": 1, "agency": "hai-quan", "share": 500000000},
                        {"order": 2, "outside_name": "Văn phòng HĐND tỉnh", "share": 80000000},
                    ],
                    "confirmations": [
                        {
                            "source": "receiver",
                            "document": "Giấy cảm ơn 12",
                            "evidence": "anh",
                            "mark": "a" * 64,
                            "confirmed_at": "2012-11-23T08:00:00+07:00",
                            "withdrawn_at": "2012-11-24T08:00:00+07:00",
                        },
                        {"source": "chair", "mark": "b" * 64, "confirmed_at": "2012-11-25T08:00:00+07:00"},
                    ],
                },
                {
                    "key": "gao",
                    "order": 3,
                    "kind": "goods",
                    "description": "Gạo",
                    "quantity": "1250.25",
                    "unit": "kg",
                    "quantity_qualifier": "nearly",
                    "quantity_words": "gần 1.250,25 kg",
                    "value": 20000000,
                    "value_qualifier": "about",
                    "value_words": "khoảng 20 triệu",
                    "beneficiary": "Hộ nghèo xã Bắc Lãng",
                    "given_on": "2012-11-21",
                    "place": "Xã Bắc Lãng",
                    "purpose": "Cứu đói",
                    "part_of": {"activity": "ung-ho", "contribution": "tong"},
                    "part_state": "included",
                },
            ],
            "evidence_uses": [
                {"evidence": "anh"},
                {"evidence": "chung", "removed_at": "2012-12-01T09:00:00+07:00"},
            ],
        },
        {
            "key": "a2",
            "scope": "cluster",
            "title": "Về nguồn",
            "precision": "unknown",
            "state": "draft",
            "in_summary": False,
        },
        {
            "key": "a3",
            "scope": "agency",
            "agency": "kho-bac",
            "title": "Ngày công",
            "precision": "month",
            "starts_on": "2013-01-01",
            "ends_on": "2013-01-31",
            "state": "returned",
            "submitted_at": "2013-02-01T08:00:00+07:00",
            "returned_at": "2013-02-02T08:00:00+07:00",
            "return_reason": "Thiếu minh chứng",
            "contributions": [
                {
                    "key": "cong",
                    "order": 1,
                    "kind": "workdays",
                    "description": "Ngày công",
                    "quantity": "30",
                    "unit": "công",
                    "beneficiary": "Hộ nghèo xã Bắc Lãng",
                    "part_of": {"activity": "ung-ho", "contribution": "tong"},
                    "part_state": "unknown",
                }
            ],
        },
    ],
    "duplicate_rulings": [
        {
            "first": {"activity": "a3", "contribution": "cong"},
            "second": {"activity": "ung-ho", "contribution": "gao"},
            "reason": "Hai đợt khác nhau",
        }
    ],
    "pledges": [
        {
            "title": "Giao ước thi đua năm 2012-2013",
            "preamble": "Các đơn vị cùng ký",
            "place": "Cục Hải quan",
            "signing_on": "2012-10-01",
            "state": "closed",
            "mark": "c" * 64,
            "opened_at": "2012-09-20T08:00:00+07:00",
            "closed_at": "2012-10-01T10:00:00+07:00",
            "clauses": [{"order": 1, "text": "Hoàn thành nhiệm vụ"}, {"order": 2, "text": "Đoàn kết"}],
            "signatures": [
                {
                    "agency": "kho-bac",
                    "signed_at": "2012-09-25T08:00:00+07:00",
                    "mark": "d" * 64,
                    "lapsed_at": "2012-09-26T08:00:00+07:00",
                },
                {
                    "agency": "hai-quan",
                    "signed_at": "2012-10-01T08:00:00+07:00",
                    "post": "Cục trưởng",
                    "mark": "c" * 64,
                },
            ],
        }
    ],
    "registrations": [
        {
            "agency": "hai-quan",
            "state": "accepted",
            "note": "Đã họp đơn vị",
            "sent_at": "2012-10-02T08:00:00+07:00",
            "accepted_at": "2012-10-03T08:00:00+07:00",
            "targets": [
                {
                    "key": "thu",
                    "order": 1,
                    "content": "Thu ngân sách",
                    "unit": "tỷ đồng",
                    "plan": "1200",
                    "plan_words": "1.200",
                    "actual": "1250.5",
                    "actual_qualifier": "over",
                    "actual_words": "trên 1.250,5",
                    "actual_on": "2013-08-01",
                    "movement": "thuong-xuyen",
                    "note": "Theo dự toán",
                },
                {
                    "key": "chenh",
                    "order": 2,
                    "content": "Chênh lệch tồn đọng",
                    "unit": "%",
                    "direction": "lower",
                    "plan": "-2.5",
                    "actual": "0",
                },
                {"key": "khong", "order": 3, "content": "Tin bài", "unit": "bài"},
            ],
            "titles": [
                {
                    "order": 1,
                    "holder": "collective",
                    "title": "Tập thể lao động xuất sắc",
                    "count": 2,
                    "note": "Hai phòng",
                },
                {"order": 2, "holder": "person", "title": "Lao động tiên tiến", "count": 40},
            ],
        },
        {
            "agency": "kho-bac",
            "state": "returned",
            "sent_at": "2012-10-02T08:00:00+07:00",
            "returned_at": "2012-10-03T08:00:00+07:00",
            "return_reason": "Thiếu chỉ tiêu",
        },
    ],
    "rankings": [
        {"revision": 1, "method": "deliberation", "entries": [{"agency": "ngan-hang", "rank": 1}]},
        {
            "revision": 2,
            "method": "vote",
            "decided_on": "2013-09-10",
            "note": "Bỏ phiếu",
            "reason": "Đính chính",
            "act": 1,
            "entries": [
                {
                    "agency": "hai-quan",
                    "rank": 1,
                    "points": "92.25",
                    "votes": 3,
                    "grade": "Xuất sắc",
                    "why": {"by": "points"},
                    "note": "Nhất",
                },
                {"agency": "ngan-hang", "rank": 1, "points": "92.25"},
                {"agency": "kho-bac"},
            ],
        },
    ],
    "conferences": [
        {"kind": "midterm", "title": "Sơ kết", "held_on": "2013-03-01", "place": "Trực tuyến"},
        {
            "kind": "final",
            "title": "Tổng kết",
            "held_on": "2013-09-10",
            "place": "Cục Hải quan",
            "host": "hai-quan",
            "note": "Ghi chú",
            "attendance": [
                {"kind": "guest", "order": 1, "agency": "so-noi-vu", "office": "Phó Giám đốc"},
                {"kind": "member", "order": 1, "agency": "ngan-hang", "office": "Đại diện lãnh đạo"},
            ],
            "moments": [
                {
                    "order": 1,
                    "kind": "opening",
                    "office": "Cục trưởng",
                    "agency": "hai-quan",
                    "note": "Khai mạc",
                },
                {"order": 4, "kind": "other"},
            ],
            "elected": [
                {"for_label": "2013-2014", "role": "chair", "order": 1, "agency": "kho-bac"},
                {"for_label": "2013-2014", "role": "deputy", "order": 1, "agency": "hai-quan"},
            ],
        },
    ],
    "texts": [
        {"key": "mo-dau", "kind": "overview", "order": 1, "text": "Mở đầu"},
        {"key": "ket", "kind": "direction", "order": 1, "text": "Phương hướng"},
    ],
    "summaries": [
        {
            "number": 1,
            "schema": 1,
            "content": CONTENT,
            "sha256": hashlib.sha256(CONTENT.encode()).hexdigest(),
            "published_at": "2013-10-03T09:00:00+07:00",
            "published_by": "hai-quan",
        },
        {
            "number": 2,
            "schema": 1,
            "content": CONTENT2,
            "sha256": hashlib.sha256(CONTENT2.encode()).hexdigest(),
            "published_at": "2013-10-04T09:00:00+07:00",
            "published_by": "thong-ke",
            "reason": "Đính chính",
        },
    ],
    "handovers": [
        {
            "from_agency": "ngan-hang",
            "to_agency": "hai-quan",
            "effective_on": "2013-02-01",
            "giver_note": "Giữa năm",
            "receiver_note": "Đã nhận đủ",
            "giver_signed_at": "2013-02-01T08:00:00+07:00",
            "giver_post": "Phó Giám đốc",
            "giver_mark": "a1",
            "receiver_signed_at": "2013-02-01T09:00:00+07:00",
            "receiver_post": "Cục trưởng",
            "receiver_mark": "a1",
            "frozen_at": "2013-02-01T09:00:00+07:00",
            "content": CONTENT,
            "sha256": hashlib.sha256(CONTENT.encode()).hexdigest(),
            "paper": SHA2,
            "ticks": [
                {"side": "giver", "item": "open", "mark": "b1", "at": "2013-02-01T07:00:00+07:00"},
                {"side": "receiver", "item": "open", "mark": "b1", "at": "2013-02-01T08:30:00+07:00"},
            ],
        },
        {
            "from_agency": "hai-quan",
            "to_agency": "kho-bac",
            "effective_on": "2013-09-10",
            "giver_note": "Đang làm",
        },
    ],
    **full_scoring.sections(SHA2),
}


def document() -> dict[str, Any]:
    """A fresh copy in canonical form."""
    return canon.normal_document(copy.deepcopy(_DOCUMENT))


def as_zip(made: dict[str, Any], files: dict[str, bytes] | None = None) -> bytes:
    """The package with its files."""
    target = io.BytesIO()
    try:
        document = canon.to_bytes(made)
    except UnicodeEncodeError:  # half of a pair can only be written with its number
        document = json.dumps(made).encode()
    write_zip(target, document, sorted((FILES if files is None else files).items()))
    return target.getvalue()


def put(folder: Path, content: bytes | dict[str, Any], name: str = "nam.zip") -> Path:
    """A file on disk; a document is written as it stands, with its files."""
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else as_zip(content))
    return path


def put_json(folder: Path, made: Any, name: str = "year.json") -> Path:
    """A bare document."""
    return put(folder, json.dumps(made, ensure_ascii=False).encode(), name)
