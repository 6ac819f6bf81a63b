"""Clusters, agencies, years, roles, people."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MembersConfig(AppConfig):
    """Registers the scope loader and the rights of this app."""

    name = "members"
    verbose_name = _("Cụm thi đua và thành viên")

    def ready(self) -> None:
        """Register what core asks for."""
        from core import accounts, login, second_factor
        from core.access import add_gate, set_office_loader, set_scope_loader
        from members import carried, council, examples, eyes, kinds, rules  # noqa: F401 - models must be loaded

        set_scope_loader(eyes.scope_for)
        set_office_loader(council.load)
        add_gate(login.gate_of_remembered)
        add_gate(second_factor.gate_of_scope)
        second_factor.set_kinds_loader(kinds.kinds_today)
        accounts.set_never_remembered(lambda user: bool(second_factor.kinds_today(user)))
