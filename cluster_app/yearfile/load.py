"""Document to database: all or nothing, in one transaction, with one line of audit.

A year that is there already is compared and never written over; shared rows (agencies, papers, terms, receivers) that
are there already must say the same. At the end the year is dumped again and compared with the file, so that what was
loaded is what the file says.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from io import BytesIO
from pathlib import Path as FilePath
from typing import Any, Final

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import DatabaseError, models, transaction
from django.utils.translation import gettext as _

from cluster_app.yearfile.check import check
from cluster_app.yearfile.compare import differences
from cluster_app.yearfile.dump import document_of
from cluster_app.yearfile.package import Package, YearFileError, open_package, parse
from cluster_app.yearfile.rows import derive, paper, paper_of, value
from cluster_app.yearfile.schema import Path
from cluster_app.yearfile.shapes import CLUSTER, SECTIONS, Shape
from cluster_app.yearfile.sound import Findings, Sound
from cluster_app.yearfile.upgrade import upgraded
from core import audit, files
from core.folding import fold
from core.models import StoredFile
from members.domain.terms import check_terms, lock_cluster, short_names, terms_of
from members.models import (
    Agency,
    AgencyLink,
    Cluster,
    ClusterYear,
    Directive,
    RoleTerm,
    RotationSkip,
)
from movements.domain.search_text import activity_search, movement_search
from movements.models import Activity, Beneficiary, Contribution, Evidence, Movement, Tag
from publishing import memory
from scoring.models import CriteriaTable, Criterion, ScoreLine, ScoringAct

Item = Mapping[str, Any]
LATER: Final = (
    "part_of",
    "part_state",
    "responds_to",
    "parent",
)  # set once all rows of their kind are written


@dataclass
class Outcome:
    """What came of a file: the year, whether anything was written, and how many items of each section."""

    year: ClusterYear
    changed: bool
    counts: dict[str, int] = field(default_factory=dict)


def load_year(path: FilePath, *, actor_id: int | None = None) -> Outcome:
    """Load a year file, or find that it is loaded already.

    Effects in order: checks of the whole file; lock of the cluster; rows and bytes of files; comparison with the
    file; one audit event; after the commit the public pages look again. Raises ``YearFileError`` with every problem
    and its place; no row is written then.
    """
    with open_package(path) as package:
        document = upgraded(parse(package.raw))
        findings = check(document, package)
        with transaction.atomic():
            outcome = _Load(document, package, findings, actor_id).run()
            transaction.on_commit(memory.published)
        return outcome


class _Load:
    """One file being written; collects faults and gives up at the end if there is one."""

    def __init__(self, document: Item, package: Package, findings: Findings, actor_id: int | None) -> None:
        self.document, self.package, self.findings, self.actor_id = document, package, findings, actor_id
        self.named: dict[type[models.Model], dict[Any, Any]] = {
            Agency: {}, StoredFile: {}, Directive: {}, Movement: {}, Contribution: {}, Beneficiary: {}, Tag: {},
            Evidence: {}, CriteriaTable: {}, Criterion: {}, ScoreLine: {}, ScoringAct: {},
        }  # fmt: skip
        self.written: list[models.Model] = []

    def run(self) -> Outcome:
        """Write, compare, and record; raises ``YearFileError``."""
        if not (self.findings.sound(("cluster",)) and self.findings.sound(("year",))):
            raise YearFileError(self.findings.problems())
        cluster = Cluster.objects.filter(slug=self.document["cluster"]["slug"]).first()
        if cluster:
            lock_cluster(cluster.pk)
            year = ClusterYear.objects.filter(cluster=cluster, label=self.document["year"]["label"]).first()
            if year:
                return self.compare(year)
        with transaction.atomic():
            year = self.write(cluster or self.cluster(self.document["cluster"], ("cluster",)))
            if self.findings.faults or year is None:
                raise YearFileError(self.findings.problems())
            if found := list(differences(self.document, document_of(year))):
                raise YearFileError(_differ(found))
        counts = {
            name: len(self.document.get(name, [])) for name, shape in SECTIONS.items() if not shape.single
        }
        audit.record(
            audit.cluster_chain(year.cluster_id), "year_load", year, actor_id=self.actor_id, role="command",
            after={"label": year.label, "sha256": hashlib.sha256(self.package.raw).hexdigest(), "counts": counts},
        )  # fmt: skip
        return Outcome(year, True, counts)

    def compare(self, year: ClusterYear) -> Outcome:
        """The year is there: the same is fine, anything else is refused."""
        if self.findings.faults:
            raise YearFileError(self.findings.problems())
        if found := list(differences(self.document, document_of(year))):
            raise YearFileError(_differ(found))
        return Outcome(year, False)

    # -- rows ------------------------------------------------------------------------------------
    def write(self, cluster: Cluster | None) -> ClusterYear | None:
        """All rows of the file in the order in which they need each other."""
        if cluster is None:
            return None
        self.shared(cluster)
        year: Any = self.row(SECTIONS["year"], self.document["year"], ("year",), cluster=cluster)
        if year is None:
            return None
        self.no_overlap(year)
        if self.document.get("charter") and self.findings.sound(("charter",)):
            self.row(SECTIONS["charter"], self.document["charter"], ("charter",), year=year)
        for name in (
            "charter_versions", "phases", "memberships", "associates", "carry_overs", "citations", "tags", "movements",
            "library", "activities",
        ):  # fmt: skip
            self.section(name, year=year)
        self.parts()
        self.responses()
        self.section("duplicate_rulings")
        self.section("criteria_tables", year=year)
        self.criteria_parents()
        if self.document.get("scoring") and self.findings.sound(("scoring",)):
            self.row(SECTIONS["scoring"], self.document["scoring"], ("scoring",), year=year)
        for name in (
            "pledges", "registrations", "assignments", "score_sheets", "scoring_acts", "adjustments", "appeals",
            "score_notices", "rankings", "conferences", "texts", "summaries", "handovers",
        ):  # fmt: skip
            self.section(name, year=year)
        self.terms(cluster)
        self.skips(cluster)
        self.fold_search()
        return year

    def shared(self, cluster: Cluster) -> None:
        """Rows that other years use too: those that are there stay as they are, the comparison tells of differences."""
        codes = Sound(self.document, self.findings).named("agencies", "code")
        self.named[Agency] = {row.code: row for row in Agency.objects.filter(code__in=codes)}
        self.named[Directive] = {paper_of(row): row for row in Directive.objects.all()}
        self.named[Beneficiary] = {row.folded: row for row in Beneficiary.objects.filter(cluster=cluster)}
        self.cluster_row = cluster
        known = {model: set(rows) for model, rows in self.named.items()}
        self.section("agencies", skip=lambda item: item["code"] in known[Agency])
        there = set(AgencyLink.objects.values_list("predecessor__code", "successor__code"))
        self.section("agency_links", skip=lambda item: (item["predecessor"], item["successor"]) in there)
        self.files()
        self.section("directives", skip=lambda item: paper(item) in known[Directive])

    def cluster(self, item: Item, place: Path) -> Cluster | None:
        """The cluster with its parents, made where they are not there."""
        if found := Cluster.objects.filter(slug=item["slug"]).first():
            return found
        parent = self.cluster(item["parent"], (*place, "parent")) if item.get("parent") else None
        plain = {key: value for key, value in item.items() if key != "parent"}
        row: Any = self.row(CLUSTER, plain, place, parent=parent)
        return row if isinstance(row, Cluster) else None

    def section(self, name: str, skip: Any = None, **given: Any) -> None:
        """The sound items of one section."""
        if self.findings.sound((name,)):
            self.items(SECTIONS[name], self.document.get(name, []), (name,), skip, given)

    def items(self, shape: Shape, items: list[Any], place: Path, skip: Any, given: dict[str, Any]) -> None:
        for index, item in enumerate(items):
            here = (*place, index)
            if not self.findings.sound(here) or (skip and skip(item)):
                continue
            row = self.row(shape, item, here, **given)
            if row is None:
                continue
            for key, child in shape.lists.items():
                self.items(child, item.get(key, []), (*here, key), None, {child.parent: row})

    def row(self, shape: Shape, item: Item, place: Path, **given: Any) -> models.Model | None:
        """One saved row, or None with its faults noted."""
        row = shape.model(**given)
        many: dict[str, list[Any]] = {}
        for key, column in shape.fields():
            if key not in item or key in LATER:
                continue
            if column.many_to_many:
                many[key] = [self.find(column.related_model, name) for name in item[key]]
            elif column.is_relation:
                if not self.point(row, key, column.related_model, item[key]):
                    return None  # what it points to is broken, and said so there
            else:
                setattr(row, key, value(column, item[key]))
        derive(row)
        if not self.save(shape, row, place):
            return None
        for key, rows in many.items():
            getattr(row, key).set([one for one in rows if one is not None])
        self.remember(row)
        return row

    def point(self, row: models.Model, key: str, model: Any, name: Any) -> bool:
        """Set a reference; False when nothing bears the name."""
        if name is None:
            return True
        if model is Beneficiary and fold(name) not in self.named[Beneficiary]:
            made = Beneficiary.objects.create(cluster=self.cluster_row, name=name, folded=fold(name)[:300])
            self.named[Beneficiary][fold(name)] = made
        found = self.find(model, name)
        setattr(row, key, found)
        return found is not None

    def find(self, model: Any, name: Any) -> Any:
        """The row that bears a name of the file, or None."""
        if model is Directive:
            name = paper(name)
        elif model is Contribution:
            name = (name["activity"], name["contribution"])
        return self.named[model].get(fold(name) if model is Beneficiary else name)

    def save(self, shape: Shape, row: models.Model, place: Path) -> bool:
        """Validate as a form would, then write; the database has the last word.

        Rules that the database keeps are asked one by one only when it refused: that costs a query for each.
        """
        columns = row._meta.fields
        elsewhere = {
            column.name for column in columns if column.is_relation or isinstance(column, models.JSONField)
        }
        try:
            row.clean_fields(exclude=elsewhere | set(shape.left_out))
            with transaction.atomic():
                row.save(force_insert=True)
        except ValidationError as error:
            self.explain(error, place)
            return False
        except (DatabaseError, OverflowError) as error:
            row.pk = None
            try:
                row.validate_unique()
                row.validate_constraints()
                why = {"why": str(error).splitlines()[0]}
                self.findings.add(place, _("cơ sở dữ liệu không nhận: %(why)s") % why)
            except ValidationError as rule:
                self.explain(rule, place)
            return False
        return True

    def explain(self, error: ValidationError, place: Path) -> None:
        """Each sentence at the key it is about."""
        for key, sentences in error.message_dict.items():
            for sentence in sentences:
                self.findings.add(place if key == NON_FIELD_ERRORS else (*place, key), sentence)

    def remember(self, row: Any) -> None:
        """Under which name later items find the row."""
        if isinstance(row, Agency):
            self.named[Agency][row.code] = row
        elif isinstance(row, Directive):
            self.named[Directive][paper_of(row)] = row
        elif isinstance(row, Tag | Evidence):
            self.named[type(row)][row.key] = row
        elif isinstance(row, CriteriaTable):
            self.named[CriteriaTable][row.version] = row
        elif isinstance(row, Criterion):
            self.named[Criterion][f"{row.table.version}/{row.code}"] = row
        elif isinstance(row, ScoreLine):
            at = row.criterion
            self.named[ScoreLine][f"{row.sheet.agency.code}/{at.table.version}/{at.code}"] = row
        elif isinstance(row, ScoringAct):
            self.named[ScoringAct][row.number] = row
        elif isinstance(row, Movement):
            self.named[Movement][row.key] = row
            self.written.append(row)
        elif isinstance(row, Contribution):
            self.named[Contribution][(row.activity.key, row.key)] = row
        elif isinstance(row, Activity):
            self.written.append(row)

    def files(self) -> None:
        """Bytes under their hashes, then their rows, as an upload does; what they are was checked before."""
        for place, item in Sound(self.document, self.findings).each("files"):
            content = BytesIO(self.package.read(item["sha256"]))
            try:
                row = files.store(content, files.recognise(content, item["size"], ""))
            except OSError as error:
                self.findings.add(
                    place, _("không ghi được tệp: %(why)s.") % {"why": error.strerror or str(error)}
                )
                return
            self.named[StoredFile][row.sha256] = row

    # -- what needs more than one row ------------------------------------------------------------
    def parts(self) -> None:
        """Which contribution is part of which, once all are written."""
        sound = Sound(self.document, self.findings)
        for place, activity in list(sound.each("activities")):
            for _place, gift in sound.inside(place, activity, "contributions"):
                if not gift.get("part_of"):
                    continue
                row = self.named[Contribution].get((activity["key"], gift["key"]))
                whole = self.named[Contribution].get(
                    (gift["part_of"]["activity"], gift["part_of"]["contribution"])
                )
                if row and whole:
                    row.part_of, row.part_state = whole, gift["part_state"]
                    row.save(update_fields=["part_of", "part_state"])

    def responses(self) -> None:
        """Which movement responds to which, once all are written."""
        for _place, item in Sound(self.document, self.findings).each("movements"):
            row = self.named[Movement].get(item["key"])
            whole = self.named[Movement].get(item.get("responds_to"))
            if row and whole:
                row.responds_to = whole
                row.save(update_fields=["responds_to"])

    def criteria_parents(self) -> None:
        """Which criterion stands in which section, once all are written."""
        sound = Sound(self.document, self.findings)
        for place, table in list(sound.each("criteria_tables")):
            for _place, item in sound.inside(place, table, "criteria"):
                row = self.named[Criterion].get(f"{table['version']}/{item['code']}")
                parent = self.named[Criterion].get(item.get("parent"))
                if row and parent:
                    row.parent = parent
                    row.save(update_fields=["parent"])

    def terms(self, cluster: Cluster) -> None:
        """New terms beside those of the cluster; the rules hold for all of them together."""
        stored = {
            (row.role, row.order, row.starts_on): row for row in RoleTerm.objects.filter(cluster=cluster)
        }

        def there(item: Item) -> bool:
            return (item["role"], item["order"], date.fromisoformat(item["starts_on"])) in stored

        before = terms_of(cluster.pk)
        self.section("role_terms", skip=there, cluster=cluster)
        after = terms_of(cluster.pk)
        if len(after) > len(before) and not self.findings.faults:
            for problem in check_terms(after, [], short_names(after)):
                self.findings.add(("role_terms",), problem.sentence)

    def skips(self, cluster: Cluster) -> None:
        """Whom the planner passes over in this year; those that are there stay as they are."""
        rows = RotationSkip.objects.filter(cluster=cluster).values_list("agency__code", "label")
        stored = set(rows)
        self.section(
            "rotation_skips", skip=lambda item: (item["agency"], item["label"]) in stored, cluster=cluster
        )

    def no_overlap(self, year: ClusterYear) -> None:
        """Years of one cluster follow each other."""
        others = ClusterYear.objects.filter(cluster=year.cluster_id).exclude(pk=year.pk)
        other = others.filter(starts_on__lte=year.ends_on, ends_on__gte=year.starts_on).first()
        if other:
            self.findings.add(
                ("year", "starts_on"), _("trùng thời gian với năm %(label)s.") % {"label": other.label}
            )

    def fold_search(self) -> None:
        """The text that lists search in."""
        for row in self.written:
            text = activity_search(row) if isinstance(row, Activity) else movement_search(row)  # type: ignore[arg-type]
            type(row)._default_manager.filter(pk=row.pk).update(search=text)


def _differ(found: list[tuple[Path, str]]) -> Any:
    findings: Final = Findings()
    for place, sentence in found:
        findings.add(place, sentence)
    return findings.problems()
