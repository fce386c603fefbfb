"""How far two coders agree, measured on what they submitted: decisions and consensus never change a figure.

Every result is an estimate, or *undefined, because …*: where nothing varies or nothing was compared there is no number.
Which rows were compared depends on the pairing: re-pairing rows changes the matched set, and with it the figures of that
group; what is decided on a position changes nothing. Figures on matched rows stand beside figures with every lone row
counted as a disagreement.
"""

from __future__ import annotations

from schema.coding.agreement.alpha import alpha, alpha_of
from schema.coding.agreement.by_field import (
    Caution,
    FieldAgreement,
    OptionAgreement,
    WithLoneRows,
    is_measured,
)
from schema.coding.agreement.confusion import Confusion, confusion
from schema.coding.agreement.estimate import (
    BY_EYE_ONLY,
    NO_OPTION_VARIES,
    NO_VARIATION,
    NOTHING_COMPARED,
    NUMBERS,
    Estimate,
    Interval,
    Measure,
    NoInterval,
    Ratings,
    Undefined,
)
from schema.coding.agreement.nominal import (
    ac1,
    ac1_of,
    bias_index,
    kappa,
    kappa_of,
    pabak,
    percent,
    prevalence_index,
)
from schema.coding.agreement.pairing_apart import Entries
from schema.coding.agreement.report import (
    AgreementReport,
    Compared,
    ReportCount,
    SliceAgreement,
    build_report,
)
from schema.coding.agreement.rows import RowAgreement
from schema.coding.agreement.tally import AgreementTally, field_agreement, row_agreement, tally
from schema.coding.agreement.verified import VerifiedCount
from schema.coding.agreement.weighted import weighted_kappa, weighted_kappa_of

__all__ = [
    "BY_EYE_ONLY",
    "NOTHING_COMPARED",
    "NO_OPTION_VARIES",
    "NO_VARIATION",
    "NUMBERS",
    "AgreementReport",
    "AgreementTally",
    "Caution",
    "Compared",
    "Confusion",
    "Entries",
    "Estimate",
    "FieldAgreement",
    "Interval",
    "Measure",
    "NoInterval",
    "OptionAgreement",
    "Ratings",
    "ReportCount",
    "RowAgreement",
    "SliceAgreement",
    "Undefined",
    "VerifiedCount",
    "WithLoneRows",
    "ac1",
    "ac1_of",
    "alpha",
    "alpha_of",
    "bias_index",
    "build_report",
    "confusion",
    "field_agreement",
    "is_measured",
    "kappa",
    "kappa_of",
    "pabak",
    "percent",
    "prevalence_index",
    "row_agreement",
    "tally",
    "weighted_kappa",
    "weighted_kappa_of",
]
