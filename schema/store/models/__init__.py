"""Every table, imported together so that the metadata is complete."""

from __future__ import annotations

from schema.store.models.asking import CoderMessage, CoderQuestion
from schema.store.models.base import Base
from schema.store.models.cases import PARTS, Assignment, Case, ContentNoteRead
from schema.store.models.coding import Comparison, Decision, Discrepancy, RowPair
from schema.store.models.counts import AgreementCount
from schema.store.models.entries import Entry, EntryChange, EntryPart, Snapshot, is_current
from schema.store.models.frame import FrameAct, FrameVersion
from schema.store.models.knowledge import CaseKnowledge, Unblinding
from schema.store.models.notices import DigestDay, DigestWish, Notice
from schema.store.models.operations import Audit, ExportFile, Job
from schema.store.models.people import ROLES, Membership, Project, Setting, Throttle, User, WebSession
from schema.store.models.pilots import Pilot, PilotCase, PilotChoice, PilotDecision
from schema.store.models.planning import Absence, Deadline
from schema.store.models.plans import AgreementPlanVersion
from schema.store.models.releases import SharedRelease
from schema.store.models.repeats import RepeatCoding, RepeatSchedule
from schema.store.models.reports import ReportFile, ReportPage, ReportSuggestion, SuggestionTaken
from schema.store.models.signing_in import RecoveryCode, SignOnIdentity, TwoStep
from schema.store.models.templates import TemplateVersion
from schema.store.models.verification import ValueCheck, Verification

__all__ = [
    "PARTS",
    "ROLES",
    "Absence",
    "AgreementCount",
    "AgreementPlanVersion",
    "Assignment",
    "Audit",
    "Base",
    "Case",
    "CaseKnowledge",
    "CoderMessage",
    "CoderQuestion",
    "Comparison",
    "ContentNoteRead",
    "Deadline",
    "Decision",
    "DigestDay",
    "DigestWish",
    "Discrepancy",
    "Entry",
    "EntryChange",
    "EntryPart",
    "ExportFile",
    "FrameAct",
    "FrameVersion",
    "Job",
    "Membership",
    "Notice",
    "Pilot",
    "PilotCase",
    "PilotChoice",
    "PilotDecision",
    "Project",
    "RecoveryCode",
    "RepeatCoding",
    "RepeatSchedule",
    "ReportFile",
    "ReportPage",
    "ReportSuggestion",
    "RowPair",
    "Setting",
    "SharedRelease",
    "SignOnIdentity",
    "Snapshot",
    "SuggestionTaken",
    "TemplateVersion",
    "Throttle",
    "TwoStep",
    "Unblinding",
    "User",
    "ValueCheck",
    "Verification",
    "WebSession",
    "is_current",
]
