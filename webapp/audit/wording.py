"""Every act in a few words: what the audit page and its file say for ``noun.verb``."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from schema.store.audit_chain import is_tombstone

LONGEST_DETAIL = 400
NOTHING: tuple[object, ...] = (None, "", [], {})
HASH = re.compile(r"[0-9a-f]{64}")
SHORT_HASH = 12

#: A test holds this table against every act that the code records.
SENTENCES: Mapping[str, str] = {
    "absence.cancel": "Took an absence back",
    "absence.record": "Recorded when a person is away",
    "access.refuse": "Was refused a page or an act",
    "agreed.accept": "Accepted what both coders agree on",
    "agreed.withdraw": "Took back the acceptance of what is agreed",
    "agreement.fetch": "Took agreement figures away as a file",
    "agreement.plan": "Recorded a version of the agreement plan",
    "audit.export": "Took the audit trail away as a file",
    "audit.view": "Looked at the audit trail",
    "authenticator.renew_codes": "Made new recovery codes",
    "authenticator.reset": "Took a lost second step away",
    "authenticator.turn_off": "Turned the second step off",
    "authenticator.turn_on": "Turned the second step on",
    "authenticator.use_recovery_code": "Signed in with a recovery code",
    "backup.make": "Made a backup",
    "backup.restore": "Restored a backup",
    "case.assign": "Gave a part of a case to a person",
    "case.describe": "Changed the description of a case",
    "case.draw": "Drew coders and reconcilers by lot",
    "case.erase": "Erased a case",
    "case.hand_back": "Handed a case back",
    "case.import": "Imported a list of cases",
    "case.register": "Registered a case",
    "case.replace": "Replaced a person in several cases",
    "case.restore": "Took a withdrawn case back into the study",
    "case.set_deadline": "Set by when a case or a part of it is due",
    "case.unblind": "Unblinded a case to its coders",
    "case.withdraw": "Withdrew a case",
    "comparison.create": "Compared two submitted entries",
    "comparison.open": "Opened a comparison",
    "comparison.open_final": "Opened the final extract of a case",
    "comparison.rehearse": "Settled a comparison by rule, in a rehearsal",
    "comparison.reopen": "Took a sign-off back, so that the case is resolved again",
    "comparison.settle_everything": "Settled everything that was open, in a rehearsal",
    "comparison.sign_off": "Signed a case off",
    "comparison.supersede": "Set a comparison aside because an entry was returned",
    "counters.mend": "Set stored counters right",
    "database.move": "Moved everything to another database",
    "files.move": "Moved the stored files to another place",
    "decision.batch": "Settled several differences at once",
    "decision.make": "Settled a difference",
    "decision.undo": "Took a decision back",
    "decision.undo_batch": "Took several decisions back at once",
    "digest.subscribe": "Asked for a daily digest by mail",
    "digest.unsubscribe": "Ended their daily digest",
    "entry.import": "Imported entries",
    "entry.lift": "Lifted an entry to a later version of the questionnaire",
    "entry.open": "An entry was opened for a coder",
    "entry.read": "Read another person's entry",
    "entry.return": "Returned an entry to its coder",
    "entry.submit": "Submitted an entry",
    "export.fetch": "Downloaded an exported file",
    "export.make": "Made an export",
    "identity.connect": "Connected an account with one at a university",
    "identity.disconnect": "Took the connection with a university's account away",
    "frame.add": "Added a code to the coding frame",
    "frame.adopt": "Adopted a version of the coding frame",
    "frame.describe": "Changed the words of a code of the coding frame",
    "frame.example": "Made a row an example of a code",
    "frame.export": "Took the coding frame or its crosswalk away as a file",
    "frame.merge": "Merged a code of the coding frame into another",
    "frame.move": "Moved a sub-code of the coding frame to another code",
    "frame.recode": "Recoded a row of a signed-off case under the coding frame",
    "frame.retire": "Retired a code of the coding frame",
    "frame.split": "Split a code of the coding frame",
    "frame.undo": "Took back an act on the coding frame",
    "job.queue": "Asked for long work",
    "membership.add": "Gave a person a role in the project",
    "membership.end": "Ended a person's role in the project",
    "pairing.change": "Changed which rows belong together",
    "pairing.confirm": "Confirmed which rows belong together",
    "pairing.confirm_group": "Confirmed the matching of a group of rows",
    "pairing.undo": "Took back a change of which rows belong together",
    "pilot.begin": "Marked cases as a round of the pilot",
    "pilot.cancel": "Cancelled a round of the pilot",
    "pilot.choose": "Chose whether pilot cases are in the master",
    "pilot.decide": "Decided on a round of the pilot",
    "project.create": "Created the project",
    "project.erase": "Erased a project",
    "project.edit": "Changed the project's title or description",
    "project.ask_second_step": "Changed who signs in with a second step",
    "project.use_template_version": "Chose another version of the questionnaire for new entries",
    "question.answer": "Answered a reconciler's question",
    "question.ask": "Asked coders about a difference",
    "question.close": "Closed a question to a coder",
    "repeat.end_schedule": "Ended a schedule of coding again",
    "repeat.finish": "Paired the rows of a case that a coder coded twice",
    "repeat.give": "Gave a case to its coder to code again",
    "repeat.give_round": "Gave a round of a schedule of coding again",
    "repeat.give_up": "Gave up having a case coded again",
    "repeat.reschedule": "Changed a schedule of coding again",
    "repeat.schedule": "Set a schedule of coding again",
    "report.add": "Attached a report to a case",
    "report.discard": "Threw away an uploaded file that had no case",
    "report.receive": "Uploaded a report that waits to be told its case",
    "report.remove": "Took a report off a case",
    "release.make": "Made a release of shared figures",
    "session.end": "Signed out",
    "session.end_one": "Signed out of one browser",
    "session.end_others": "Signed out everywhere else",
    "session.refuse": "A sign-in was refused",
    "session.refuse_code": "A code at signing in was refused",
    "session.start": "Signed in",
    "template.publish": "Published a version of a questionnaire",
    "template.retire": "Retired a version of a questionnaire",
    "user.add": "Made an account",
    "user.change_password": "Changed a password",
    "user.rehash_password": "Signed in, and the password was hashed anew at today's cost",
    "user.disable": "Disabled an account",
    "user.end_sessions": "Signed somebody out everywhere",
    "user.enable": "Enabled an account again",
    "user.issue_reset_code": "Made a one-time code for an account",
    "user.set_admin": "Changed whether an account is an administrator's",
    "verification.check": "Checked values of the other coder in sections that are checked",
    "verification.finish": "Finished checking the other coder's values",
    "verification.open": "Opened the values of sections that are checked to coder 2",
    "verification.read": "Saw the other coder's values of sections that are checked",
    "verification.supersede": "Set checks aside because an entry was returned",
}

#: Questions that are asked of a trail, each answered by several acts.
QUESTIONS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "opened": (
        "Opened or taken away",
        (
            "agreement.fetch",
            "audit.export",
            "audit.view",
            "comparison.open",
            "comparison.open_final",
            "entry.read",
            "export.fetch",
            "export.make",
            "verification.read",
        ),
    ),
    "people": ("Roles and parts", ("case.assign", "case.draw", "membership.add", "membership.end")),
    "unblinded": ("Unblinded", ("case.unblind",)),
    "submitted": (
        "Submitted, returned, signed off",
        ("entry.submit", "entry.return", "comparison.sign_off", "comparison.reopen"),
    ),
}


def sentence(action: str) -> str:
    """Return the act in words; one that has none is shown by its name."""
    return SENTENCES.get(action, action)


def actions_of(choice: str) -> tuple[str, ...]:
    """Return the acts that a choice of the filter stands for; nothing (all) for an unknown one."""
    if choice in QUESTIONS:
        return QUESTIONS[choice][1]
    return (choice,) if choice in SENTENCES else ()


def choices() -> list[tuple[str, str]]:
    """Return the choices of the filter: all, the questions, then every act by its words."""
    asked = [(key, words) for key, (words, _) in QUESTIONS.items()]
    return [("", "Anything"), *asked, *sorted(SENTENCES.items(), key=lambda item: item[1])]


def detail_words(detail: str, names: Mapping[str, str]) -> str:
    """Return an act's particulars as ``key: value; …``, with names in place of accounts' ids, short; the file has them whole."""
    if is_tombstone(detail):
        return "erased"
    held = {key: value for key, value in json.loads(detail).items() if value not in NOTHING}
    pairs = (f"{key.replace('_', ' ')}: {_value(value, names)}" for key, value in held.items())
    text = "; ".join(pairs)
    return text if len(text) <= LONGEST_DETAIL else text[:LONGEST_DETAIL] + "…"


def _value(value: object, names: Mapping[str, str]) -> str:
    if isinstance(value, str):
        return f"{value[:SHORT_HASH]}…" if HASH.fullmatch(value) else names.get(value, value)
    if isinstance(value, list) and any(isinstance(one, dict) for one in value):
        return f"{len(value)}"
    return json.dumps(value, ensure_ascii=False, sort_keys=True)
