"""Database to document: everything a cluster-year holds, under natural keys, in canonical order."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django.db.models import Model, Q, QuerySet

from cluster_app.yearfile import canon
from cluster_app.yearfile.shapes import CLUSTER, FORMAT, SECTIONS, VERSION, Shape, default_of
from core.models import StoredFile
from members.models import Agency, AgencyLink, Cluster, ClusterYear, Directive, RoleTerm
from movements.models import (
    Beneficiary,
    Contribution,
    Evidence,
    EvidenceVersion,
    Movement,
    MovementFile,
    Tag,
)
from publishing.models import Handover
from scoring.models import Appeal, AppealFile, CriteriaTable, Criterion, ScoreLine, ScoringAct

Item = dict[str, Any]


def document_of(year: ClusterYear) -> Item:
    """The whole document of ``year``; the number of queries does not depend on how much it holds."""
    return _Dump(year).document()


def terms_of(year: ClusterYear) -> QuerySet[RoleTerm]:
    """Terms that touch the period of ``year``, and those of its hand-over: the first that begin after it."""
    terms = RoleTerm.objects.filter(cluster=year.cluster_id)
    touching = Q(starts_on__lte=year.ends_on) & (Q(ends_on__isnull=True) | Q(ends_on__gt=year.starts_on))
    after = terms.filter(starts_on__gt=year.ends_on).order_by("starts_on").values("starts_on")[:1]
    return terms.filter(touching | Q(starts_on__in=after))


def kin_of(agencies: set[int]) -> tuple[set[int], QuerySet[AgencyLink]]:
    """The agencies with all predecessors and successors, as far as links go, and those links."""
    found, links = set(agencies), AgencyLink.objects.none()
    while True:
        links = AgencyLink.objects.filter(Q(predecessor__in=found) | Q(successor__in=found))
        pairs = links.values_list("predecessor", "successor")
        more = found.union(*pairs)
        if more == found:
            return found, links
        found = more


class _Dump:
    """One pass over a year; remembers which shared rows it met."""

    def __init__(self, year: ClusterYear) -> None:
        self.year = year
        self.met: dict[type[Model], set[int]] = {Agency: set(), Directive: set(), StoredFile: set()}
        contributions = Contribution.objects.filter(activity__year=year)
        self.names: dict[type[Model], dict[int, Any]] = {
            Agency: dict(Agency.objects.values_list("pk", "code")),
            StoredFile: dict(_files_of(year).values_list("pk", "sha256")),
            Directive: {row.pk: _directive_name(row) for row in Directive.objects.all()},
            Movement: dict(Movement.objects.filter(year=year).values_list("pk", "key")),
            Tag: dict(Tag.objects.filter(year=year).values_list("pk", "key")),
            Evidence: dict(Evidence.objects.filter(year=year).values_list("pk", "key")),
            **_names_of_scoring(year),
            Beneficiary: {
                pk: canon.clean(name)
                for pk, name in Beneficiary.objects.filter(cluster=year.cluster_id).values_list("pk", "name")
            },
            Contribution: {
                pk: {"activity": activity, "contribution": key}
                for pk, activity, key in contributions.values_list("pk", "activity__key", "key")
            },
        }

    def document(self) -> Item:
        """All sections; those without rows are absent."""
        made: Item = {"format": FORMAT, "schema": VERSION, "cluster": self.cluster(self.year.cluster)}
        made["year"] = self.item(SECTIONS["year"], self.year)
        for name, shape in SECTIONS.items():
            if shape.parent == "year":
                rows = self.tree(shape, {"year": self.year})[None]
                made[name] = (rows[0] if rows else None) if shape.single else rows
        made["role_terms"] = self.tree(SECTIONS["role_terms"], {"pk__in": terms_of(self.year).values("pk")})[
            None
        ]
        made["rotation_skips"] = self.tree(
            SECTIONS["rotation_skips"], {"cluster": self.year.cluster_id, "label": self.year.label}
        )[None]
        made["duplicate_rulings"] = self.rulings()
        made["directives"] = self.tree(SECTIONS["directives"], {"pk__in": self.met[Directive]})[None]
        made["files"] = self.tree(SECTIONS["files"], {"pk__in": self.met[StoredFile]})[None]
        agencies, links = kin_of(self.met[Agency])
        made["agencies"] = self.tree(SECTIONS["agencies"], {"pk__in": agencies})[None]
        made["agency_links"] = self.tree(SECTIONS["agency_links"], {"pk__in": links.values("pk")})[None]
        return {name: value for name, value in made.items() if value or name in ("cluster", "year")}

    def cluster(self, row: Cluster, depth: int = 10) -> Item:
        """A cluster inside its parents."""
        made = self.item(CLUSTER, row)
        if row.parent and depth:
            made["parent"] = self.cluster(row.parent, depth - 1)
        return made

    def rulings(self) -> list[Item]:
        """Pairs of gifts that are two, the one with the smaller name first."""
        shape = SECTIONS["duplicate_rulings"]
        items = self.tree(shape, {"first__activity__year": self.year})[None]
        for item in items:
            item["first"], item["second"] = sorted((item["first"], item["second"]), key=canon.sortable)
        return canon.ordered(shape, items)

    def tree(self, shape: Shape, where: dict[str, Any]) -> dict[Any, list[Item]]:
        """Items of the rows that ``where`` chooses, with their lists, by the row they belong to; in their order."""
        inner = {
            key: self.tree(child, {f"{child.parent}__{path}": value for path, value in where.items()})
            for key, child in shape.lists.items()
        }
        many = [key for key, column in shape.fields() if column.many_to_many]
        rows = shape.model._default_manager.filter(**where).order_by("pk").prefetch_related(*many)
        made: dict[Any, list[Item]] = defaultdict(list)
        for row in rows:
            item = self.item(shape, row)
            for key, lists in inner.items():
                if items := lists.get(row.pk):
                    item[key] = items
            made[getattr(row, f"{shape.parent}_id") if shape.parent not in ("", "year") else None].append(
                item
            )
        for group, items in made.items():
            made[group] = canon.ordered(shape, items)
        return made

    def item(self, shape: Shape, row: Model) -> Item:
        """The carried columns of one row."""
        made: Item = {}
        for key, column in shape.fields():
            if key == "parent" and isinstance(row, Cluster):
                continue
            value: Any
            if column.many_to_many:
                named = [self.name(column.related_model, one.pk) for one in getattr(row, key).all()]
                value = sorted(named, key=canon.sortable)
            elif column.is_relation:
                value = self.name(column.related_model, getattr(row, f"{key}_id"))
            else:
                value = canon.value_to_file(shape, key, getattr(row, key))
            if value != default_of(shape, key):
                made[key] = value
        return made

    def name(self, model: Any, pk: int | None) -> Any:
        """How the file names another row."""
        if pk is None:
            return None
        if model in self.met:
            self.met[model].add(pk)
        return self.names[model][pk]


def _names_of_scoring(year: ClusterYear) -> dict[type[Model], dict[int, Any]]:
    """A table by its version, a criterion by version and code, a line by agency, version and code, an act by number."""
    criteria = Criterion.objects.filter(table__year=year).values_list("pk", "table__version", "code")
    lines = ScoreLine.objects.filter(sheet__year=year).values_list(
        "pk", "sheet__agency__code", "criterion__table__version", "criterion__code"
    )
    return {
        CriteriaTable: dict(CriteriaTable.objects.filter(year=year).values_list("pk", "version")),
        Criterion: {pk: f"{version}/{canon.clean(code)}" for pk, version, code in criteria},
        ScoreLine: {pk: f"{agency}/{version}/{canon.clean(code)}" for pk, agency, version, code in lines},
        ScoringAct: dict(ScoringAct.objects.filter(year=year).values_list("pk", "number")),
    }


def _files_of(year: ClusterYear) -> QuerySet[StoredFile]:
    """Files that the year may name: of its activities, any paper, the cluster's terms, the year's hand-overs."""
    papers = Directive.objects.filter(file__isnull=False).values("file")
    decisions = RoleTerm.objects.filter(cluster=year.cluster_id, decision_file__isnull=False).values(
        "decision_file"
    )
    records = Handover.objects.filter(year=year, paper__isnull=False).values("paper")
    library = Evidence.objects.filter(year=year).values("file")
    replaced = EvidenceVersion.objects.filter(evidence__year=year).values("file")
    launches = MovementFile.objects.filter(movement__year=year).values("file")
    notices = Appeal.objects.filter(year=year, paper__isnull=False).values("paper")
    laid = AppealFile.objects.filter(appeal__year=year).values("file")
    wanted = Q(pk__in=papers)
    for rows in (decisions, records, library, replaced, launches, notices, laid):
        wanted |= Q(pk__in=rows)
    return StoredFile.objects.filter(wanted)


def _directive_name(row: Directive) -> Item:
    shape = SECTIONS["directives"]
    name = {key: canon.value_to_file(shape, key, getattr(row, key)) for key in shape.identity}
    return canon.without_nothing(name)
