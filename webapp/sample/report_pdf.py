"""An invented review as a PDF, so that the demonstration shows a report beside the form: written here, and stored nowhere in the project.

Every answer of the true extract that a report would give stands in it: facts about the people, verbatim passages and recommendations
with the numbers and on the pages that the extract names. A PDF of plain text needs nothing but a few objects (ISO 32000-1, 7.5), so it is
written without a library.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from schema.template.kinds import kind_of
from schema.template.model import Field, Section, Template
from schema.template.value import Invalid, Missing, from_plain
from webapp.sample.evidence import VERBATIM
from webapp.sample.study import SampleCase

WIDTH, HEIGHT, MARGIN, SIZE, LEADING = 595, 842, 64, 11, 15
LETTERS_IN_A_LINE, LINES_ON_A_PAGE = 80, 44
FACTS_FROM, UNNUMBERED = 2, "unnumbered"
INVENTED = "An invented review. No person and no place in it exists. What no questionnaire asks for is left out, so that many pages are empty."
LESSONS, RECOMMENDATIONS = "Lessons", "Recommendations"


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph; a heading is set in bold."""

    text: str
    heading: bool = False


Pages = Mapping[int, Sequence[Paragraph]]


def report_of(case: SampleCase, template: Template) -> bytes:
    """Write the report of a case; the same case gives the same bytes."""
    return written(composed(case, template))


def composed(case: SampleCase, template: Template) -> Pages:
    """What stands on which page, from 1 without gaps."""
    answers, pages = case.truth["answers"], dict[int, list[Paragraph]]()
    pages[1] = [
        Paragraph(case.title, heading=True),
        Paragraph(f"{case.csp}. Published {case.published}."),
        Paragraph(INVENTED),
    ]
    facts = list(_facts(answers, template))
    for number, start in enumerate(range(0, len(facts), LINES_ON_A_PAGE // 2), FACTS_FROM):
        pages[number] = facts[start : start + LINES_ON_A_PAGE // 2]
    for heading, found in ((LESSONS, _passages(case)), (RECOMMENDATIONS, _recommendations(case))):
        for page, paragraph in found:
            held = pages.setdefault(page, [])
            held += (
                [paragraph]
                if Paragraph(heading, heading=True) in held
                else [Paragraph(heading, True), paragraph]
            )
    return {number: pages.get(number, []) for number in range(1, max(pages) + 1)}


def _facts(answers: Mapping[str, Any], template: Template) -> Iterator[Paragraph]:
    """Answers that are no passages, each with its question."""
    for section in template.sections:
        held = answers.get(section.key)
        if held is None or section.key in VERBATIM:
            continue
        yield Paragraph(section.label, heading=True)
        for number, row in enumerate(held if section.repeats else [held], 1):
            if section.repeats:
                yield Paragraph(f"{section.repeats.one.capitalize()} {number}", heading=True)
            yield from _said(section, row)


def _said(section: Section, row: Mapping[str, Any]) -> Iterator[Paragraph]:
    for field in section.fields:
        if field.key in row and field.kind != "long_text" and (text := _shown(field, row[field.key])):
            yield Paragraph(f"{field.label}: {text}")


def _shown(field: Field, plain: object) -> str:
    value = from_plain(plain)
    if value is None or isinstance(value, Missing | Invalid):
        return ""
    return kind_of(field).show(field, value)


def _passages(case: SampleCase) -> Iterator[tuple[int, Paragraph]]:
    """Passages in the report's own words, on the pages that the extract names; recommendations stand apart."""
    answers, evidence = case.truth["answers"], case.truth["evidence"]
    for path, note in evidence.items():
        if path.count(".") == 1:
            whole = answers.get("childhood", {}).get("childhood_extract", "")
            yield int(note["page"]), Paragraph(whole if path.endswith("childhood_extract") else note["quote"])
    for group in ("good_practice", "learning"):
        yield from ((page, Paragraph(row[VERBATIM[group]])) for page, row in _placed(answers, group))


def _recommendations(case: SampleCase) -> Iterator[tuple[int, Paragraph]]:
    for page, row in _placed(case.truth["answers"], "recommendations"):
        number = row.get("number")
        numbered = isinstance(number, str) and number != UNNUMBERED
        yield page, Paragraph(f"{number} {row['text']}" if numbered else row["text"])


def _placed(answers: Mapping[str, Any], group: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """The rows of a group that say on which page they stand: “106”, or “106, para 8.7”."""
    for row in answers.get(group, ()):
        page = row.get("page")
        first = page.partition(",")[0] if isinstance(page, str) else ""
        if first.isdecimal() and isinstance(row.get(VERBATIM[group]), str):
            yield int(first), row


def written(pages: Pages) -> bytes:
    """Write pages of paragraphs; a page that is too long goes on in smaller leading rather than on another page."""
    objects = [b"<< /Type /Catalog /Pages 2 0 R /Lang (en-GB) >>", b""]
    objects += [_font("Helvetica"), _font("Helvetica-Bold")]
    kids = []
    for number, paragraphs in pages.items():
        content = _content(number, paragraphs)
        kids.append(f"{len(objects) + 1} 0 R")
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {WIDTH} {HEIGHT}] /Contents {len(objects) + 2} 0 R "
            f"/Resources << /Font << /F1 3 0 R /F2 4 0 R >> >> >>".encode()
        )
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content))
    objects[1] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(kids)} >>".encode()
    return _file(objects)


def _font(name: str) -> bytes:
    return f"<< /Type /Font /Subtype /Type1 /BaseFont /{name} /Encoding /WinAnsiEncoding >>".encode()


def _content(number: int, paragraphs: Sequence[Paragraph]) -> bytes:
    lines = list(_lines(paragraphs))
    leading = min(float(LEADING), (HEIGHT - 2 * MARGIN) / max(len(lines), 1))
    drawn = [
        _line("F2" if heading else "F1", MARGIN, HEIGHT - MARGIN - index * leading, text)
        for index, (heading, text) in enumerate(lines)
        if text
    ]
    return b"\n".join([*drawn, _line("F1", WIDTH / 2, MARGIN / 2, str(number))])


def _lines(paragraphs: Sequence[Paragraph]) -> Iterator[tuple[bool, str]]:
    for paragraph in paragraphs:
        for line in textwrap.wrap(paragraph.text, LETTERS_IN_A_LINE):
            yield paragraph.heading, line
        yield False, ""


def _line(font: str, x: float, y: float, text: str) -> bytes:
    held = text.encode("cp1252", errors="replace")
    for sign in (b"\\", b"(", b")"):
        held = held.replace(sign, b"\\" + sign)
    return b"BT /%s %d Tf %.1f %.1f Td (%s) Tj ET" % (font.encode(), SIZE, x, y, held)


def _file(objects: Sequence[bytes]) -> bytes:
    """Put objects, their table of places and the trailer together."""
    out, places = b"%PDF-1.4\n", list[int]()
    for number, held in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, held)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    count = len(objects) + 1
    trailer = b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (count, len(out))
    return out + b"xref\n0 %d\n0000000000 65535 f \n" % count + table + trailer
