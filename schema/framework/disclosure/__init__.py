"""Statistical disclosure control: which figures of the findings may leave the team, so that none of the others can be worked out.

The field's terms are those of the *Handbook on Statistical Disclosure Control* (Hundepool and others, second edition,
August 2024, sdctools.github.io/HandbookSDC): a count below the threshold is *suppressed*, which is primary; further counts are
suppressed with it, which is secondary, until what is printed leaves every protected count an interval that is wide enough.
Which further counts is found with integer programmes, one for each protected count and end of its interval (Zayatz 1992,
*Using Linear Programming Methodology for Disclosure Avoidance Purposes*, US Census Bureau RR-92/02; Massell 2001, RR-2001/01).
``docs/disclosure.md`` says what is promised and what is not.
"""
