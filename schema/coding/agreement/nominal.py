"""Agreement of two coders on unordered codes: percent, Cohen's kappa, Gwet's AC1, and what explains their difference.

po is the share of positions on which both coders gave the same code. Every coefficient is (po - pe) / (1 - pe) with a pe
of its own. All of them are symmetric in the coders and do not depend on what the codes are called.
"""

from __future__ import annotations

from schema.coding.agreement.estimate import (
    NO_VARIATION,
    NOT_TWO_CODES,
    NOTHING_COMPARED,
    ONE_POSITION,
    Estimate,
    Measure,
    Ratings,
    Table,
    Undefined,
    margins,
    pooled,
    table_of,
)

TWO = 2


def percent(ratings: Ratings) -> Measure:
    """Share of pairs whose two ratings are the same, from 0 to 1. Undefined where there is no pair."""
    return percent_of(table_of(ratings))


def percent_of(table: Table) -> Measure:
    """:func:`percent` from a table of how often each pair of ratings occurs."""
    n = sum(table.values())
    return Estimate(_same(table) / n, n) if n else Undefined(NOTHING_COMPARED)


def kappa(ratings: Ratings) -> Measure:
    """Cohen's kappa for two coders and unordered codes: (po - pe) / (1 - pe), at most 1; 0 is what chance gives.

    pe is the agreement expected from each coder's own frequencies: sum over codes of pA(code) x pB(code). Cohen, J. (1960). A
    coefficient of agreement for nominal scales. Educational and Psychological Measurement 20, 37-46. Undefined where
    nothing or one position was compared, and where pe is 1: both coders gave everything the same code.
    """
    return kappa_of(table_of(ratings))


def kappa_of(table: Table) -> Measure:
    """:func:`kappa` from a table of how often each pair of ratings occurs."""
    n = sum(table.values())
    of_a, of_b = margins(table)
    # In whole numbers, so that no rounding decides whether there is variation.
    expected = sum(times * of_b[code] for code, times in of_a.items())
    if lacking := _lacking(n, varies=expected != n * n):
        return lacking
    return Estimate((_same(table) * n - expected) / (n * n - expected), n)


def ac1(ratings: Ratings) -> Measure:
    """Gwet's AC1 for two coders and unordered codes: (po - pe) / (1 - pe), at most 1; steady where one code prevails.

    pe = sum over codes of s (1 - s) / (q - 1), where s is the share of the code among the ratings of both coders and q the
    number of codes that anybody used. Gwet, K. L. (2008). Computing inter-rater reliability and its variance in the
    presence of high agreement. British Journal of Mathematical and Statistical Psychology 61, 29-48. Undefined where
    nothing or one position was compared, or one code was used throughout (q = 1).
    """
    return ac1_of(table_of(ratings))


def ac1_of(table: Table) -> Measure:
    """:func:`ac1` from a table of how often each pair of ratings occurs."""
    n, used = sum(table.values()), pooled(table)
    if lacking := _lacking(n, varies=len(used) > 1):
        return lacking
    by_chance = sum(times / (2 * n) * (1 - times / (2 * n)) for times in used.values()) / (len(used) - 1)
    return Estimate((_same(table) / n - by_chance) / (1 - by_chance), n)


def pabak(ratings: Ratings) -> Measure:
    """Kappa adjusted for prevalence and bias: (q po - 1) / (q - 1), which is 2 po - 1 for two codes; q codes were used.

    Byrt, T., Bishop, J. & Carlin, J. B. (1993). Bias, prevalence and kappa. Journal of Clinical Epidemiology 46, 423-429;
    for more codes it is the coefficient of Brennan, R. L. & Prediger, D. J. (1981), Educational and Psychological
    Measurement 41, 687-699. Undefined as AC1 is.
    """
    return pabak_of(table_of(ratings))


def pabak_of(table: Table) -> Measure:
    """:func:`pabak` from a table of how often each pair of ratings occurs."""
    n, codes = sum(table.values()), len(pooled(table))
    if lacking := _lacking(n, varies=codes > 1):
        return lacking
    return Estimate((codes * _same(table) / n - 1) / (codes - 1), n)


def prevalence_index(ratings: Ratings) -> Measure:
    """How much one of two codes prevails: |a - d| / n, where a and d count agreement on each; 0 even, 1 all one code.

    Byrt, Bishop & Carlin (1993), see :func:`pabak`. Where it is high, kappa is low however well coders agree. Undefined
    where nothing was compared or more than two codes were used.
    """
    return prevalence_index_of(table_of(ratings))


def prevalence_index_of(table: Table) -> Measure:
    """:func:`prevalence_index` from a table of how often each pair of ratings occurs."""
    n = sum(table.values())
    if lacking := _not_binary(table, n):
        return lacking
    agreed = [times for (a, b), times in table.items() if a == b]
    most = max(agreed, default=0)
    return Estimate((most - (sum(agreed) - most)) / n, n)


def bias_index(ratings: Ratings) -> Measure:
    """How much the coders' frequencies of two codes differ: |b - c| / n, where b and c count the two ways to disagree.

    Byrt, Bishop & Carlin (1993), see :func:`pabak`. From 0 (as often in both directions) to 1. Undefined where nothing was
    compared or more than two codes were used.
    """
    return bias_index_of(table_of(ratings))


def bias_index_of(table: Table) -> Measure:
    """:func:`bias_index` from a table of how often each pair of ratings occurs."""
    n = sum(table.values())
    if lacking := _not_binary(table, n):
        return lacking
    differing = [times for (a, b), times in table.items() if a != b]
    most = max(differing, default=0)
    return Estimate((most - (sum(differing) - most)) / n, n)


def prevalence(table: Table) -> float:
    """Share of the most used code among all ratings of both coders, from 0 (no ratings) to 1."""
    used = pooled(table)
    return max(used.values()) / sum(used.values()) if used else 0.0


def _same(table: Table) -> int:
    return sum(times for (a, b), times in table.items() if a == b)


def _lacking(n: int, *, varies: bool) -> Undefined | None:
    """Why a coefficient cannot be given, if it cannot."""
    if not n:
        return Undefined(NOTHING_COMPARED)
    if not varies:
        return Undefined(NO_VARIATION, n)
    return Undefined(ONE_POSITION, n) if n == 1 else None


def _not_binary(table: Table, n: int) -> Undefined | None:
    if not n:
        return Undefined(NOTHING_COMPARED)
    return Undefined(NOT_TWO_CODES, n) if len(pooled(table)) > TWO else None
