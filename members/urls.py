"""Addresses of this app."""

from django.urls import path

from members.views import calendar, charter, extension, members, phase

urlpatterns = [
    path("quy-che/", charter.charter_page, name="charter"),
    path("quy-che/sua/", charter.charter_edit, name="charter_edit"),
    path("quy-che/vi-du/", charter.charter_example, name="charter_example"),
    path("quy-che/ban/<int:version>/", charter.charter_version, name="charter_version"),
    path("don-vi/", members.member_list, name="member_list"),
    path("buoc/", phase.phase_advance, name="phase_advance"),
    path("buoc/lui/", phase.phase_step_back, name="phase_step_back"),
    path("buoc/mo-lai/", phase.year_reopen, name="year_reopen"),
    path("lich/", calendar.calendar_page, name="calendar"),
    path("lich/sua/", calendar.calendar_edit, name="calendar_edit"),
    path("lich/gia-han/", extension.extension_add, name="extension_add"),
    path("lich/gia-han/<int:pk>/", extension.extension_edit, name="extension_edit"),
    path("lich/gia-han/<int:pk>/thu-hoi/", extension.extension_take_back, name="extension_take_back"),
]
