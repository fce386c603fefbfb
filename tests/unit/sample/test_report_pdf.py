"""The reports of the demonstration: read as any PDF is, and holding what the true extract took from them."""

from __future__ import annotations

from pathlib import Path

from schema.report.suggest import suggestions
from schema.template.shipped import load_shipped
from webapp.reports.apart import read_pages
from webapp.sample.halfway import halfway
from webapp.sample.report_pdf import Paragraph, composed, report_of, written


def _text(path: Path) -> dict[int, str]:
    return {page.number: " ".join(line.text for line in page.lines) for page in read_pages(path)}


def test_a_report_holds_passages_and_recommendations_on_the_pages_that_the_extract_names(
    tmp_path: Path,
) -> None:
    template = load_shipped("dhr-childrens-services", 1)
    case = max((one.case for one in halfway()), key=lambda one: len(one.truth["answers"]["recommendations"]))
    path = tmp_path / "report.pdf"
    path.write_bytes(report_of(case, template))
    assert path.read_bytes() == report_of(case, template)
    pages = read_pages(path)
    texts = {page.number: " ".join(" ".join(line.text for line in page.lines).split()) for page in pages}
    assert len(texts) == len(composed(case, template))
    rows = case.truth["answers"]["recommendations"]
    placed = [row for row in rows if str(row.get("page", "")).isdecimal()]
    assert placed
    for row in placed:
        assert " ".join(row["text"].split())[:60] in texts[int(row["page"])]
    wanted = {row["number"] for row in placed if row.get("number") != "unnumbered"}
    found = {one.number for one in suggestions(pages)}
    assert len(wanted & found) >= 0.8 * len(wanted)


def test_signs_that_a_pdf_gives_a_meaning_stay_what_they_are(tmp_path: Path) -> None:
    path = tmp_path / "report.pdf"
    path.write_bytes(written({1: [Paragraph("A (b\\) £5 – “quoted” (c", heading=True)], 2: []}))
    assert "A (b\\) £5 – “quoted” (c" in _text(path)[1]
    assert _text(path)[2] == "2"
