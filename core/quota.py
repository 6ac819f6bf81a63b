"""How much room there is, and how that is said. Pure."""

from __future__ import annotations

from dataclasses import dataclass

_UNITS = ((1024**3, "GB"), (1024**2, "MB"), (1024, "KB"))


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
        """ "1,9/2 GB"; a use too small for the unit of the limit has its own: "40 MB/2 GB"."""
        size, unit = _unit(self.limit)
        if self.used == 0 or self.used * 10 >= size:
            return f"{_figure(self.used / size)}/{_figure(self.limit / size)} {unit}"
        own, name = _unit(self.used)
        return f"{_figure(max(self.used / own, 0.1))} {name}/{_figure(self.limit / size)} {unit}"

    @property
    def is_nearly_full(self) -> bool:
        """Nine tenths or more are used."""
        return self.used * 10 >= self.limit * 9


def _unit(size: int) -> tuple[int, str]:
    """The largest unit that is not larger than ``size``; KB at least."""
    return next((unit for unit in _UNITS if size >= unit[0]), _UNITS[-1])


def _figure(number: float) -> str:
    """One digit behind the comma, none where it would be 0."""
    return f"{number:.1f}".removesuffix(".0").replace(".", ",")
