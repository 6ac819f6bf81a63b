"""The tree of a table for the calculation: children, leaves beneath, stated maxima. Pure: no Django."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from scoring.domain.derive import ZERO, part_of
from scoring.domain.shapes import LATENESS, Leaf, Node, Section


class Tree:
    """Nodes in the order given; a node whose parent is not among them stands at the top."""

    def __init__(self, nodes: Iterable[Node]) -> None:
        """Index the nodes by key and by code; ``ValueError`` when two have one code."""
        self.nodes = tuple(nodes)
        self.by_code = {one.code: one for one in self.nodes}
        if len(self.by_code) != len(self.nodes):
            raise ValueError("two nodes of one code")
        by_key = {one.key: one for one in self.nodes}
        self._children: dict[str | None, list[Node]] = {}
        self._parents: dict[str, Section] = {}
        for one in self.nodes:
            parent = by_key.get(one.parent)
            if isinstance(parent, Section):
                self._parents[one.code] = parent
            self._children.setdefault(parent.key if isinstance(parent, Section) else None, []).append(one)
        self._under: dict[str, list[Leaf]] = {}
        self._stated: dict[tuple[str | None, str], Decimal] = {}
        self.leaves = tuple(one for one in self.nodes if isinstance(one, Leaf))
        self.sections = tuple(one for one in self.nodes if isinstance(one, Section))
        self.lateness = next((one.code for one in self.leaves if one.rule == LATENESS), "")

    def parent(self, node: Node) -> Section | None:
        """The section a node stands in; None at the top."""
        return self._parents.get(node.code)

    def children(self, node: Node | None) -> list[Node]:
        """What stands directly in a section, None: at the top."""
        return self._children.get(None if node is None else node.key, [])

    def under(self, node: Node) -> list[Leaf]:
        """All leaves of a node at any depth; of a leaf itself."""
        if isinstance(node, Leaf):
            return [node]
        if node.code not in self._under:
            self._under[node.code] = [leaf for one in self.children(node) for leaf in self.under(one)]
        return self._under[node.code]

    def stated(self, node: Node | None, part: str) -> Decimal:
        """The maximum of a part as the table states it; where a section states none, that of its children."""
        if isinstance(node, Leaf):
            return node.maximum if part_of(node) == part else ZERO
        if node is not None and node.part == part and node.maximum:
            return node.maximum
        key = (None if node is None else node.code, part)
        if key not in self._stated:
            self._stated[key] = sum((self.stated(one, part) for one in self.children(node)), ZERO)
        return self._stated[key]
