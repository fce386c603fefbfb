"""What a reader should know before trusting a figure: one sentence for each, none where all is well."""

from __future__ import annotations

from collections.abc import Iterator

from schema.coding.agreement.by_field import Caution, FieldAgreement, is_coded
from schema.coding.agreement.estimate import Estimate, pooled
from schema.coding.agreement.nominal import bias_index_of, prevalence

PREVAILING = 0.8
APART = 0.2
"""AC1 this far above kappa, with one code prevailing: the paradox of Feinstein & Cicchetti (1990)."""
BIAS = 0.15
FEW_POSITIONS = 20
SPARSE = 5
UNPAIRED = 0.1


def cautions_of(held: FieldAgreement) -> tuple[Caution, ...]:
    """Cautions about one field's figures.

    Kappa is misleading where one code makes up 80% of the ratings and AC1 is more than 0.2 above it (Feinstein, A. R. &
    Cicchetti, D. V. (1990). High agreement but low kappa. Journal of Clinical Epidemiology 43, 543-549); figures are uncertain
    on fewer than 20 positions or where a code was given fewer than 5 times; matched rows flatter where more than a
    tenth of the rows stand alone.
    """
    return tuple(_found(held)) if held.n else ()


def _found(held: FieldAgreement) -> Iterator[Caution]:
    yield from _prevalence(held)
    yield from _bias(held)
    if held.n < FEW_POSITIONS:
        were = "position was" if held.n == 1 else "positions were"
        yield Caution("few positions", f"Only {held.n} {were} compared.")
    yield from _sparse(held)
    yield from _unpaired(held)


def _prevalence(held: FieldAgreement) -> Iterator[Caution]:
    known = isinstance(held.kappa, Estimate) and isinstance(held.ac1, Estimate)
    if not known or not is_coded(held.field):
        return
    share = prevalence(held.table)
    assert isinstance(held.kappa, Estimate)
    assert isinstance(held.ac1, Estimate)
    if share >= PREVAILING and held.ac1.value - held.kappa.value > APART:
        yield Caution(
            "one code prevails",
            f"One code makes up {share:.0%} of the answers, which pulls kappa down: read AC1.",
        )


def _bias(held: FieldAgreement) -> Iterator[Caution]:
    if not is_coded(held.field):
        return
    bias = bias_index_of(held.table)
    if isinstance(bias, Estimate) and bias.value > BIAS:
        yield Caution(
            "one-sided", f"One coder gives one of the two codes more often (bias index {bias.value:.2f})."
        )


def _sparse(held: FieldAgreement) -> Iterator[Caution]:
    if held.options:
        rare = sum(option.ticked_a + option.ticked_b < SPARSE for option in held.options)
        all_, what = len(held.options), "options"
    elif is_coded(held.field):
        used = pooled(held.table)
        rare, all_, what = sum(times < SPARSE for times in used.values()), len(used), "codes"
    else:
        return
    if rare:
        yield Caution("rare codes", f"{rare} of {all_} {what} in use were given fewer than {SPARSE} times.")


def _unpaired(held: FieldAgreement) -> Iterator[Caution]:
    if held.with_lone_rows is None:
        return
    lone = held.with_lone_rows.n - held.n
    if lone / held.with_lone_rows.n > UNPAIRED:
        yield Caution(
            "lone rows", f"{lone} answers stand in rows that only one coder has; matched rows alone flatter."
        )
