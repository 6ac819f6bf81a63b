"""Address parts."""


class YearLabel:
    """``2020`` or ``2012-2013`` in an address."""

    regex = r"[0-9]{4}(?:-[0-9]{4})?"

    def to_python(self, value: str) -> str:
        """As it stands."""
        return value

    def to_url(self, value: str) -> str:
        """As it stands."""
        return str(value)
