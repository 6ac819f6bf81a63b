"""How much room there is, and how that is said. Pure."""

from __future__ import annotations

from dataclasses import dataclass

MEGABYTE, GIGABYTE = 1024**2, 1024**3


@dataclass(frozen=True, slots=True)
class Quota:
    """Bytes used of a limit."""

    used: int
    limit: int

    def fits(self, more: int) -> bool:
        """Whether so many bytes more stay within the limit; nothing more always does."""
        return more == 0 or self.used + more <= self.limit

    @property
    def words(self) -> str:
        """ "1,9/2 GB": both figures in the unit of the limit, so that they can be compared."""
        size, unit = (GIGABYTE, "GB") if self.limit >= GIGABYTE else (MEGABYTE, "MB")
        return f"{_figure(self.used / size)}/{_figure(self.limit / size)} {unit}"

    @property
    def is_nearly_full(self) -> bool:
        """Nine tenths or more are used."""
        return self.used * 10 >= self.limit * 9


def _figure(number: float) -> str:
    """One digit behind the comma, none where it would be 0; a trace of something is never nothing."""
    if 0 < number < 0.1:
        return "0,1"
    return f"{number:.1f}".removesuffix(".0").replace(".", ",")
