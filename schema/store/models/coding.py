"""Comparisons, pairings of rows, discrepancies and decisions: relational, because people work on them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, Float, ForeignKey, Index, Integer, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from schema.store.models.base import CODE, ID, NAME, TITLE, Base

LIVE = text("superseded_at IS NULL")
DONE = text("superseded_at IS NULL AND state = 'signed_off'")


class Comparison(Base):
    """Two submitted snapshots of a case, side by side.

    ``state``: open (rows proposed), matching (a person works on the pairing), resolving (pairing confirmed), resolved (nothing
    undecided), signed_off. ``superseded_at`` is set when an entry is returned; a new one follows the next submission.
    Counters are kept by one writer and recomputed by ``tandem doctor``.
    """

    __tablename__ = "comparison"
    __table_args__ = (
        CheckConstraint("state IN ('open', 'matching', 'resolving', 'resolved', 'signed_off')", name="state"),
        CheckConstraint("state <> 'resolved' AND state <> 'signed_off' OR undecided = 0", name="decided"),
        Index("uq_comparison_live", "case_id", unique=True, sqlite_where=LIVE, postgresql_where=LIVE),
        Index("ix_comparison_signed_off_at", "signed_off_at", sqlite_where=DONE, postgresql_where=DONE),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("study_case.id"))
    snapshot_1_id: Mapped[str] = mapped_column(
        ForeignKey("snapshot.id")
    )  # "A": slot 1, or either where coders are unnamed
    snapshot_2_id: Mapped[str] = mapped_column(ForeignKey("snapshot.id"))  # "B"
    template_version_id: Mapped[str] = mapped_column(
        ForeignKey("template_version.id")
    )  # the newer of the two
    state: Mapped[str] = mapped_column(CODE)
    revision: Mapped[int] = mapped_column(default=0)
    positions: Mapped[int] = mapped_column(default=0)  # all compared positions
    agreed: Mapped[int] = mapped_column(default=0)  # positions that need nobody
    discrepancies: Mapped[int] = mapped_column(default=0)  # positions that need a person
    undecided: Mapped[int] = mapped_column(default=0)  # of these, still open
    agreed_accepted: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    matched_at: Mapped[datetime | None]
    signed_off_at: Mapped[datetime | None]
    signed_off_by: Mapped[str | None] = mapped_column(ForeignKey("user_account.id"))
    reopened_at: Mapped[datetime | None]  # the last time that a sign-off was taken back; its snapshot stays
    reopened_by: Mapped[str | None] = mapped_column(ForeignKey("user_account.id"))
    reopened_reason: Mapped[str] = mapped_column(Text, default="")
    superseded_at: Mapped[datetime | None]
    superseded_reason: Mapped[str] = mapped_column(Text, default="")


class RowPair(Base):
    """A link between a row of A and a row of B, or a row that stands alone (the other id empty).

    A row may stand in several links (what one coder split, the other lumped); each link is one row of the consensus.
    ``id`` names the consensus row. ``origin``: proposed or person.
    """

    __tablename__ = "row_pair"
    __table_args__ = (Index("ix_row_pair_comparison_id", "comparison_id"),)

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    comparison_id: Mapped[str] = mapped_column(ForeignKey("comparison.id"))
    group: Mapped[str] = mapped_column("group_key", NAME)
    position: Mapped[int]
    row_a: Mapped[str] = mapped_column(ID, default="")
    row_b: Mapped[str] = mapped_column(ID, default="")
    score: Mapped[float] = mapped_column(Float, default=0.0)
    why: Mapped[str] = mapped_column(Text, default="")  # JSON: what the score is made of
    origin: Mapped[str] = mapped_column(CODE, default="proposed")


class Discrepancy(Base):
    """A position that needs a person. ``path``: ``section.key`` or ``group.pair_id.key`` or ``group.pair_id`` (a lone row).

    ``state`` is moot where the consensus, as decided so far, does not ask the question at all.
    """

    __tablename__ = "discrepancy"
    __table_args__ = (
        CheckConstraint("state IN ('open', 'deferred', 'decided', 'moot')", name="state"),
        Index("uq_discrepancy_path", "comparison_id", "path", unique=True),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    comparison_id: Mapped[str] = mapped_column(ForeignKey("comparison.id"))
    ordinal: Mapped[int]
    path: Mapped[str] = mapped_column(TITLE)
    section: Mapped[str] = mapped_column(NAME)
    verdict: Mapped[str] = mapped_column(CODE)
    value_a: Mapped[str] = mapped_column(Text)  # plain JSON, for the "did the values change" question
    value_b: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(CODE, default="open")


class Decision(Base):
    """What the reconciler decided on a position. A later one supersedes an earlier one; nothing is overwritten.

    ``choice``: a, b, other, both, equivalent, keep_row, drop_row, defer. ``value``: plain JSON of the consensus value.
    ``revision`` and ``superseded_revision``: the comparison's revisions that wrote and ended it, so that a stale page
    is refused only where somebody decided the same position meanwhile.
    """

    __tablename__ = "decision"
    __table_args__ = (
        Index("ix_decision_comparison_id", "comparison_id"),  # the unique one knows live decisions alone
        Index(
            "uq_decision_live",
            "comparison_id",
            "path",
            unique=True,
            sqlite_where=LIVE,
            postgresql_where=LIVE,
        ),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    comparison_id: Mapped[str] = mapped_column(ForeignKey("comparison.id"))
    path: Mapped[str] = mapped_column(TITLE)
    choice: Mapped[str] = mapped_column(CODE)
    value: Mapped[str] = mapped_column(Text)
    cause: Mapped[str] = mapped_column(CODE, default="")
    reason: Mapped[str] = mapped_column(Text, default="")
    batch_id: Mapped[str | None] = mapped_column(ID)
    carried_from: Mapped[int | None] = mapped_column(ForeignKey("decision.id"))
    decided_at: Mapped[datetime]
    decided_by: Mapped[str] = mapped_column(ForeignKey("user_account.id"))
    revision: Mapped[int] = mapped_column(default=0)
    superseded_at: Mapped[datetime | None]
    superseded_revision: Mapped[int | None]
