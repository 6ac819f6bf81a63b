"""Addresses of this app."""

from django.urls import path

from members.views import calendar, changes, charter, extension, invitation, members, people, phase, view_as

urlpatterns = [
    path("quy-che/", charter.charter_page, name="charter"),
    path("quy-che/sua/", charter.charter_edit, name="charter_edit"),
    path("quy-che/vi-du/", charter.charter_example, name="charter_example"),
    path("quy-che/ban/<int:version>/", charter.charter_version, name="charter_version"),
    path("don-vi/", members.member_list, name="member_list"),
    path("don-vi/thay-doi/", changes.member_changes, name="member_changes"),
    path("buoc/", phase.phase_advance, name="phase_advance"),
    path("buoc/lui/", phase.phase_step_back, name="phase_step_back"),
    path("buoc/mo-lai/", phase.year_reopen, name="year_reopen"),
    path("lich/", calendar.calendar_page, name="calendar"),
    path("lich/sua/", calendar.calendar_edit, name="calendar_edit"),
    path("lich/gia-han/", extension.extension_add, name="extension_add"),
    path("lich/gia-han/<int:pk>/", extension.extension_edit, name="extension_edit"),
    path("lich/gia-han/<int:pk>/thu-hoi/", extension.extension_take_back, name="extension_take_back"),
    path("nguoi-dung/", people.people, name="people"),
    path("nguoi-dung/moi/", invitation.invitation_add, name="invitation_add"),
    path("nguoi-dung/moi/<int:pk>/thu-hoi/", invitation.invitation_revoke, name="invitation_revoke"),
    path("nguoi-dung/<int:pk>/", people.person, name="person"),
    path("nguoi-dung/<int:pk>/them/", people.person_add, name="person_add"),
    path("nguoi-dung/<int:pk>/sua/", people.person_edit, name="person_edit"),
    path("nguoi-dung/<int:pk>/thoi/", people.person_end, name="person_end"),
    path("nguoi-dung/<int:pk>/lam-thay/", people.person_stand_in, name="person_stand_in"),
    path("nguoi-dung/<int:pk>/mat-khau/", invitation.person_password, name="person_password"),
    path("nguoi-dung/<int:pk>/xem-nhu/", view_as.view_as_start, name="view_as_start"),
]
