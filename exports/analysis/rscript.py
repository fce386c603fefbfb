"""An R script that reads the CSV files of the bundle and labels them; base R alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from exports.datapackage import Resource

START = """# Reads the CSV files of this folder: source("load.R", chdir = TRUE)
# Each file becomes a data frame of its own name in the list `study`; columns of codes become factors in `labelled`.
# Empty cells are NA. Texts that began with a sign that spreadsheets run were written after an apostrophe, removed here.

original <- function(texts) sub("^'", "", texts)

read_table <- function(file, texts, numbers, days) {
  # Marked as UTF-8 and never converted: where R itself does not run in UTF-8, converting would lose lines.
  held <- read.csv(file, colClasses = "character", na.strings = "", check.names = FALSE, encoding = "UTF-8",
                   strip.white = FALSE)
  names(held)[1] <- sub("^\\xef\\xbb\\xbf", "", names(held)[1], useBytes = TRUE)
  held[texts] <- lapply(held[texts], original)
  held[numbers] <- lapply(held[numbers], as.numeric)
  held[days] <- lapply(held[days], as.Date)
  held
}

as_coded <- function(values, codes, labels) factor(values, levels = codes, labels = labels)

study <- list()
labelled <- list()
"""


def r_script(resources: Sequence[Resource]) -> Iterator[str]:
    """The lines of the script."""
    yield START
    for resource in resources:
        yield from _reading(resource)
        yield from _labels(resource)
        yield ""


def _reading(resource: Resource) -> Iterator[str]:
    kinds: dict[str, list[str]] = {"texts": [], "numbers": [], "days": []}
    for held in resource.fields:
        kinds[{"integer": "numbers", "number": "numbers", "date": "days"}.get(held.type, "texts")].append(
            held.name
        )
    yield f"study[[{text(resource.name)}]] <- read_table("
    yield f"  {text(resource.path)},"
    yield ",\n".join(f"  {kind} = {vector([text(name) for name in names])}" for kind, names in kinds.items())
    yield ")"


def _labels(resource: Resource) -> Iterator[str]:
    table = text(resource.name)
    yield f"labelled[[{table}]] <- study[[{table}]]"
    for held in resource.fields:
        if held.labels:
            codes = vector([str(code) for code in held.labels])
            labels = vector([text(label) for label in unique_labels(held.labels)])
            name = text(held.name)
            yield f"labelled[[{table}]][[{name}]] <- as_coded(study[[{table}]][[{name}]],"
            yield f"  {codes},"
            yield f"  {labels})"
        if held.title:
            yield f'attr(labelled[[{table}]][[{text(held.name)}]], "label") <- {text(held.title)}'


def unique_labels(labels: dict[int, str]) -> list[str]:
    """Labels in order; those that occur twice carry their code, so that no two categories fall together."""
    held = list(labels.values())
    return [f"{label} ({code})" if held.count(label) > 1 else label for code, label in labels.items()]


def vector(parts: Sequence[str]) -> str:
    """An R vector."""
    return f"c({', '.join(parts)})" if parts else "character(0)"


def text(held: str) -> str:
    """An R string in ASCII: quotation marks and backslashes escaped, line ends written as such, all else beyond ASCII by its number.

    A script is read in the encoding that R runs in; an escaped sign is the same in each.
    """
    escaped = held.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    return f'"{"".join(sign if sign.isascii() else _numbered(sign) for sign in escaped)}"'


def _numbered(sign: str) -> str:
    return f"\\u{ord(sign):04x}" if ord(sign) < 0x10000 else f"\\U{ord(sign):08x}"
