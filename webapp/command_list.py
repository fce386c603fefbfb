"""The commands by name, with the module that holds each and what it does in a sentence, so that help is given without loading any.

The sentence is the first of the command's own help; a test compares the list with the commands themselves, both ways.
"""

from __future__ import annotations

from typing import NamedTuple


class Listed(NamedTuple):
    """A command: its name with the group's before it (``audit head``), the module whose ``commands`` holds it, a sentence."""

    name: str
    module: str
    sentence: str

    @property
    def word(self) -> str:
        """The first word of the name: the command itself, or the group that it is in."""
        return self.name.partition(" ")[0]


#: In the order in which help prints them.
LISTED = (
    Listed(
        "agreement",
        "webapp.agreement.commands",
        "Print how far the coders of a project agree, measured on what they submitted.",
    ),
    Listed(
        "audit head",
        "webapp.audit.commands",
        "Print the number of rows and the head, to be kept somewhere else.",
    ),
    Listed(
        "audit list",
        "webapp.audit.commands",
        "List what belongs to no project, the latest first: accounts, sign-ins, refused addresses.",
    ),
    Listed(
        "audit verify",
        "webapp.audit.commands",
        "Follow the trail from its first row, and name the first one that does not hold.",
    ),
    Listed(
        "backup",
        "webapp.backups.commands",
        "Write everything into one file, while the work goes on: database, files, and the head of the audit trail.",
    ),
    Listed(
        "db check", "webapp.service_commands", "Say whether the database has the shape this version works on."
    ),
    Listed(
        "db upgrade",
        "webapp.service_commands",
        "Take the database through the migrations that it lacks, all or none, after a backup.",
    ),
    Listed(
        "demo",
        "webapp.sample.commands",
        "Load the sample study into a data directory of its own, and serve it.",
    ),
    Listed(
        "discrepancies",
        "webapp.reconciliation.commands",
        "Write the report of a signed-off case's discrepancies: both values, evidence, decision and reason of each.",
    ),
    Listed(
        "doctor",
        "webapp.health.commands",
        "Look at everything, a line each, with what to do where something is wrong; exit code 1 where anything failed.",
    ),
    Listed(
        "drift",
        "webapp.agreement.commands",
        "Print which coders came to disagree on a question more than at first.",
    ),
    Listed(
        "entry take-in",
        "webapp.entry.commands",
        "Say what a filled-in entry workbook would change, cell by cell, and with --apply save it.",
    ),
    Listed(
        "entry workbook",
        "webapp.entry.commands",
        "Write one coder's entry of a case as a workbook, with what it holds now.",
    ),
    Listed(
        "export",
        "webapp.downloads.commands",
        "Write the signed-off cases of a project to a file: by default the master workbook.",
    ),
    Listed(
        "frame export",
        "webapp.frame.commands",
        "Write the crosswalk (old code, new code, acts, rows, cases) or the codes with their notes as CSV.",
    ),
    Listed(
        "frame show",
        "webapp.frame.commands",
        "Print every code with how many rows and cases carry it, and what still waits for a choice.",
    ),
    Listed(
        "framework check",
        "webapp.findings.commands",
        "List every problem of a framework, with code, line and remedy.",
    ),
    Listed(
        "framework draft",
        "webapp.findings.commands",
        "Check the figures of a report (.docx or .txt) against the findings of a project.",
    ),
    Listed(
        "import entries",
        "webapp.cases.commands",
        "Import entries in the interchange form, one JSON object a line: all of them or none.",
    ),
    Listed(
        "move",
        "webapp.backups.commands",
        "Copy everything into an empty database of either kind, and compare both by the hash of each table; or the files elsewhere.",
    ),
    Listed(
        "pilot begin",
        "webapp.agreement.commands",
        "Mark the first cases of a project that are in no round yet.",
    ),
    Listed(
        "pilot cancel",
        "webapp.agreement.commands",
        "Give up the round that waits for its decision.",
    ),
    Listed(
        "pilot decide",
        "webapp.agreement.commands",
        "Decide on the round that waits, by the figures that were looked at, which are frozen.",
    ),
    Listed(
        "pilot master",
        "webapp.agreement.commands",
        "Take the cases of a decided round into the master, or out of it.",
    ),
    Listed(
        "pilot show",
        "webapp.agreement.commands",
        "Print the rounds of the pilot, what was decided on each, and its agreement.",
    ),
    Listed(
        "project create",
        "webapp.projects.commands",
        "Create a project on a published template, which is published first where Tandem ships it.",
    ),
    Listed(
        "project erase", "webapp.projects.commands", "Erase a case or a project for good, with its files."
    ),
    Listed("project list", "webapp.projects.commands", "List all projects with their template versions."),
    Listed(
        "project second-step",
        "webapp.projects.commands",
        "Ask a second step of signing in of these roles of a project, and of no others; of nobody where none is named.",
    ),
    Listed(
        "project use-version",
        "webapp.projects.commands",
        "Let new entries of a project use another version of its template; entries that exist keep theirs.",
    ),
    Listed(
        "reconcile",
        "webapp.reconciliation.commands",
        "Settle and sign off every case that is ready, in a project marked as a rehearsal.",
    ),
    Listed(
        "repeat end",
        "webapp.agreement.commands",
        "End a schedule: no round follows, and what was given stays.",
    ),
    Listed(
        "repeat give",
        "webapp.agreement.commands",
        "Draw old cases of a coder by lot, and give them to that coder once more.",
    ),
    Listed("repeat round", "webapp.agreement.commands", "Give the next round of a schedule now."),
    Listed(
        "repeat schedule",
        "webapp.agreement.commands",
        "Have old cases given by themselves: drawn by lot for one coder or for each, on a day, and again every so many weeks.",
    ),
    Listed(
        "repeat schedules",
        "webapp.agreement.commands",
        "Print the schedules of coding again: for whom, how many, how often, and when the next round is.",
    ),
    Listed(
        "repeat show",
        "webapp.agreement.commands",
        "Print how far each coder agrees with themselves, on the cases that they coded again.",
    ),
    Listed("report add", "webapp.reports.commands", "Attach a PDF to a case and read its text."),
    Listed(
        "report check",
        "webapp.reports.commands",
        "Compare every report's file with its hash, and remove files that belong to no report.",
    ),
    Listed(
        "restore",
        "webapp.backups.commands",
        "Put a backup in place, into the database and the data folder of the settings, whichever kind of database they name.",
    ),
    Listed(
        "sample",
        "webapp.sample.commands",
        "Write an invented study of any size as entries in the interchange form, two for each case.",
    ),
    Listed("serve", "webapp.service_commands", "Serve the pages, and do long work beside."),
    Listed(
        "template check",
        "webapp.questionnaires.commands",
        "List every problem of templates or code lists, with code, line and remedy.",
    ),
    Listed(
        "template list", "webapp.questionnaires.commands", "List all published templates with their versions."
    ),
    Listed(
        "template paper",
        "webapp.questionnaires.commands",
        "Write a published version as a blank form for paper, in Word.",
    ),
    Listed(
        "template publish",
        "webapp.questionnaires.commands",
        "Publish a template as the next version of its key, after saying what it changes.",
    ),
    Listed(
        "template redcap",
        "webapp.questionnaires.commands",
        "Write a published version as a data dictionary for REDCap.",
    ),
    Listed(
        "user add",
        "webapp.people.commands",
        "Add a person and print a one-time code; or give somebody who has an account a role in a project.",
    ),
    Listed("user connect", "webapp.people.commands", "Let somebody sign in through the single sign-on."),
    Listed(
        "user disable",
        "webapp.people.commands",
        "Close an account: its sessions end, its name stays in the history.",
    ),
    Listed(
        "user disconnect",
        "webapp.people.commands",
        "Take somebody's connection with the single sign-on away.",
    ),
    Listed("user enable", "webapp.people.commands", "Open a disabled account again."),
    Listed("user list", "webapp.people.commands", "List everybody who has an account, with their roles."),
    Listed(
        "user reset-code",
        "webapp.people.commands",
        "Print a one-time code with which the person chooses a new password.",
    ),
    Listed(
        "user reset-two-step",
        "webapp.people.commands",
        "Take the second step of signing in away from somebody who lost their device.",
    ),
    Listed(
        "verify",
        "webapp.backups.commands",
        "Say whether a backup is whole, unchanged and ours, without restoring it.",
    ),
    Listed(
        "worker",
        "webapp.service_commands",
        "Do long work (exports and the like) in a process of its own, until interrupted.",
    ),
)
