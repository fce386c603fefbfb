"""Deliberate faults, each with the check that must notice it.

A fault is the smallest change that breaks one promise: a line forgotten, a comparison turned round. ``before`` stands
exactly once in the file, so that a fault whose place has changed is named instead of doing nothing.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault: what is broken in words, where and how, and the test (or file of tests) that must turn red."""

    name: str
    path: str
    before: str
    after: str
    check: str


FAULTS = (
    Fault(
        "The proxy in front drops the port from the name that the browser asked for",
        "docs/deploying/nginx.conf",
        "proxy_set_header X-Forwarded-Host $http_host;",
        "proxy_set_header X-Forwarded-Host $host;",
        "tests/durable/test_deployed.py::test_tandem_works_behind_nginx_as_it_is_shipped",
    ),
    Fault(
        "An export is kept by a worker whose job another has taken up",
        "webapp/downloads/making.py",
        "            work.require_held(session)\n",
        "",
        "tests/web/test_downloads.py::test_a_worker_whose_job_was_taken_up_by_another_keeps_nothing",
    ),
    Fault(
        "A stored file is served without comparing its hash",
        "webapp/shelves/shelf.py",
        "if _sum(path) != sha256:",
        "if not _sum(path):",
        "tests/web/test_shelves.py::test_a_file_that_is_missing_or_changed_is_lost",
    ),
    Fault(
        "A store of files that is away is taken for a file that is missing",
        "webapp/shelves/bucket.py",
        "            raise self._away() from error\n\n    def _away",
        "            raise FileNotFoundError from error\n\n    def _away",
        "tests/web/test_shelves.py::test_a_store_that_is_away_is_said_nothing_is_recorded_and_all_goes_on_when_it_is_back",
    ),
    Fault(
        "A case is found through any project",
        "webapp/access/finding.py",
        "if case is None or case.project_id != project.id:",
        "if case is None:",
        "tests/web/test_access.py::test_a_case_is_not_found_through_another_project_of_the_same_person",
    ),
    Fault(
        "A reconciler reads an entry before both are submitted",
        "webapp/access/policy.py",
        "        return subject.both_submitted\n    own",
        "        return True\n    own",
        "tests/unit/webapp/test_policy.py::test_the_reconciler_reads_an_entry_only_while_both_stand_submitted",
    ),
    Fault(
        "A coder reads the other entry",
        "webapp/access/policy.py",
        "return _codes(actor, subject) and (own or _is_open_to_coders(subject))",
        "return _codes(actor, subject)",
        "tests/unit/webapp/test_policy.py::test_a_coder_never_reads_the_other_entry",
    ),
    Fault(
        "A case is opened before the content note was read",
        "webapp/access/content_note.py",
        'OPENING = frozenset({"entry.work", "report.view", "comparison.work"})',
        'OPENING = frozenset({"entry.work", "comparison.work"})',
        "tests/web/test_care.py::test_the_note_comes_before_the_first_opening_of_each_case_and_leads_on",
    ),
    Fault(
        "A key pressed before the page is bound is lost",
        "webapp/static/js/early-keys.js",
        "    kept.push({ key",
        "    ({ key",
        "tests/journeys/test_entry_desk.py::test_a_key_pressed_before_the_page_is_bound_is_pressed_again",
    ),
    Fault(
        "A cell of an entry workbook that nobody touched overwrites a newer answer",
        "webapp/entry/offline.py",
        "    if cell.text == was:\n        return\n",
        "",
        "tests/web/test_entry_offline.py::test_what_was_changed_here_since_is_not_overwritten_unless_the_coder_says_so",
    ),
    Fault(
        "Of two memos written in two windows the later one wins in silence",
        "schema/store/saving.py",
        'VALUE_ACTS = ("set", "evidence", "note")',
        'VALUE_ACTS = ("set", "evidence")',
        "tests/web/test_entry_notes.py::test_two_windows_that_note_different_things_are_shown_both",
    ),
    Fault(
        "Pages may be kept by browsers and proxies",
        "webapp/security.py",
        '        response.headers["Cache-Control"] = "no-store"',
        '        response.headers["Cache-Control"] = "private"',
        "tests/web/test_account.py::test_signing_in_leads_to_where_the_person_was_going",
    ),
    Fault(
        "A manager who codes a case sees on the page of progress what the other coder has done",
        "schema/store/standing.py",
        "if row.state == SIGNED_OFF or row.id not in own",
        "if row.state == SIGNED_OFF or row.id",
        "tests/web/test_progress.py::test_a_manager_who_codes_sees_nothing_of_open_cases_that_they_code",
    ),
    Fault(
        "A coder is shown what was settled for the other one",
        "schema/store/feedback.py",
        "is_a = Snapshot.entry_id == Entry.id",
        "is_a = Snapshot.entry_id != Entry.id",
        "tests/web/test_feedback.py::test_each_coder_sees_how_often_their_own_answer_stood",
    ),
    Fault(
        "The forecast counts the week that is not over",
        "webapp/progress/pace.py",
        "full = weeks[:-1][-PACE_WEEKS:]",
        "full = weeks[-PACE_WEEKS:]",
        "tests/unit/webapp/test_progress.py::test_the_forecast_takes_full_weeks_only",
    ),
    Fault(
        "Drift is followed for pairs alone, so that a coder who changes partners is noticed late",
        "schema/coding/agreement/drift.py",
        "    yield from ((CODER, (one,)) for one in coders)",
        "    yield from ()",
        "tests/unit/coding/test_drift.py::test_a_coder_who_flips_a_question_is_raised_within_five_cases_and_alone",
    ),
    Fault(
        "The limit of drift is the usual one, which lets false alarms through where disagreement is rare",
        "schema/coding/agreement/drift.py",
        "        if chance_of_passing(rate, middle) > CHANCE:",
        "        if middle < rate + 3 * (rate * (1 - rate) * WEIGHT / (2 - WEIGHT)) ** 0.5:",
        "tests/unit/coding/test_drift.py::test_the_limit_is_passed_as_rarely_as_it_says",
    ),
    Fault(
        "Two workers send the same digest",
        "schema/store/digests.py",
        "    if held.state != REFUSED or held.attempts >= MOST_ATTEMPTS:",
        "    if held.attempts >= 9 * MOST_ATTEMPTS:",
        "tests/store/test_digests.py::test_of_eight_workers_at_once_one_takes_the_day_up",
    ),
    Fault(
        "People are told of what they did themselves",
        "schema/store/notices.py",
        "    if user_id != actor.id:",
        "    if user_id:",
        "tests/web/test_notices.py::test_everybody_is_told_what_happened_to_their_cases",
    ),
    Fault(
        "Cases are drawn for people who are away",
        "webapp/cases/operations.py",
        "    coders = [user for user in coders if user.id not in gone]",
        "    coders = [user for user in coders if user.id]",
        "tests/web/test_planning.py::test_whoever_is_away_is_left_out_of_the_draw",
    ),
    Fault(
        "A manager who codes a case learns from the board that the other coder has submitted",
        "webapp/cases/board.py",
        "        if case.id in own",
        "        if not case.id",
        "tests/web/test_planning.py::test_a_manager_who_codes_a_case_changes_nobody_in_it_by_the_board",
    ),
    Fault(
        "The forecast takes no account of who is away",
        "webapp/progress/pace.py",
        "        return max(self.people - gone, 0)",
        "        return max(self.people, 0)",
        "tests/unit/webapp/test_progress.py::test_the_forecast_counts_the_days_that_people_are_there_for",
    ),
    Fault(
        "Findings count pilot cases that are kept out of the master",
        "schema/store/consensus.py",
        "if case.case_id not in out)",
        "if case.case_id)",
        "tests/store/test_pilots.py::test_pilot_cases_are_out_until_the_decision_and_then_as_it_says",
    ),
    Fault(
        "The workbook holds pilot cases that are kept out of the master",
        "schema/store/readmodel.py",
        "return self.state == SIGNED_OFF and not self.kept_out",
        "return self.state == SIGNED_OFF",
        "tests/store/test_pilots.py::test_cases_that_are_kept_out_are_listed_with_the_reason",
    ),
    Fault(
        "A pilot is decided by other figures than those that were shown",
        "schema/store/pilots.py",
        "    if figures.sha256 != shown:",
        "    if not figures.sha256:",
        "tests/web/test_pilot.py::test_a_decision_that_lacks_something_keeps_what_was_typed",
    ),
    Fault(
        "Nothing asks for the page's security token",
        "webapp/app.py",
        "    CSRFProtect(app)\n",
        "",
        "tests/contract/test_routes.py::test_nothing_is_changed_without_a_token",
    ),
    Fault(
        "A decision passes without the reason that the template asks for",
        "schema/coding/choices.py",
        "position.field.decision == REASON",
        "False",
        "tests/unit/coding/test_reconcile.py::test_where_the_template_asks_every_decision_needs_a_reason",
    ),
    Fault(
        "Rows made from suggestions stay where they are said to be left out",
        "schema/coding/agreement/report.py",
        "one.pair is None or one.pair.id not in case.suggested)",
        "True)",
        "tests/unit/coding/test_agreement_fields.py::test_rows_made_from_suggestions_are_told_apart",
    ),
    Fault(
        "A signed-out session still opens pages",
        "webapp/access/sessions.py",
        "            end_session(session, current_token())\n            if signed_in():",
        "            if signed_in():",
        "tests/web/test_account.py::test_a_copied_cookie_opens_nothing_after_signing_out",
    ),
    Fault(
        "Guessing is never slowed down",
        "schema/store/throttle.py",
        "    if moment < found.open_at:",
        "    if moment < found.open_at and False:",
        "tests/store/test_throttle.py::test_at_most_ten_attempts_go_through_in_any_five_minutes",
    ),
    Fault(
        "A commit does not wait for the disk",
        "schema/store/database.py",
        "PRAGMA synchronous=FULL",
        "PRAGMA synchronous=NORMAL",
        "tests/store/test_database.py::test_every_sqlite_connection_has_its_pragmas",
    ),
    Fault(
        "A row can be replaced in an append-only table",
        "schema/store/database.py",
        "PRAGMA recursive_triggers=ON",
        "PRAGMA recursive_triggers=OFF",
        "tests/store/test_append_only.py::test_the_audit_trail_cannot_be_emptied_or_replaced",
    ),
    Fault(
        "The UPDATE of a save does not check the revision",
        "schema/store/saving.py",
        "ENTRY.c.revision == held.revision, ",
        "",
        "tests/store/test_entries.py::test_the_update_itself_checks_revision_and_state",
    ),
    Fault(
        "A stale save overwrites what was saved meanwhile",
        "schema/store/saving.py",
        "    return Conflict(change.path, wanted, held, change.what) if wanted != held else None",
        "    return None",
        "tests/store/test_entries.py::test_a_save_on_an_older_revision_of_the_same_field_is_refused_with_both_values",
    ),
    Fault(
        "A change of the audit trail's content goes unnoticed",
        "schema/store/audit_verify.py",
        "if not holds(reading.keys, row):",
        "if False:",
        "tests/store/test_audit_chain.py::test_the_first_row_that_was_touched_is_named",
    ),
    Fault(
        "Returning an entry leaves no trace",
        "schema/store/submission.py",
        '    record(\n        session,\n        actor,\n        "entry.return",',
        '    (lambda *_, **__: None)(\n        session,\n        actor,\n        "entry.return",',
        "tests/web/test_entry_submit.py",
    ),
    Fault(
        "Accepted values stay accepted though rows are paired otherwise",
        "schema/store/pairings.py",
        "    row.agreed_accepted = False  # the agreed values are no longer those that were accepted\n",
        "",
        "tests/store/test_pairings.py",
    ),
    Fault(
        "Withdrawing a case leaves no trace",
        "schema/store/cases.py",
        '    _record(session, actor, case, "case.withdraw", {"reason": reason})\n',
        "",
        "tests/store/test_workflow.py::test_a_case_lives_as_the_model_says",
    ),
    Fault(
        "A label reaches the page unescaped",
        "webapp/entry/drawing.py",
        "Markup(str(escape(value)).translate(BRACES))",
        "Markup(str(value).translate(BRACES))",
        "tests/unit/webapp/test_entry_drawing.py",
    ),
    Fault(
        "Text in a workbook becomes a formula",
        "exports/book.py",
        '        cell.data_type = "s"  # after the value: the library takes "=…" for a formula and "#N/A" for an error\n',
        "",
        "tests/unit/exports/test_cells.py",
    ),
    Fault(
        "A missing code counts as a value that differs like any other",
        "schema/coding/sides.py",
        "else Verdict.MISSING_DIFFERS",
        "else Verdict.DIFFER",
        "tests/unit/coding/test_compare.py",
    ),
    Fault(
        "Percentages are rounded to the even neighbour",
        "schema/framework/percent.py",
        "    whole = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)",
        "    whole = round(scaled)",
        "tests/unit/framework/test_percent.py",
    ),
    Fault(
        "The trail does not say what a batch decided",
        "schema/store/decisions.py",
        '"choices": [described(one) for one in made]',
        '"choices": []',
        "tests/store/test_rebuilding.py::test_a_case_with_all_that_can_be_done_follows_from_the_trail",
    ),
    Fault(
        "The trail does not say how rows were paired to begin with",
        "schema/store/comparisons.py",
        '"pairs": [plain_pair(pair) for pair in pairs]',
        '"pairs": []',
        "tests/store/test_rebuilding.py::test_a_case_with_all_that_can_be_done_follows_from_the_trail",
    ),
    Fault(
        "Undoing a change writes over a later one",
        "schema/store/undo.py",
        "        possible = not taken_back and not lifted and _stands(desk, save.changes)",
        "        possible = not taken_back and not lifted",
        "tests/store/test_undo.py::test_a_change_is_not_undone_over_a_later_one",
    ),
    Fault(
        "Undoing an added row takes away what was entered in it since",
        "schema/store/undo.py",
        "    return part is not None and all(held(part) == made[what] for what, held in HELD.items())",
        "    return part is not None",
        "tests/store/test_undo.py::test_a_row_that_was_filled_since_is_not_taken_away",
    ),
    Fault(
        "A file of cases is sent without asking for the password",
        "webapp/downloads/routes.py",
        "    if not _options(file).is_identifying:\n        return _send(subject, file, opened)",
        "    if opened:\n        return _send(subject, file, opened)",
        "tests/web/test_downloads.py::test_a_file_of_cases_is_fetched_with_the_password_and_a_reason_alone",
    ),
    Fault(
        "Nobody sees that people are victims and perpetrators when small counts are withheld",
        "schema/framework/disclosure/tabulate.py",
        "    reader.same_answers()",
        "    pass",
        "tests/unit/framework/test_joined_units.py::test_people_beside_victims_and_perpetrators_tell_no_small_count",
    ),
    Fault(
        "A shared line tells that somebody holds a code that was given up, where zeros are withheld",
        "schema/framework/disclosure/release.py",
        "rule.zeros and _tells(framework, block, line.key)",
        "False",
        "tests/unit/framework/test_frame.py",
    ),
    Fault(
        "A live figure leaves out those that only its total holds",
        "exports/sheets/counted.py",
        "**dict.fromkeys(total, 0), ",
        "",
        "tests/store/test_master_workbook.py::test_the_sheet_of_a_unit_says_of_each_row_what_the_sheet_of_answers_says",
    ),
)
