"""Addresses of the criteria table."""

from django.urls import path

from scoring.views import tables, tables_apply, tables_edit, tables_row, tables_settings

urlpatterns = [
    path("tieu-chi/", tables.criteria, name="criteria"),
    path("tieu-chi/ban/<int:pk>/", tables.version, name="criteria_version"),
    path("tieu-chi/so-sanh/", tables.comparison, name="criteria_compare"),
    path("tieu-chi/thu-vien/", tables.library, name="criteria_library"),
    path("tieu-chi/mo-phong/", tables.simulation, name="criteria_simulate"),
    path("tieu-chi/moi/", tables_edit.start, name="criteria_start"),
    path("tieu-chi/soan/", tables_edit.editor, name="criteria_edit"),
    path("tieu-chi/soan/sap-xep/", tables_edit.arrange, name="criteria_arrange"),
    path("tieu-chi/soan/thong-tin/", tables_edit.head, name="criteria_head"),
    path("tieu-chi/soan/cach-tinh/", tables_settings.settings, name="criteria_settings"),
    path("tieu-chi/soan/ap-dung/", tables_apply.apply, name="criteria_apply"),
    path("tieu-chi/soan/bo/", tables_edit.drop, name="criteria_drop"),
    path("tieu-chi/soan/<int:pk>/", tables_row.criterion, name="criteria_row"),
    path("tieu-chi/soan/<int:pk>/xoa/", tables_edit.remove, name="criteria_remove"),
]
