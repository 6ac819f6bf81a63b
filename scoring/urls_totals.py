"""Addresses of totals, acts, and one's own standing today."""

from django.urls import path

from scoring.views import acts, board, today

urlpatterns = [
    path("tong-diem/", board.board, name="board"),
    path("tong-diem/excel/", board.as_xlsx, name="board_xlsx"),
    path("tong-diem/word/", board.as_docx, name="board_docx"),
    path("tong-diem.json", board.as_json, name="board_json"),
    path("tong-diem/cong-bo/", board.board_release, name="board_release"),
    path("tong-diem/chot/", board.board_final, name="board_final"),
    path("tong-diem/mo-lai/", board.board_reopen, name="board_reopen"),
    path("tinh-diem-cum/", acts.acts, name="acts"),
    path("tinh-diem-cum/<int:number>/", acts.act_detail, name="act_detail"),
    path("hom-nay/", today.today, name="today"),
]
