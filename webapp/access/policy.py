"""Who may do what: one table, asked by the decorator, by templates and by the finders of lists.

Blindness rests here. A coder has their own cases and their own entry, and nothing else of a case until it is signed
off; a manager who codes a case is a coder of that case. Whoever codes a signed-off case again has that second entry and
nothing else of the case until they have submitted it. Administering the system gives no way to case data.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from schema.actor import Actor
from webapp.access.subjects import CaseSubject, ProjectSubject, Subject

Predicate = Callable[[Actor, Subject | None], bool]
ProjectRule = Callable[[Actor, ProjectSubject], bool]
CaseRule = Callable[[Actor, CaseSubject], bool]


def can(actor: Actor | None, action: str, subject: Subject | None = None) -> bool:
    """Whether the actor may do the action on the subject. Nobody signed in may do nothing; unknown actions raise."""
    rule = ACTIONS[action]
    return actor is not None and rule(actor, subject)


def is_member(actor: Actor, subject: ProjectSubject) -> bool:
    """Whether the actor holds any role in the project now."""
    return bool(actor.roles.get(subject.project_id))


def _signed_in(actor: Actor, _: Subject | None) -> bool:
    return bool(actor.id)


def _administrator(actor: Actor, _: Subject | None) -> bool:
    return actor.is_admin


def _project(rule: ProjectRule) -> Predicate:
    def asked(actor: Actor, subject: Subject | None) -> bool:
        return isinstance(subject, ProjectSubject) and rule(actor, subject)

    return asked


def _case(rule: CaseRule) -> Predicate:
    def asked(actor: Actor, subject: Subject | None) -> bool:
        return isinstance(subject, CaseSubject) and rule(actor, subject)

    return asked


def _role(*roles: str) -> Predicate:
    return _project(lambda actor, subject: actor.has_role(subject.project_id, *roles))


def _is_manager(actor: Actor, subject: ProjectSubject) -> bool:
    return actor.has_role(subject.project_id, "manager")


def _manages_project(actor: Actor, subject: ProjectSubject) -> bool:
    # An administrator keeps memberships and titles; that opens no case.
    return actor.is_admin or _is_manager(actor, subject)


def _codes(actor: Actor, subject: CaseSubject) -> bool:
    return subject.is_coder(actor) and actor.has_role(subject.project_id, "coder")


def _reconciles(actor: Actor, subject: CaseSubject) -> bool:
    return (
        subject.is_reconciler(actor)
        and not subject.is_coder(actor)
        and actor.has_role(subject.project_id, "reconciler")
    )


def _oversees(actor: Actor, subject: CaseSubject) -> bool:
    return _is_manager(actor, subject) and not subject.is_coder(actor)


def _views_case(actor: Actor, subject: CaseSubject) -> bool:
    return _is_manager(actor, subject) or _codes(actor, subject) or _reconciles(actor, subject)


def _sees_state(actor: Actor, subject: CaseSubject) -> bool:
    return _oversees(actor, subject) or _reconciles(actor, subject)


def _works_on_entry(actor: Actor, subject: CaseSubject) -> bool:
    part = subject.part_of(actor)
    own = subject.entry is None or subject.entry.coder_id == actor.id
    # A manager sees the final values of every case: whoever became one does not go on coding it again.
    blind = not (subject.is_repeating(actor) and _is_manager(actor, subject))
    open_case = subject.case.withdrawn_at is None
    return part.startswith("coder_") and own and blind and _codes(actor, subject) and open_case


def _hands_back(actor: Actor, subject: CaseSubject) -> bool:
    own = subject.own_entry(actor)
    return _works_on_entry(actor, subject) and own is not None and own.state != "submitted"


def _reads_entry(actor: Actor, subject: CaseSubject) -> bool:
    if _oversees(actor, subject):
        return True
    again = subject.entry is not None and subject.entry.repeats
    if _reconciles(actor, subject):
        return subject.both_submitted and not again
    if subject.is_repeating(actor):
        return _codes(actor, subject) and subject.entry in (None, subject.repeat_of(actor))
    own = subject.entry is None or subject.entry.coder_id == actor.id
    return _codes(actor, subject) and (own or _is_open_to_coders(subject))


def _is_open_to_coders(subject: CaseSubject) -> bool:
    # Only of the two entries at hand: what a replaced coder left is nobody's to read.
    live = subject.entry is None or subject.entry.id in {entry.id for entry in subject.entries}
    return subject.unblinded and subject.both_submitted and live


def _checks(actor: Actor, subject: CaseSubject) -> bool:
    """Coder 2 sees coder 1's values of checked sections, and only once nothing that they code blind is open any more."""
    part, own = subject.part_of(actor), subject.own_entry(actor)
    return (
        subject.verification is not None
        and subject.both_submitted
        and part == "coder_2"
        and own is not None
        and own.id == subject.verification.entry_id
        and _codes(actor, subject)
        and subject.case.withdrawn_at is None
    )


def _views_comparison(actor: Actor, subject: CaseSubject) -> bool:
    if _oversees(actor, subject) or _reconciles(actor, subject):
        return subject.comparable
    return _is_open_to_coders(subject) and _codes(actor, subject) and not subject.is_repeating(actor)


def _returns(actor: Actor, subject: CaseSubject) -> bool:
    # What a coder entered who may have read the other entry would not be independent.
    again = subject.entry is not None and subject.entry.repeats
    return _oversees(actor, subject) and not subject.unblinded and not again


def _unblinds(actor: Actor, subject: CaseSubject) -> bool:
    settled = subject.unblinded or subject.case.withdrawn_at is not None
    return subject.comparable and _oversees(actor, subject) and not settled


def _works_on_comparison(actor: Actor, subject: CaseSubject) -> bool:
    return subject.comparable and _reconciles(actor, subject) and subject.case.withdrawn_at is None


def _reopens(actor: Actor, subject: CaseSubject) -> bool:
    return subject.signed_off and _oversees(actor, subject) and subject.case.withdrawn_at is None


def _views_own_beside_final(actor: Actor, subject: CaseSubject) -> bool:
    coded = _codes(actor, subject) and subject.own_entry(actor) is not None
    return subject.signed_off and coded and not subject.is_repeating(actor)


def _views_final(actor: Actor, subject: CaseSubject) -> bool:
    return subject.signed_off and _views_case(actor, subject) and not subject.is_repeating(actor)


def _answers(actor: Actor, subject: CaseSubject) -> bool:
    # A question shows what they entered first.
    return _works_on_entry(actor, subject) and not subject.is_repeating(actor)


def _views_own_repeat(actor: Actor, subject: CaseSubject) -> bool:
    repeated = subject.repeat_of(actor) is not None and not subject.is_repeating(actor)
    return repeated and _codes(actor, subject)


ACTIONS: Mapping[str, Predicate] = MappingProxyType(
    {
        "account.own": _signed_in,
        "help.read": _signed_in,
        "people.manage": _administrator,
        "project.create": _administrator,
        "project.view": _project(is_member),
        "project.manage": _project(_manages_project),
        "project.erase": _project(_administrator),
        "questionnaire.view": _signed_in,
        "questionnaire.manage": _administrator,
        "case.list": _role("manager", "coder", "reconciler"),  # the finder shows others only their own
        "case.list_all": _role("manager"),
        "case.counts": _role("manager", "viewer"),
        "progress.view": _role("manager"),  # the reader leaves out open cases that the person codes
        "feedback.own": _role("coder"),  # the reader gives their own signed-off cases alone
        "case.view": _case(_views_case),
        "case.state": _case(_sees_state),  # its state tells what the other coder has done
        "case.edit": _role("manager"),
        "case.assign": _role("manager"),
        "absence.manage": _role("manager"),
        "case.unblind": _case(_unblinds),
        "report.view": _case(_views_case),  # a report is the same for both coders, and tells of neither
        "report.manage": _role("manager"),
        "entry.work": _case(_works_on_entry),
        "entry.hand_back": _case(_hands_back),
        "entry.read": _case(_reads_entry),
        "entry.return": _case(_returns),
        "entry.check": _case(_checks),
        "comparison.view": _case(_views_comparison),
        "comparison.work": _case(_works_on_comparison),
        "comparison.final": _case(_views_final),
        "question.answer": _case(_answers),  # says nothing of whether there is a question
        "comparison.reopen": _case(_reopens),
        "comparison.yours": _case(_views_own_beside_final),
        "repeat.own": _case(_views_own_repeat),
        "agreement.pilot": _role("manager"),  # the reader leaves out open cases that the person codes
        "agreement.repeat": _role("manager"),
        "agreement.plan": _role("manager"),
        "agreement.view": _role("manager"),  # the reader leaves out open cases that the person codes
        # Small cells could name a family, and nothing is withheld on these pages: a viewer sees what was released.
        "findings.view": _role("manager"),
        "frame.change": _role("manager"),  # rows of signed-off cases alone, and never what was signed off
        "findings.shared": _role("manager", "viewer"),
        "export.make": _role("manager"),
        "export.fetch": _role("manager"),
        "audit.view": _role("manager"),  # the finder leaves out what would tell a coder of the other one
    }
)
