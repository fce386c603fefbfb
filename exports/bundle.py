"""The CSV bundle: wide and long tables, the framework and its findings, a data dictionary, and scripts that load it all."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from exports.analysis.frames import Frame, frames_of
from exports.analysis.naming import spss_names
from exports.analysis.rscript import r_script
from exports.analysis.syntax import loading
from exports.archive import pack
from exports.book import Column
from exports.cells import Cell
from exports.datapackage import GUARDED, Described, Resource, described, described_layout, write_datapackage
from exports.delimited import Delimited, file_stem
from exports.digest import joined_hash
from exports.long import COLUMNS, LongTable
from exports.sheets import codebook, cross, discrepancies, findings, frame, verification
from exports.sheets.answers import CASES, Layout, answer_rows, layouts
from exports.sheets.together import Entries
from exports.written import BANNER, Order, Written
from schema.framework.evaluate import CaseExtract, Evaluator
from schema.framework.figures import Evaluation
from schema.store.master import PilotFact
from schema.template.catalogue import catalogue

README = """{banner}

{title}: data of the signed-off cases

Made {made} by {who}. {cases} in, {out} left out. Content hash {hash}
Audit trail when it was made: {head}
{pilots}
wide/cases.csv            one row a case; wide/GROUP.csv: one row for each row of a repeating group
{entries}long.csv                  one line for each value (what = value), and for each case, group and row
discrepancies.csv         what the coders saw differently, the decision, its reason and its cause
framework.csv             one row a case: indicators 1, 0, a count, or empty where it cannot be known
findings.csv              the tables: n, valid n, percentage
{crossed}codebook.csv, code-lists.csv, datapackage.json      what every column and code means
load.R                    reads and labels all of them in R: source("load.R", chdir = TRUE)
load.sps, spss/           the same for SPSS and PSPP; the copies in spss/ have no line ends inside texts, and texts of at
                          most 32,767 bytes, because SPSS reads no others

UTF-8, fields separated by commas, lines ended by CR LF, quotation marks doubled (RFC 4180). Empty: no answer, or not asked.
{guarded}
"""
CROSSED = """cross-tables.csv          those of them that count one question by another: a line for each row and column
"""
ENTRIES = """entries/*.csv             the same for both entries and the consensus, row beneath row ("source" says which)
"""
OWN = ("long", "discrepancies", "framework", "findings", cross.NAME, "codebook", "code-lists")


@dataclass
class Bundle:
    """A bundle under construction in a folder."""

    folder: Path
    order: Order
    resources: list[Resource] = field(default_factory=list)

    def open(
        self,
        name: str,
        path: str,
        title: str,
        columns: Sequence[Column],
        fields: tuple[Described, ...] = (),
        keys: tuple[str, ...] = (),
        parent: str = "",
    ) -> Delimited:
        """Begin a file that the dictionary describes."""
        file = Delimited(self.folder, path, title, columns, self.order.bom)
        self.resources.append(Resource(name, file, fields or described(columns), keys, parent))
        return file

    def write(self, name: str, title: str, columns: Sequence[Column], rows: Iterable[Sequence[Cell]]) -> None:
        """Write a whole file."""
        file = self.open(name, f"{name}.csv", title, columns)
        for row in rows:
            file.append(row)

    def close(self) -> str:
        """End all files; gives the content hash."""
        for resource in self.resources:
            resource.file.close()
        return joined_hash({held.name: held.file.hash.hexdigest() for held in self.resources})


def write_csv(path: Path, order: Order) -> Written:
    """Write the bundle as an archive to ``path``. The study is read twice: for the tables, and for the copies for SPSS."""
    with TemporaryDirectory(dir=path.parent, prefix=".csv-") as held:
        folder = Path(held)
        bundle = Bundle(folder, order)
        plan = layouts(catalogue(order.study.templates), order.study.templates)
        evaluation = _write_cases(bundle, plan)
        _write_rest(bundle, plan, evaluation)
        content_hash = bundle.close()
        facts = {"frameworkHash": f"sha256:{evaluation.content_hash}"} if evaluation else {}
        write_datapackage(folder / "datapackage.json", order, bundle.resources, content_hash, facts)
        _write_scripts(bundle)
        _write_readme(bundle, content_hash)
        pack(folder, path)
    return Written(path, content_hash, order.study.included, evaluation)


def _write_cases(bundle: Bundle, plan: Sequence[Layout]) -> Evaluation | None:
    order, missing = bundle.order, bundle.order.study.newest.missing
    taken = set(OWN)
    wide = [(layout, _open_wide(bundle, layout, taken)) for layout in plan]
    entries = [_open_entries(bundle, layout, taken) for layout in plan] if order.entries else []
    long = bundle.open("long", "long.csv", "One line for each value", COLUMNS)
    lines = LongTable(plan, missing)
    settled = bundle.open(
        "discrepancies", "discrepancies.csv", "What the coders saw differently", discrepancies.COLUMNS
    )
    evaluator = _open_framework(bundle)
    for done, case in enumerate(order.study.cases, 1):
        for layout, file in wide:
            _append_all(file, answer_rows(layout, case, missing))
        for beside, file in entries:
            _append_all(file, beside.rows(case))
        _append_all(long, lines.lines(case))
        _append_all(settled, discrepancies.discrepancy_rows(case))
        if evaluator:
            evaluator.add(CaseExtract(case.reference, case.document, case.template))
        order.progress(done, order.study.included)
    return evaluator.result() if evaluator else None


def _append_all(file: Delimited, rows: Iterable[Sequence[Cell]]) -> None:
    for row in rows:
        file.append(row)


def _open_wide(bundle: Bundle, layout: Layout, taken: set[str]) -> Delimited:
    stem = file_stem(layout.name, taken)
    fields = described_layout(layout, bundle.order.study.newest.missing)
    keys, parent = (("case", "row_id"), CASES) if layout.group else (("case",), "")
    return bundle.open(stem, f"wide/{stem}.csv", layout.label, layout.columns(), fields, keys, parent)


def _open_entries(bundle: Bundle, layout: Layout, taken: set[str]) -> tuple[Entries, Delimited]:
    """Begin a file of both entries and the consensus."""
    entries = Entries(layout, bundle.order.study.newest.missing)
    stem = file_stem(f"{layout.name}-together", taken)
    own = described_layout(layout, entries.missing)[len(layout.leading) :]
    fields = (*described(entries.leading), *own)
    keys = ("case", "source", "row_id", "entry_row_id") if layout.group else ("case", "source")
    title = f"{layout.label}: both entries and the consensus"
    path = f"entries/{stem}.csv"
    return entries, bundle.open(stem, path, title, entries.columns(), fields, keys, CASES)


def _open_framework(bundle: Bundle) -> Evaluator | None:
    """Begin the file of indicators, which fills while the cases are counted."""
    framework = bundle.order.framework
    if framework is None:
        return None
    columns = findings.framework_columns(framework)
    file = bundle.open("framework", "framework.csv", "Indicators, one row a case", columns, keys=("case",))
    return Evaluator(framework, lambda made: file.append((made.reference, *made.values)))


def _write_rest(bundle: Bundle, plan: Sequence[Layout], evaluation: Evaluation | None) -> None:
    newest, framework = bundle.order.study.newest, bundle.order.framework
    if evaluation:
        bundle.write(
            "findings", "All lines of all tables", findings.FINDINGS, findings.findings_rows(evaluation)
        )
        if cells := list(cross.cross_rows(evaluation)):
            bundle.write(cross.NAME, cross.TITLE, cross.COLUMNS, cells)
    if verification.has_verification(bundle.order.study):
        rows = (row for case in bundle.order.study.cases for row in verification.verification_rows(case))
        bundle.write("verification", verification.TITLE, verification.COLUMNS, rows)
    columns = codebook.codebook_rows(plan, newest, framework)
    bundle.write("codebook", "What every column means", codebook.COLUMNS, columns)
    bundle.write("code-lists", "What every code means", codebook.LISTS, codebook.codelist_rows(plan, newest))
    if tables := frame.frame_tables(bundle.order.study):
        bundle.write("coding-frame", frame.TITLE, frame.COLUMNS, tables.codes())
        bundle.write(frame.CROSSWALK, frame.CROSSWALK_TITLE, frame.CROSSING, tables.crosswalk())


def _write_scripts(bundle: Bundle) -> None:
    _write(bundle.folder / "load.R", r_script(bundle.resources))
    lines = [
        "* Loads and labels the files in the folder spss. Run it in this folder.",
        "SET DECIMAL=DOT.",
        "",
    ]
    taken: set[str] = set()
    for held in frames_of(bundle.order, spss_names).frames:
        file = f"spss/{file_stem(held.name, taken)}.csv"
        _write_frame(bundle, held, file)
        lines += loading(held, file)
    _write(bundle.folder / "load.sps", lines)


def _write_frame(bundle: Bundle, frame: Frame, name: str) -> None:
    kinds = {"number": "number", "date": "date"}
    columns = [Column(held.name, held.label, kinds.get(held.kind, "text")) for held in frame.variables]
    file = Delimited(bundle.folder, name, frame.label, columns)
    for row in frame.lines():
        file.append([_on_one_line(cell) for cell in row])
    file.close()


def _on_one_line(cell: Cell) -> Cell:
    return " ".join(cell.split("\n")) if isinstance(cell, str) else cell


def _write(path: Path, lines: Iterable[str]) -> None:
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _write_readme(bundle: Bundle, content_hash: str) -> None:
    order, study = bundle.order, bundle.order.study
    text = README.format(
        banner=BANNER,
        head=study.audit_head or "not stated",
        title=study.project_title,
        made=f"{study.made_at:%Y-%m-%d %H:%M} UTC",
        who=study.made_by,
        cases=study.included,
        out=len(study.excluded),
        hash=content_hash,
        guarded=GUARDED,
        entries=ENTRIES if order.entries else "",
        pilots="".join(map(_pilot_line, study.pilots)),
        crossed=CROSSED if any(held.name == cross.NAME for held in bundle.resources) else "",
    )
    (bundle.folder / "README.txt").write_text(text, encoding="utf-8")


def _pilot_line(held: PilotFact) -> str:
    return f"Pilot, round {held.number}: {held.cases} cases, {held.signed_off} signed off, {held.placed}; decided: {held.decided}\n"
