"""The ranks of past years: a higher app that ranks tells, so that a charter may rotate by rank."""

from __future__ import annotations

from collections.abc import Callable

Standings = dict[str, dict[int, int]]
Source = Callable[[int], Standings]
_sources: list[Source] = []


def source(function: Source) -> Source:
    """Register a function: id of a cluster → label of a year → agency → rank."""
    _sources.append(function)
    return function


def standings(cluster_id: int) -> Standings:
    """Every rank that is known of a cluster; a constant number of queries."""
    found: Standings = {}
    for function in _sources:
        for label, ranks in function(cluster_id).items():
            found.setdefault(label, {}).update(ranks)
    return found
