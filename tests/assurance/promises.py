"""Which test holds which promise of safety, and what no test holds. The page ``docs/assurance.md`` is made from this."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Promise:
    """A promise with the tests that hold it (below ``tests/``).

    ``key``: by which clauses name it, never changed. ``gap``: what of it no test holds; empty where all is held.
    """

    key: str
    says: str
    tests: tuple[str, ...]
    gap: str = ""


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic that lists of requirements ask about, with its promises."""

    name: str
    promises: tuple[Promise, ...]


_MATRIX = "contract/test_access_matrix.py::"
_BLIND = "contract/test_blindness.py::"
_WORLDS = "contract/test_worlds.py::"

TOPICS = (
    Topic(
        "Signing in",
        (
            Promise(
                "first-account",
                "No default account and no sign-up; of ten first set-ups at once one counts",
                (
                    "web/test_guessing.py::test_no_name_and_password_that_everybody_tries_opens_a_fresh_installation",
                    "web/test_account.py::test_there_is_no_way_to_sign_up",
                    "web/test_account.py::test_the_first_person_sets_up_with_the_printed_code",
                    "store/test_people_at_once.py::test_ten_at_once_make_one_first_administrator",
                ),
            ),
            Promise(
                "passwords",
                "Passwords by length and by what everybody tries, hashed with argon2id, never cut; endless ones are not even hashed",
                (
                    "unit/schema/test_passwords.py::test_fifteen_characters_are_enough_and_fourteen_are_not",
                    "unit/schema/test_passwords.py::test_what_everybody_tries_is_refused",
                    "unit/schema/test_passwords.py::test_two_ways_of_typing_an_accent_are_one_password",
                    "web/test_guessing.py::test_a_password_over_a_kilobyte_is_refused_before_it_is_worked_on",
                    "unit/schema/test_passwords.py::test_the_hash_is_argon2id_at_nineteen_mebibytes_and_two_passes",
                    "web/test_strange_requests.py::test_a_hash_of_an_earlier_cost_is_made_anew_at_the_next_sign_in",
                    "unit/schema/test_passwords.py::test_a_long_password_of_its_own_is_accepted_without_rules_of_composition",
                    "unit/schema/test_passwords.py::test_a_long_password_is_taken_and_counts_to_its_last_character",
                    "unit/schema/test_passwords.py::test_a_password_opens_its_own_hash_and_no_other",
                ),
            ),
            Promise(
                "place-words",
                "No password holds one's name, the program's or that of a project of one's own, and no stranger learns which projects these are",
                (
                    "unit/schema/test_passwords.py::test_the_sign_in_name_in_it_is_refused",
                    "unit/schema/test_passwords.py::test_the_project_or_the_program_in_it_is_refused",
                    "web/test_account.py::test_a_password_with_a_projects_name_is_refused_to_its_members_alone_and_spends_no_code",
                ),
            ),
            Promise(
                "own-password",
                "People change their own password with the present one, which cannot be guessed there",
                (
                    "web/test_account.py::test_a_changed_password_counts_and_signs_out_elsewhere",
                    "web/test_account.py::test_a_password_that_will_not_do_is_refused_with_the_reason",
                    "web/test_throttling.py::test_the_present_password_cannot_be_guessed_from_an_open_browser",
                ),
            ),
            Promise(
                "password-fields",
                "Password fields are masked, open to pasting and password managers; no hint, no question, no expiry",
                (
                    "web/test_account.py::test_passwords_are_masked_and_left_to_whoever_keeps_them",
                    "web/test_account.py::test_no_script_hinders_pasting",
                    "web/test_account.py::test_a_password_counts_as_long_as_nobody_changes_it",
                    "web/test_account.py::test_a_password_is_never_sent_back",
                ),
            ),
            Promise(
                "alike-accounts",
                "Unknown and known accounts are answered alike, after the same work",
                (
                    "web/test_throttling.py::test_the_answers_are_the_same_whether_there_is_an_account_or_not",
                    "web/test_doors.py::test_signing_in_takes_the_same_work_whoever_is_asked_for",
                    "web/test_guessing.py::test_one_time_codes_are_refused_alike_whoever_they_are_tried_on",
                    "web/test_doors.py::test_a_one_time_code_takes_the_same_work_whoever_is_asked_for",
                ),
                "The work is compared; the time by the clock only by `make timing`.",
            ),
            Promise(
                "second-step",
                "A code of the second step counts once and cannot be guessed at speed; a recovery code stands in once",
                (
                    "web/test_two_step.py::test_signing_in_takes_both_and_a_code_counts_once",
                    "web/test_two_step.py::test_codes_cannot_be_guessed_at_speed_and_refusals_are_on_record",
                    "web/test_two_step.py::test_a_recovery_code_stands_in_once",
                ),
            ),
            Promise(
                "recovery-codes",
                "Recovery codes are long, kept as hashes, shown once; seeds are sealed",
                (
                    "web/test_two_step.py::test_neither_seed_nor_recovery_codes_are_in_the_database_or_shown_again",
                    "web/test_two_step.py::test_a_recovery_code_stands_in_once",
                ),
            ),
            Promise(
                "second-step-changes",
                "Turning the second step off and new recovery codes take the password; a seed that is not confirmed counts for nothing",
                (
                    "web/test_two_step.py::test_turning_it_off_and_renewing_codes_takes_the_password",
                    "web/test_two_step.py::test_a_seed_that_nobody_confirmed_within_the_hour_counts_for_nothing",
                ),
            ),
            Promise(
                "lost-device",
                "An administrator resets a lost second step, on record",
                ("web/test_two_step.py::test_an_administrator_resets_a_lost_device_on_record",),
            ),
            Promise(
                "second-step-by-role",
                "A second step is asked of the roles that an installation or a project chooses, from the next request on",
                (
                    "web/test_two_step.py::test_whoever_the_installation_asks_sets_it_up_at_the_next_sign_in",
                    "web/test_second_step_of_roles.py::test_whoever_is_asked_goes_on_once_it_is_set_up_and_nobody_else_is_stopped",
                    "web/test_second_step_of_roles.py::test_a_manager_asks_it_with_the_password_and_it_is_on_record",
                    "web/test_second_step_of_roles.py::test_it_is_asked_at_signing_in_and_cannot_be_turned_off_meanwhile",
                    "web/test_notices.py::test_whoever_lacks_the_second_step_that_a_project_asks_is_told_only_that_something_waits",
                ),
                "Accounts without a password are left to the sign-on that they come through.",
            ),
            Promise(
                "guessing",
                "Guessing is slowed for the account, in the database; after a hundred in a row strangers are not heard; nobody is locked out",
                (
                    "store/test_throttle.py::test_at_most_ten_attempts_go_through_in_any_five_minutes",
                    "store/test_throttle.py::test_the_count_outlives_the_server",
                    "web/test_throttling.py::test_strangers_do_not_keep_a_person_out_of_their_own_browser",
                    "web/test_throttling.py::test_after_a_hundred_wrong_passwords_in_a_row_strangers_are_not_heard_and_the_person_opens_it_again",
                    "web/test_throttling.py::test_a_one_time_code_opens_what_a_hundred_wrong_passwords_shut",
                    "web/test_throttling.py::test_a_name_that_nobody_has_is_shut_in_the_same_words",
                    "web/test_throttling.py::test_strangers_keep_nobody_from_using_their_code",
                    "web/test_two_step.py::test_after_a_hundred_wrong_codes_in_a_row_only_browsers_that_are_known_are_heard",
                    "store/test_throttle.py::test_after_a_hundred_in_a_row_no_waiting_helps_until_it_is_reopened",
                ),
                "After a hundred in a row, whoever has lost every browser in which they signed in needs a one-time code; thirty quiet days forget the count.",
            ),
            Promise(
                "doors",
                "No sign-in leads out of the site; no odd address or verb leads round the door",
                (
                    "web/test_doors.py::test_no_sign_in_leads_out_of_the_site",
                    _MATRIX + "test_no_odd_address_leads_round_the_door",
                    _MATRIX + "test_no_other_verb_leads_round_the_door",
                ),
            ),
            Promise(
                "sign-on-identity",
                "A university's word signs in the connected account alone, by issuer and subject, never by name or address; connecting takes the password",
                (
                    "web/test_sign_on.py::test_nobody_is_taken_for_an_account_by_name_or_address",
                    "web/test_sign_on.py::test_a_connected_account_is_signed_in_where_it_was_going",
                    "web/test_sign_on.py::test_connecting_takes_the_password_and_a_subject_belongs_to_one_account",
                    "web/test_sign_on.py::test_accounts_are_made_only_where_that_is_set_and_never_over_an_existing_one",
                    "web/test_sign_on.py::test_a_disabled_account_stays_shut",
                ),
            ),
            Promise(
                "sign-on-tokens",
                "An identity token counts signed by the provider that was set, for this client, this sign-in and its time",
                (
                    "web/test_sign_on.py::test_a_token_that_was_not_made_for_this_sign_in_is_refused",
                    "web/test_sign_on.py::test_a_token_signed_by_somebody_else_is_refused",
                    "web/test_sign_on.py::test_a_token_that_nobody_signed_is_refused_whatever_the_provider_says_it_takes",
                    "web/test_sign_on.py::test_a_provider_that_describes_itself_as_another_is_not_gone_to",
                    "web/test_sign_on.py::test_settings_that_would_open_a_door_too_wide_are_refused",
                ),
            ),
            Promise(
                "sign-on-way",
                "An answer of the provider counts once, in the browser that began; its tokens stay with the server; where it is away the password is left; signing out leads on",
                (
                    "web/test_sign_on.py::test_the_way_there_carries_state_nonce_and_a_challenge",
                    "web/test_sign_on.py::test_the_provider_gives_nothing_to_whoever_did_not_begin",
                    "web/test_sign_on.py::test_an_answer_counts_once",
                    "web/test_sign_on.py::test_no_token_of_the_provider_is_given_to_the_browser",
                    "web/test_sign_on.py::test_a_provider_that_does_not_answer_leaves_the_password",
                    "web/test_sign_on.py::test_signing_out_leads_on_to_the_provider",
                ),
            ),
            Promise(
                "sign-on-proxy",
                "The header of a proxy counts from the proxy's own address alone, at one address; without settings there is no such door",
                (
                    "web/test_sign_on.py::test_a_header_counts_from_the_proxy_alone",
                    "web/test_sign_on.py::test_behind_tls_the_proxys_own_address_counts_and_not_what_it_forwards",
                    "web/test_sign_on.py::test_without_settings_there_is_no_other_door",
                ),
            ),
            Promise(
                "last-administrator",
                "The last administrator stays, also against statements to the database; whoever has the machine gets back in, on record",
                (
                    "store/test_people.py::test_the_last_administrator_stays",
                    "web/test_doors.py::test_the_database_itself_keeps_the_last_administrator",
                    "web/test_cli.py::test_whoever_has_the_machine_gets_back_in_and_it_is_on_record",
                ),
            ),
        ),
    ),
    Topic(
        "Accounts that end, and work given to somebody else",
        (
            Promise(
                "closed-accounts",
                "A closed account is out at the next click, loses its one-time code and gets no file; its work can be given on, its name stays",
                (
                    "web/test_account.py::test_a_disabled_account_is_out_at_the_next_click",
                    "store/test_people.py::test_a_disabled_account_loses_sessions_and_code_and_can_be_opened_again",
                    "unit/webapp/test_jobs.py::test_work_for_somebody_whose_account_was_closed_is_not_done",
                    "store/test_cases.py::test_a_new_coder_starts_blank_and_the_old_entry_is_kept",
                ),
            ),
            Promise(
                "one-time-codes",
                "A one-time code for a new password counts once, for one person, for three days; nobody sets or sees another's password",
                (
                    "web/test_guessing.py::test_a_code_that_was_altered_read_in_the_database_or_given_to_somebody_else_opens_nothing",
                    "store/test_people.py::test_a_reset_code_sets_a_password_once",
                    "store/test_people.py::test_a_wrong_name_a_wrong_code_and_an_old_code_are_refused_in_the_same_words",
                    "web/test_doors.py::test_a_one_time_code_is_one_persons_and_ends_with_their_sessions",
                    "web/test_two_step.py::test_a_one_time_code_for_the_password_does_not_get_round_it",
                ),
            ),
            Promise(
                "one-of-many",
                "Two at once cannot take what only one may have: codes, the last administrator's role, a job",
                (
                    "store/test_people_at_once.py::test_a_one_time_code_is_good_for_one_of_ten_at_once",
                    "store/test_people_at_once.py::test_two_administrators_cannot_take_the_role_from_each_other_at_once",
                    "store/test_jobs.py::test_workers_at_once_never_get_the_same_job",
                ),
            ),
        ),
    ),
    Topic(
        "Sessions and forged requests",
        (
            Promise(
                "cookies",
                "Cookies are tied to the host; tokens are long and change at signing in and with other roles",
                (
                    "web/test_doors.py::test_over_https_every_cookie_is_tied_to_the_host",
                    "web/test_doors.py::test_tokens_are_long_and_never_alike",
                    "web/test_sessions.py::test_other_roles_bring_a_new_token_with_the_next_page_and_forms_stay_good",
                ),
            ),
            Promise(
                "kept-cookie",
                "A kept cookie opens nothing after signing out, a new password or a disabled account",
                (
                    "web/test_account.py::test_a_copied_cookie_opens_nothing_after_signing_out",
                    "web/test_account.py::test_a_changed_password_counts_and_signs_out_elsewhere",
                    "web/test_account.py::test_a_disabled_account_is_out_at_the_next_click",
                ),
            ),
            Promise(
                "new-tokens",
                "Signing in, the second step and a new password bring a new token",
                (
                    "web/test_account.py::test_signing_in_gives_a_new_token_each_time",
                    "web/test_two_step.py::test_signing_in_takes_both_and_a_code_counts_once",
                    "web/test_account.py::test_a_changed_password_counts_and_signs_out_elsewhere",
                ),
            ),
            Promise(
                "own-sessions",
                "People see where they are signed in, and end one or all others; nobody else's",
                (
                    "web/test_sessions.py::test_one_browser_can_be_signed_out_from_another",
                    "web/test_sessions.py::test_nobody_elses_session_can_be_ended",
                    "web/test_account.py::test_sessions_elsewhere_can_be_ended",
                ),
            ),
            Promise(
                "sessions-by-administrator",
                "An administrator signs somebody out everywhere without closing the account, on record",
                (
                    "web/test_people.py::test_somebody_is_signed_out_everywhere_without_closing_the_account",
                    "web/test_people.py::test_nobody_else_sees_or_changes_accounts",
                ),
            ),
            Promise(
                "way-out",
                "Every page that a click leads to has the way out",
                ("contract/test_links.py::test_every_link_that_a_person_is_shown_opens_for_them",),
            ),
            Promise(
                "session-limits",
                "Idle and absolute limits; saving does not stretch them, and typed text outlives them for the same person",
                (
                    "web/test_account.py::test_an_idle_session_ends",
                    "web/test_account.py::test_work_does_not_stretch_a_session_beyond_its_limit",
                    "web/test_sessions.py::test_saving_does_not_stretch_a_session_and_what_was_typed_outlives_it_for_the_same_person",
                ),
            ),
            Promise(
                "keys-of-production",
                "Production refuses weak keys; what was signed with a key that others know is refused; a new key signs nobody out, and a wrong one lets nothing begin",
                (
                    "web/test_guessing.py::test_no_mark_made_with_a_key_that_others_know_is_taken",
                    "web/test_guessing.py::test_a_list_of_cases_that_somebody_else_signed_registers_nothing",
                    "web/test_guessing.py::test_a_forged_mark_of_a_known_browser_is_slowed_like_any_stranger",
                    "unit/webapp/test_settings.py::test_production_refuses_a_weak_or_empty_key",
                    "unit/webapp/test_settings.py::test_production_refuses_a_key_file_that_others_can_read",
                    "web/test_doors.py::test_a_new_secret_key_signs_nobody_out_and_a_key_that_others_know_opens_nothing",
                    "web/test_audit_commands.py::test_with_another_key_nothing_begins_until_the_one_that_served_is_back_or_is_said_to_be_lost",
                    "web/test_backup_commands.py::test_a_new_machine_makes_no_key_that_would_stand_in_the_way_of_the_one_to_come",
                ),
            ),
            Promise(
                "marks",
                "A mark that Tandem signed counts for its purpose and its time alone",
                (
                    "web/test_guessing.py::test_no_mark_made_with_a_key_that_others_know_is_taken",
                    "web/test_guessing.py::test_a_mark_of_a_browser_is_forgotten_after_half_a_year",
                ),
            ),
            Promise(
                "forged-requests",
                "Nothing is changed without the token of the same sign-in, on any route; a form left open for hours can be sent, and one whose token does not fit comes back whole",
                (
                    "contract/test_routes.py::test_nothing_is_changed_without_a_token",
                    _MATRIX + "test_nothing_is_done_without_the_token_of_the_same_sign_in",
                    "web/test_account.py::test_a_form_left_open_for_hours_can_still_be_sent",
                    "web/test_doors.py::test_over_https_a_form_whose_token_does_not_fit_comes_back_whole_and_can_be_sent",
                    "web/test_doors.py::test_over_https_a_form_is_taken_without_a_referer_but_from_no_other_site",
                ),
            ),
            Promise(
                "safe-reading",
                "Reading changes nothing but when somebody was last seen",
                (
                    "contract/test_policing.py::test_a_row_changed_while_reading_is_found",
                    "web/test_account.py::test_reading_a_page_writes_at_most_when_it_was_last_seen",
                ),
            ),
        ),
    ),
    Topic(
        "Access",
        (
            Promise(
                "policy-table",
                "Every route asks the policy table; a route without a row fails",
                (
                    "contract/test_routes.py::test_every_route_has_a_permit_or_is_public",
                    "contract/test_routes.py::test_a_view_without_a_mark_is_never_run",
                    "contract/test_access_page.py",
                ),
            ),
            Promise(
                "access-matrix",
                "Every route answers each kind of person in each state of a case as the policy says, on both databases",
                (
                    _MATRIX + "test_every_page_answers_each_kind_of_person_as_the_policy_says",
                    _MATRIX + "test_the_same_holds_on_postgresql",
                    _MATRIX + "test_whoever_may_not_changes_nothing",
                ),
            ),
            Promise(
                "foreign-ids",
                "Foreign ids answer like ids that nobody has",
                (
                    _MATRIX + "test_a_foreign_id_answers_like_one_that_nobody_has",
                    _MATRIX + "test_a_project_that_one_is_not_in_answers_like_one_that_does_not_exist",
                ),
            ),
            Promise(
                "unasked-fields",
                "Fields that no form has change nothing",
                (
                    "web/test_people.py::test_fields_that_no_form_has_change_nothing",
                    "web/test_entry.py::test_a_malformed_form_is_refused_and_changes_nothing",
                    "contract/test_strange_fields.py::test_what_a_form_does_not_have_changes_nothing",
                    "contract/test_strange_fields.py::test_the_same_on_every_page_of_everybody",
                ),
            ),
            Promise(
                "workflow-moves",
                "Illegal moves of the workflow are refused by whoever tries; the database itself keeps the three people of a case apart",
                (
                    "store/test_workflow.py::test_a_case_lives_as_the_model_says",
                    "store/test_cases.py::test_the_database_itself_refuses_one_person_in_two_parts",
                    "store/test_unblinding.py::test_the_database_itself_keeps_who_had_another_part_out_and_assignments_as_they_were",
                    "store/test_privileges.py::test_a_case_lives_from_the_first_answer_to_the_workbook_and_is_erased",
                ),
            ),
            Promise(
                "files-of-the-entitled",
                "Files are only for those who may have them now",
                (
                    "web/test_downloads.py::test_other_members_make_and_fetch_nothing",
                    "web/test_downloads.py::test_a_job_does_nothing_for_somebody_who_lost_the_role_meanwhile",
                    "web/test_downloads.py::test_files_and_jobs_of_another_project_are_not_found",
                    "web/test_access.py::test_the_rest_of_a_download_is_refused_once_the_membership_has_ended",
                ),
            ),
        ),
    ),
    Topic(
        "Blinding and unblinding",
        (
            Promise(
                "crawl",
                "Nobody who is blind finds a value, name or id of the other coder anywhere",
                (
                    _BLIND + "test_nobody_who_is_blind_finds_a_value_of_coder_a_anywhere",
                    _BLIND + "test_a_manager_who_codes_finds_no_value_of_the_other_coder_anywhere",
                    _BLIND + "test_nobody_finds_one_on_postgresql",
                    _BLIND + "test_the_crawl_sees_what_is_there",
                ),
            ),
            Promise(
                "non-interference",
                "A coder gets the same answers, to the byte, whatever the other has done",
                (
                    _WORLDS + "test_coder_b_gets_the_same_answers_whatever_coder_a_has_done",
                    _WORLDS + "test_the_answers_are_the_same_on_postgresql",
                    _WORLDS + "test_the_comparison_of_worlds_sees_a_difference",
                    "contract/test_coding_at_once.py::test_whoever_submits_in_the_same_instant_is_answered_like_one_who_submits_alone",
                    "contract/test_coding_at_once.py::test_however_often_the_other_saves_between_two_saves_nothing_of_it_is_seen",
                    "web/test_strange_requests.py::test_no_page_of_an_entry_can_be_asked_whether_it_has_changed",
                ),
                "Times to answer are compared by `make timing`, and asserted by no test.",
            ),
            Promise(
                "unnamed-order",
                "Where coders are unnamed, the order in which their answers stand says nothing of who has which slot",
                (
                    "store/test_unnamed_coders.py::test_over_two_hundred_cases_the_order_says_nothing_of_the_slot",
                    "store/test_unnamed_coders.py::test_the_lot_that_gives_the_order_is_kept_nowhere",
                    "web/test_reconciliation_unnamed.py::test_no_page_of_reconciling_names_a_coder",
                ),
            ),
            Promise(
                "case-state",
                "The state of a case tells a coder nothing of the other",
                (
                    "store/test_cases.py::test_a_coder_reads_nothing_of_the_other_from_the_state",
                    "web/test_entry_submit.py::test_what_a_coder_sees_is_the_same_whether_or_not_the_other_has_submitted",
                ),
            ),
            Promise(
                "seen-never-codes",
                "Whoever has seen a case never codes it, whatever their role becomes",
                (
                    "store/test_unblinding.py::test_whoever_has_seen_a_case_cannot_code_it_whatever_their_role_becomes",
                    "web/test_unblinding.py::test_a_manager_who_read_an_entry_cannot_become_its_coder_after_changing_roles",
                    "store/test_cases.py::test_whoever_coded_a_case_never_reconciles_it_even_after_being_replaced",
                ),
            ),
            Promise(
                "notices-blind",
                "Notices, mails, the assignment board and the pilot tell a coder nothing of the other one before sign-off",
                (
                    "web/test_notices.py::test_nothing_that_the_other_coder_does_is_told_to_a_coder",
                    "web/test_notices.py::test_of_two_workers_one_sends_the_digest_and_no_answer_is_in_it",
                    "web/test_planning.py::test_a_manager_who_codes_a_case_changes_nobody_in_it_by_the_board",
                    "web/test_pilot.py::test_a_manager_who_codes_an_open_case_of_the_round_is_shown_no_figure",
                    "store/test_pilots.py::test_while_a_manager_codes_an_open_case_of_the_round_nobody_decides_and_they_see_nothing",
                ),
            ),
            Promise(
                "coding-again",
                "Whoever codes a signed-off case again finds nothing of what came of it, and nothing of the case changes",
                (
                    "contract/test_blindness_of_repeats.py::test_a_case_that_is_coded_again_tells_its_coder_nothing_and_tells_nothing_of_it",
                    "web/test_repeats.py::test_the_coder_gets_a_blank_entry_and_is_blind_to_all_that_came_of_the_case",
                    "web/test_repeats.py::test_what_is_coded_again_changes_nothing_of_the_case",
                ),
                "That they saw the final extract before, when the case was signed off, cannot be undone.",
            ),
            Promise(
                "scheduled-again",
                "A scheduled round of coding again is given once, on its day, and tells coders no more than a case given by hand",
                (
                    "store/test_repeat_schedules.py::test_a_round_is_given_once_however_many_workers_look_and_its_lot_can_be_drawn_again",
                    "web/test_repeat_schedules.py::test_a_manager_sets_a_schedule_and_its_rounds_come_by_themselves",
                    "web/test_repeat_schedules.py::test_what_is_told_is_what_a_case_given_by_hand_tells",
                ),
            ),
            Promise(
                "unblinding",
                "Unblinding is per case, with reason and password, on record, and never taken back",
                (
                    "store/test_unblinding.py::test_a_case_is_unblinded_once_with_a_reason_on_record_and_never_again_blind",
                    "web/test_unblinding.py::test_without_reason_or_password_it_stays_blind",
                    "web/test_unblinding.py::test_nobody_else_unblinds_and_nobody_while_a_coder_is_at_work",
                ),
            ),
            Promise(
                "returned-entries",
                "A returned or reopened case keeps every earlier state; a new coder starts empty",
                (
                    "store/test_reopening.py::test_signed_anew_the_latest_counts_and_the_first_can_still_be_read",
                    "store/test_cases.py::test_a_new_coder_starts_blank_and_the_old_entry_is_kept",
                    "store/test_snapshots.py::test_a_snapshot_cannot_be_changed",
                ),
            ),
        ),
    ),
    Topic(
        "Hostile input",
        (
            Promise(
                "text-is-text",
                "Text on pages is text: nothing switches escaping off, no inline part, a policy against scripts",
                (
                    "contract/test_architecture.py::test_no_page_switches_escaping_off",
                    "contract/test_architecture.py::test_no_page_holds_inline_script_or_style",
                    "unit/webapp/test_entry_drawing.py",
                    "web/test_cases.py::test_hostile_text_in_a_list_is_shown_as_text",
                    "contract/test_own_rules.py::test_scripts_make_markup_only_of_what_the_server_drew",
                    "journeys/test_hostile_text.py::test_nothing_runs_on_the_usual_pages",
                    "journeys/test_hostile_text.py::test_every_text_that_people_can_give_holds_the_payload",
                    "journeys/test_hostile_text.py::test_nothing_runs_on_any_page",
                ),
            ),
            Promise(
                "addresses-are-text",
                "Whatever an address is asked with is text: no database, no attribute and no file is reached by it",
                (
                    "contract/test_queries.py::test_what_an_address_asks_is_never_put_to_the_database",
                    "contract/test_queries.py::test_the_same_for_whatever_is_asked_on_every_page",
                    "contract/test_framed_pages.py::test_what_an_address_asks_is_text_also_where_there_are_figures",
                ),
            ),
            Promise(
                "statements",
                "Values come to the database as parameters; statements are put together in named places only, from names of their own",
                (
                    "contract/test_own_rules.py::test_statements_are_put_together_from_text_in_named_places_only",
                    "contract/test_queries.py::test_what_an_address_asks_is_never_put_to_the_database",
                ),
            ),
            Promise(
                "decoded-once",
                "What is sent is decoded once, cleaned once where it enters, and comes back as it was typed",
                (
                    "web/test_strange_requests.py::test_what_is_sent_is_decoded_once_and_never_again",
                    "unit/template/test_kinds.py::test_text_is_cleaned_once_where_it_enters",
                    "unit/template/test_kinds.py::test_cleaning_twice_changes_nothing_and_leaves_what_every_store_and_file_can_hold",
                ),
            ),
            Promise(
                "no-shell",
                "No shell is started, and programs of ours get words that no text from outside is among",
                (
                    "contract/test_own_rules.py::test_no_shell_is_started",
                    "contract/test_uploads.py::test_no_name_of_a_file_leads_anywhere",
                    "durable/test_outside.py::test_a_server_connects_to_nobody_outside_and_starts_no_shell",
                ),
            ),
            Promise(
                "mail-heads",
                "What is no single mail address is refused, line ends included",
                ("web/test_notices.py::test_what_is_no_address_is_refused_at_its_field",),
            ),
            Promise(
                "no-typed-links",
                "No address that somebody types becomes a link, whatever it begins with",
                (
                    "web/test_strange_requests.py::test_no_address_that_somebody_typed_becomes_a_link",
                    "web/test_strange_requests.py::test_an_address_among_the_answers_is_no_link_either",
                    "contract/test_policing.py::test_a_bad_page_is_found",
                ),
            ),
            Promise(
                "header-injection",
                "Nothing that somebody types makes a header or a cookie; a form of far too many fields is refused calmly",
                (
                    "web/test_strange_requests.py::test_no_header_and_no_other_cookie_comes_of_what_somebody_typed",
                    "web/test_strange_requests.py::test_a_form_of_far_too_many_fields_is_refused_calmly_and_changes_nothing",
                ),
            ),
            Promise(
                "largest-forms",
                "The largest forms are saved whole by one request: no more statements for a section, one more for each row",
                (
                    "web/test_largest_form.py::test_as_many_answers_as_a_section_can_have_take_the_statements_of_three",
                    "web/test_largest_form.py::test_fifteen_hundred_answers_in_rows_take_a_statement_for_each_row_more",
                ),
                "The time is printed, and asserted by no test.",
            ),
            Promise(
                "six-hundred-cases",
                "No page of a project takes more statements for six hundred cases than for three, and none lists all of them",
                (
                    "web/test_many_cases.py::test_no_page_takes_more_statements_for_more_cases_and_none_lists_all_of_them",
                    "web/test_downloads.py::test_of_many_cases_that_are_left_out_the_page_lists_a_hundred",
                    "store/test_agreement_read.py::test_the_number_of_statements_does_not_grow_with_the_cases",
                ),
            ),
            Promise(
                "nothing-evaluated",
                "Nothing that arrives as text is evaluated",
                (
                    "contract/test_architecture.py::test_code_evaluates_nothing_that_arrives_as_text",
                    "contract/test_own_rules.py::test_markup_is_made_in_named_places_only",
                    "contract/test_own_rules.py::test_no_library_that_runs_what_it_reads_is_used",
                    "contract/test_own_rules.py::test_no_text_that_arrives_says_how_values_are_put_into_it",
                ),
            ),
            Promise(
                "proportionate-expressions",
                "No text makes an expression that reads it work out of proportion: twice the text is twice the work",
                (
                    "contract/test_patterns.py::test_twice_the_text_is_twice_the_work_for_every_expression",
                    "contract/test_patterns.py::test_the_same_for_characters_in_twos",
                    "contract/test_patterns.py::test_what_is_out_of_proportion_is_found",
                ),
                "The work of our own expressions is counted; that of libraries is bounded by the limits of what they are given.",
            ),
            Promise(
                "strict-kinds",
                "Each kind reads strictly: numbers, dates, codes; what is read is what both databases store",
                (
                    "unit/template/test_kinds.py::test_whatever_is_read_without_fault_is_a_storable_value",
                    "unit/template/test_kinds.py::test_what_is_not_plain_digits_is_no_number_and_is_kept_as_typed",
                    "unit/template/test_kinds.py::test_cleaning_twice_changes_nothing_and_leaves_what_every_store_and_file_can_hold",
                    "store/test_entries.py::test_what_cannot_be_stored_in_both_databases_is_cleaned",
                ),
            ),
            Promise(
                "limits-told",
                "What is taken at most stands once in the code, and is told to everybody",
                ("web/test_help.py::test_every_limit_is_told_to_everybody",),
            ),
            Promise(
                "limits-kept",
                "What is more than the limit of an answer, a group, a file, a paste or an act on many things is refused with what to do",
                (
                    "store/test_entries.py::test_what_cannot_be_saved_is_refused_with_its_path_and_nothing_is_written",
                    "store/test_entries.py::test_a_full_group_takes_no_more_rows",
                    "unit/webapp/test_entry_paste.py::test_so_much_is_pasted_at_once_and_no_more",
                    "web/test_entry_offline.py::test_a_workbook_of_more_than_ten_megabytes_is_refused_unread",
                    "web/test_questionnaires.py::test_a_file_that_is_too_large_is_told_and_what_was_typed_stays",
                    "web/test_reports.py::test_the_largest_report_is_taken_and_one_byte_more_is_not",
                    "unit/webapp/test_draft_file.py::test_a_file_is_neither_too_large_nor_of_another_kind",
                    "unit/framework/test_draft.py::test_a_text_with_thousands_of_figures_is_cut_and_says_so",
                    "web/test_planning.py::test_the_board_sets_a_deadline_for_all_ticked_cases",
                    "web/test_frame.py::test_no_more_rows_are_recoded_together_than_the_limit_says",
                    "web/test_strange_requests.py::test_a_form_of_far_too_many_fields_is_refused_calmly_and_changes_nothing",
                ),
                "Of cases given to a pilot round or to be coded again, and of new rows in an offline workbook, the largest number is tried by no test.",
            ),
            Promise(
                "strange-fields",
                "What a form does not have does nothing: strange fields, names like lists, fields sent twice; on every form of everybody",
                (
                    "contract/test_strange_fields.py::test_what_a_form_does_not_have_changes_nothing",
                    "contract/test_strange_fields.py::test_the_same_on_every_page_of_everybody",
                    "contract/test_framed_pages.py::test_what_a_form_does_not_have_changes_nothing_also_where_there_are_figures",
                ),
            ),
            Promise(
                "names-in-scripts",
                "No script writes to an object under a name that it was given",
                (
                    "contract/test_names_that_arrive.py::test_no_script_writes_under_a_name_that_it_was_given",
                    "contract/test_names_that_arrive.py::test_the_search_sees_what_does",
                ),
            ),
            Promise(
                "one-source",
                "A value comes from the address or from the form; two views take one of either",
                (
                    "contract/test_names_that_arrive.py::test_values_come_from_the_address_or_the_form_and_from_either_in_named_views_only",
                ),
            ),
            Promise(
                "answers-together",
                "What has to go together in an entry is checked at submission, as the questionnaire says, and stops it",
                (
                    "unit/answers/test_validate.py::test_every_rule_kind_of_the_language_is_checked",
                    "unit/answers/test_validate.py::test_an_empty_document_lists_what_is_required_in_page_order",
                    "web/test_entry_submit.py::test_what_is_in_the_way_is_listed_with_links_to_the_places",
                    "web/test_entry_submit.py::test_an_incomplete_entry_is_refused_and_stays_open",
                ),
            ),
            Promise(
                "missing-keys",
                "A missing key never blanks a stored answer; unknown, doubled and foreign keys are refused",
                (
                    "web/test_entry.py::test_a_missing_key_never_blanks_a_stored_answer",
                    "unit/forms/test_changes.py::test_a_name_that_the_page_does_not_have_is_refused",
                    "unit/forms/test_fields.py::test_what_no_page_of_ours_sends_is_refused",
                ),
            ),
            Promise(
                "rows-by-id",
                "Rows go by their ids: nothing is dropped or hung on another row",
                (
                    "web/test_entry_rows.py::test_a_deleted_row_never_gives_its_answers_to_another",
                    "store/test_entries.py::test_rows_keep_their_places_through_adding_moving_deleting_and_restoring",
                    "unit/forms/test_changes.py::test_a_row_that_is_not_there_is_refused",
                ),
            ),
            Promise(
                "workflow-model",
                "The whole workflow does what a model written apart from it says, on both databases",
                (
                    "store/test_workflow.py::test_a_case_lives_as_the_model_says",
                    "store/test_workflow.py::test_thousands_of_steps_go_as_the_model_says",
                ),
            ),
            Promise(
                "readers-of-json",
                "No JSON and no template file whatever breaks its reader",
                (
                    "unit/answers/test_document_laws.py::test_no_json_whatever_breaks_the_reader",
                    "unit/template/test_any_file.py::test_a_template_with_any_line_changed_dropped_or_doubled",
                ),
            ),
        ),
    ),
    Topic(
        "Files that come in",
        (
            Promise(
                "any-file",
                "Whatever file is sent to whatever control, under whatever name: a clear refusal, nothing stored, nothing beside its place",
                (
                    "contract/test_uploads.py::test_a_hostile_file_is_refused_with_what_to_do_and_leaves_nothing",
                    "contract/test_uploads.py::test_whatever_file_is_sent_to_whatever_control_leaves_nothing",
                    "contract/test_uploads.py::test_no_name_of_a_file_leads_anywhere",
                    "contract/test_uploads.py::test_the_table_has_every_control_of_its_pages",
                    "contract/test_uploads.py::test_no_view_reads_a_file_that_is_not_in_the_table",
                ),
            ),
            Promise(
                "hostile-lists",
                "Lists of cases: wrong kinds, macros, cut and swelling files and entities are refused",
                (
                    "unit/cases/test_listfile.py::test_what_is_no_list_is_refused_by_name",
                    "unit/cases/test_listfile.py::test_a_zip_that_unpacks_to_far_more_is_refused_unread",
                    "unit/cases/test_listfile.py::test_a_workbook_cut_short_anywhere_is_refused",
                    "unit/cases/test_listfile.py::test_entities_in_a_workbook_are_never_read",
                    "unit/cases/test_listfile.py::test_a_workbook_with_macros_is_refused",
                    "unit/webapp/test_reader_memory.py::test_a_reader_never_holds_more_than_it_may",
                ),
                "The time of the reader is limited, and asserted by no test.",
            ),
            Promise(
                "drafts",
                "Drafts: no entity is resolved, what swells or has too many parts is refused before it is unpacked",
                (
                    "unit/webapp/test_draft_file.py::test_entities_are_not_resolved_and_a_document_type_is_refused",
                    "unit/webapp/test_draft_file.py::test_a_document_that_swells_is_refused_before_it_is_unpacked",
                    "unit/webapp/test_draft_file.py::test_an_archive_without_a_document_or_with_too_many_parts_is_refused",
                    "unit/webapp/test_draft_file.py::test_a_file_is_neither_too_large_nor_of_another_kind",
                ),
            ),
            Promise(
                "files-told",
                "Which files each control takes, and how large, is written down as it is in the code",
                (
                    "contract/test_input_page.py::test_every_control_that_takes_a_file_is_on_the_page_with_its_limits",
                    "contract/test_input_page.py::test_the_numbers_of_the_page_are_those_of_the_code",
                ),
            ),
            Promise(
                "file-names",
                "The name of a file is shown and offered without folders and marks, and leads to no path",
                (
                    "contract/test_uploads.py::test_a_name_is_offered_without_folders_and_marks",
                    "contract/test_uploads.py::test_no_name_of_a_file_leads_anywhere",
                    "web/test_downloads.py::test_the_file_is_kept_under_a_random_name_for_its_owner_alone",
                    "web/test_strange_requests.py::test_no_header_and_no_other_cookie_comes_of_what_somebody_typed",
                ),
            ),
            Promise(
                "entry-workbooks",
                "An entry workbook is shown first, overwrites nothing newer, makes no row twice, and is refused where it is not this entry's",
                (
                    "web/test_entry_offline.py::test_what_was_filled_in_is_shown_first_saved_once_and_makes_no_row_twice",
                    "web/test_entry_offline.py::test_what_was_changed_here_since_is_not_overwritten_unless_the_coder_says_so",
                    "web/test_entry_offline.py::test_a_workbook_of_another_case_coder_version_or_kind_is_refused_with_what_to_do",
                    "web/test_entry_offline.py::test_hostile_texts_come_back_unchanged_from_libreoffice",
                ),
                "Excel itself was not tried.",
            ),
            Promise(
                "imports",
                "An import is shown first, then all of it or nothing, and again changes nothing; ten thousand cases of it make saves wait for seconds, and refuse none",
                (
                    "web/test_cases.py::test_an_import_shows_every_fate_first_and_then_writes_all_of_it",
                    "web/test_cases.py::test_one_bad_row_keeps_every_row_out_and_each_is_told_its_number",
                    "web/test_cases.py::test_the_same_list_imported_again_changes_nothing",
                    "web/test_cases.py::test_a_long_list_takes_as_many_statements_as_a_short_one",
                    "durable/test_long_work.py::test_an_import_and_an_export_of_ten_thousand_cases_keep_nobody_from_saving",
                ),
            ),
            Promise(
                "bombs",
                "While the worst file is read everybody else is served and the server’s memory stays; reading it ends after a second and a half of a processor",
                (
                    "durable/test_uploads_to_a_server.py::test_a_bomb_is_refused_and_everybody_else_is_served_meanwhile",
                    "unit/webapp/test_reader_memory.py::test_a_reader_never_holds_more_than_it_may",
                    "unit/webapp/test_reader_memory.py::test_a_look_into_a_pdf_never_holds_more_than_it_may",
                    "unit/webapp/test_draft_file.py::test_a_small_document_that_holds_millions_of_elements_is_refused",
                    "unit/webapp/test_reader_memory.py::test_a_reader_of_drafts_never_holds_more_than_it_may",
                    "unit/webapp/test_children.py::test_a_program_that_goes_on_for_too_long_is_ended",
                ),
                "The time by the clock is printed, and asserted by no test; after ten seconds of it a reader is stopped too.",
            ),
            Promise(
                "bodies",
                "A body that lies of its length, or never ends, leaves nothing; what a killed server was taking in is whole, or cleared away",
                (
                    "durable/test_uploads_to_a_server.py::test_a_body_that_is_longer_or_shorter_than_it_says_leaves_nothing",
                    "durable/test_uploads_to_a_server.py::test_a_file_that_comes_in_pieces_is_kept_whole",
                    "durable/test_uploads_to_a_server.py::test_a_stream_without_end_is_refused_before_twice_the_largest_body",
                    "durable/test_uploads_to_a_server.py::test_a_server_killed_while_it_takes_files_in_leaves_no_row_without_its_file_and_no_file_for_long",
                    "web/test_reports.py::test_the_largest_report_is_taken_and_one_byte_more_is_not",
                    "web/test_reports.py::test_only_files_that_nobody_knows_and_nobody_writes_are_swept_up",
                ),
                "A file without a row is removed when it is an hour old: unfinished ones by any worker, others when the next report is read or by `tandem report check`.",
            ),
            Promise(
                "reports",
                "Reports: checked by content, stored under random names, served so that they can do nothing, compared with their hash",
                (
                    "web/test_reports.py::test_what_is_no_good_report_is_refused_and_leaves_nothing",
                    "web/test_reports.py::test_a_file_is_served_so_that_it_can_do_nothing",
                    "web/test_reports.py::test_a_pdf_that_swells_is_stopped_by_the_limits_of_its_own_process",
                    "web/test_reports.py::test_a_damaged_file_is_not_served",
                ),
            ),
        ),
    ),
    Topic(
        "Working at the same time",
        (
            Promise(
                "two-windows",
                "Two windows on one field: both values are shown, nothing is lost",
                (
                    "web/test_entry.py::test_two_windows_on_the_same_field_show_both_values",
                    "journeys/test_entry_desk.py::test_two_windows_on_one_field_show_both_values_and_the_coder_chooses",
                    "store/test_entries.py::test_the_update_itself_checks_revision_and_state",
                ),
            ),
            Promise(
                "submit-once",
                "Submitting many times is one transition; a late save is refused and shown",
                (
                    "web/test_entry_submit.py::test_submitting_at_the_same_moment_from_many_windows_is_one_transition",
                    "web/test_entry_submit.py::test_text_typed_in_another_window_after_submission_is_shown_not_lost",
                ),
            ),
            Promise(
                "one-reconciler",
                "Of two reconcilers one wins; a decision and a returned entry exclude each other",
                (
                    "store/test_decisions.py::test_two_reconcilers_on_one_position_have_one_winner_and_the_other_sees_both",
                    "store/test_comparisons.py::test_a_decision_and_a_returned_entry_at_the_same_moment_exclude_each_other",
                ),
            ),
            Promise(
                "one-version",
                "Of acts on a questionnaire or a case that exclude each other one counts: versions, parts, references",
                (
                    "store/test_cases_at_once.py::test_one_of_four_publishes_the_next_version",
                    "store/test_cases_at_once.py::test_nobody_is_given_both_codings_of_a_case",
                    "store/test_cases_at_once.py::test_both_codings_of_a_case_are_given_at_the_same_moment",
                    "store/test_cases_at_once.py::test_of_two_who_are_given_one_coding_the_later_replaces_the_earlier",
                    "store/test_cases_at_once.py::test_a_reference_is_registered_once",
                ),
            ),
            Promise(
                "many-writers",
                "Many writers lose no update, on both databases and from several processes",
                (
                    "store/test_database.py::test_many_writers_lose_no_update",
                    "store/test_database.py::test_several_processes_on_one_sqlite_file_lose_no_update",
                    "durable/test_nodes.py::test_two_servers_and_two_workers_share_one_database",
                    "store/test_histories.py::test_a_history_of_thirty_clients_is_one_line",
                    "store/test_histories.py::test_a_long_history_of_thirty_clients_is_one_line",
                ),
            ),
        ),
    ),
    Topic(
        "Nothing is lost",
        (
            Promise(
                "killed-server",
                "A killed server loses no acknowledged save",
                ("durable/test_kill.py::test_a_killed_server_loses_no_acknowledged_save",),
                "Two hundred rounds run with `make soak` only.",
            ),
            Promise(
                "sync-first",
                "The sync comes before the answer",
                (
                    "durable/test_sync.py::test_every_pooled_connection_has_the_pragmas",
                    "durable/test_sync.py::test_the_sync_comes_before_the_answer",
                    "durable/test_sync.py::test_a_report_and_its_name_are_on_the_disk_before_the_row_that_names_it",
                ),
            ),
            Promise(
                "lost-power",
                "Whatever end of SQLite's log is lost with the power, the rest is whole, and each save is in it or is not",
                ("durable/test_power.py::test_whatever_end_of_the_log_is_lost_the_rest_is_whole",),
                "The end of the log is cut and spoilt in copies; no power was cut.",
            ),
            Promise(
                "lost-machine",
                "Losing the machine of the database loses no acknowledged save; servers go on with its standby",
                (
                    "durable/test_failover.py::test_a_lost_primary_takes_no_acknowledged_save_with_it_and_work_goes_on",
                ),
                "Only in `make test-full`; both servers on one machine.",
            ),
            Promise(
                "shelves",
                "Stored files are served only as they were stored, from a folder or a bucket; a bucket that is away is said",
                (
                    "web/test_shelves.py::test_a_file_that_is_missing_or_changed_is_lost",
                    "web/test_shelves.py::test_reports_and_exports_in_a_bucket_are_used_like_any_other",
                    "web/test_shelves.py::test_a_store_that_is_away_is_said_nothing_is_recorded_and_all_goes_on_when_it_is_back",
                    "web/test_shelves.py::test_those_who_wait_for_a_store_that_says_nothing_leave_threads_for_everybody_else",
                    "web/test_reports.py::test_a_report_that_comes_while_all_are_checked_is_not_swept_up",
                ),
                "Tried with one implementation of S3, moto; not with a store of a provider.",
            ),
            Promise(
                "given-up-workers",
                "A worker whose job another took up keeps nothing; one that dies, or whose database goes away, does nothing twice",
                (
                    "durable/test_nodes.py::test_two_servers_and_two_workers_share_one_database",
                    "store/test_jobs.py::test_a_worker_that_was_given_up_changes_nothing_any_more",
                    "web/test_downloads.py::test_a_worker_whose_job_was_taken_up_by_another_keeps_nothing",
                    "web/test_jobs_in_outages.py::test_a_job_whose_connection_ends_is_done_by_another_attempt",
                    "web/test_jobs_in_outages.py::test_a_job_that_was_done_before_the_database_went_away_is_not_done_again",
                    "web/test_downloads.py::test_a_job_whose_worker_dies_when_its_file_is_kept_is_done_and_not_done_again",
                    "store/test_jobs.py::test_machines_whose_clocks_differ_take_nothing_from_each_other",
                ),
            ),
            Promise(
                "killed-migration",
                "A killed migration leaves the old schema or the new one",
                (
                    "durable/test_interrupted_migrations.py::test_a_killed_migration_leaves_the_old_schema_or_the_new_one",
                    "store/test_migrations.py::test_a_database_from_a_later_version_is_refused",
                ),
            ),
            Promise(
                "no-room",
                "A full disk, folders that are gone or locked, a busy or absent database: said, and nothing typed is lost",
                (
                    "web/test_outages.py::test_a_full_disk_is_said_and_nothing_typed_is_lost",
                    "durable/test_no_room.py::test_without_room_nothing_is_half_written_and_with_room_again_work_goes_on",
                    "durable/test_no_room.py::test_a_data_folder_that_cannot_be_written_to_is_refused_at_the_start",
                    "durable/test_left_behind.py::test_the_folder_is_made_anew_where_somebody_removed_it_and_missed_where_it_cannot_be",
                    "web/test_outages.py::test_postgresql_goes_away_and_comes_back",
                    "durable/test_long_work.py::test_saves_wait_for_a_lock_of_ten_seconds_and_are_kept_for_later_where_it_lasts",
                ),
                "A form of more than half a megabyte finds its connection closed while there is no room for its copy; the page that it was sent from keeps it.",
            ),
            Promise(
                "postgresql-away",
                "PostgreSQL that ends connections, stands still, is set to be read or has none free: said or waited for, healed by itself, and no save is done twice",
                (
                    "web/test_outages.py::test_connections_that_postgresql_ended_are_not_used_again",
                    "web/test_outages.py::test_a_save_whose_connection_ends_in_the_middle_is_said_and_done_once_when_it_is_sent_again",
                    "web/test_outages.py::test_a_save_waits_where_postgresql_stands_still_and_is_done_once",
                    "web/test_outages.py::test_while_postgresql_stands_still_for_half_a_minute_everybody_is_answered_and_then_everybody_is_served",
                    "web/test_lost_connections.py::test_a_postgresql_that_stands_still_is_not_waited_for_without_end_and_serves_as_soon_as_it_goes_on",
                    "web/test_lost_connections.py::test_a_postgresql_that_falls_silent_within_a_save_is_given_up_and_the_save_is_made_once",
                    "web/test_outages.py::test_whoever_finds_no_connection_free_is_told_so_and_is_served_once_there_is_one",
                    "web/test_outages.py::test_a_postgresql_that_is_set_read_only_can_still_be_read_and_saves_as_soon_as_that_ends",
                    "web/test_outages.py::test_a_save_that_the_server_breaks_off_is_said_and_done_once_when_it_is_sent_again",
                ),
                "A machine that is lost without a goodbye is noticed within the same limit; that it stops confirming what it receives is not played in a test.",
            ),
            Promise(
                "broken-connections",
                "A connection that breaks within a save: where it is not known whether the save was made nothing is claimed, and sent again it is there once",
                (
                    "web/test_lost_connections.py::test_a_save_whose_connection_breaks_between_statements_is_not_made_and_made_once_when_sent_again",
                    "web/test_lost_connections.py::test_whether_a_save_was_made_is_not_claimed_where_the_answer_to_its_commit_is_lost_and_it_is_there_once_in_the_end",
                    "web/test_lost_connections.py::test_a_script_that_heard_no_answer_to_its_save_sends_it_again_and_it_is_there_once",
                    "web/test_lost_connections.py::test_a_save_is_made_and_said_to_be_where_only_the_connection_that_was_read_by_breaks",
                    "web/test_lost_connections.py::test_nothing_is_said_to_be_unsaved_where_it_was_saved_before_the_database_went_away",
                ),
                "Other acts than answers are not recognised when they are sent again: the page asks to look first.",
            ),
            Promise(
                "kept-state",
                "The state that lists count a case under follows from its parts, also where two people act on it at once",
                (
                    "store/test_kept_state.py::test_of_two_acts_at_once_the_later_one_keeps_what_follows_from_both",
                    "store/test_workflow.py::test_a_case_lives_as_the_model_says",
                    "store/test_doctor.py::test_drifted_counters_are_found_and_set_right_on_request",
                ),
            ),
            Promise(
                "readiness",
                "A server is ready only while the store of its files answers",
                ("web/test_shelves.py::test_ready_asks_the_bucket_and_asks_it_seldom",),
            ),
            Promise(
                "backups",
                "A backup under load holds one moment, names the stored files that it lacks, is refused where it was changed, and is removed for a better one of the same installation alone",
                (
                    "durable/test_backup_under_load.py::test_a_backup_under_load_holds_one_moment",
                    "store/test_backups.py::test_a_changed_or_cut_file_is_refused_wherever_it_was_changed",
                    "store/test_backups.py::test_everything_comes_back_on_either_database",
                    "store/test_backups.py::test_a_stored_file_that_is_missing_or_changed_is_named_and_the_rest_is_written",
                    "web/test_backup_commands.py::test_a_backup_without_a_stored_file_says_so_when_it_is_made_verified_and_restored",
                    "store/test_backup_schedule.py::test_backups_of_another_installation_in_the_same_folder_are_left_alone",
                    "store/test_backup_schedule.py::test_a_backup_of_a_clock_that_was_ahead_takes_the_place_of_no_other",
                    "store/test_backup_schedule.py::test_a_backup_that_lacks_stored_files_takes_the_place_of_no_complete_one",
                ),
            ),
            Promise(
                "restores",
                "A backup comes back on either database; one that was rewritten, of a later version or under another key is refused, an encrypted one opens with its passphrase alone",
                (
                    "store/test_backups.py::test_everything_comes_back_on_either_database",
                    "store/test_backups.py::test_a_file_that_was_rewritten_with_its_hashes_is_refused_by_its_seal",
                    "store/test_backups.py::test_without_the_key_a_backup_is_taken_only_when_that_is_said",
                    "store/test_backups.py::test_a_backup_of_a_later_version_is_refused",
                    "store/test_backups.py::test_an_encrypted_backup_opens_with_its_passphrase_only",
                    "store/test_backups.py::test_a_restore_gets_past_what_a_crash_left",
                    "web/test_backup_commands.py::test_a_backup_is_made_verified_and_restored_elsewhere",
                ),
            ),
            Promise(
                "interrupted-restores",
                "A restore that is killed anywhere leaves what was there, or a mark under which nothing works until it is repeated; one without room changes nothing",
                (
                    "durable/test_interrupted_restores.py::test_a_killed_restore_leaves_what_was_there_or_is_repeated",
                    "durable/test_interrupted_restores.py::test_the_same_with_files_in_a_bucket",
                    "durable/test_interrupted_restores.py::test_nothing_works_on_while_a_restore_is_under_way",
                    "durable/test_interrupted_restores.py::test_no_other_server_begins_either_and_a_backup_can_be_verified",
                    "durable/test_interrupted_restores.py::test_of_two_restores_at_once_the_second_is_refused_and_disturbs_nothing",
                    "durable/test_interrupted_restores.py::test_a_restore_for_which_there_is_no_room_changes_nothing",
                ),
            ),
            Promise(
                "only-looking",
                "Who only looks makes nothing and throws nothing away: no folder, key or database, no log that lies without its database; a damaged file is said",
                (
                    "unit/webapp/test_settings.py::test_who_only_looks_makes_neither_folder_nor_key",
                    "store/test_doctor.py::test_what_is_not_there_is_said_and_not_made",
                    "store/test_doctor.py::test_a_damaged_file_is_said_beside_everything_else",
                    "store/test_database.py::test_a_log_whose_database_was_moved_away_is_not_thrown_away",
                ),
            ),
            Promise(
                "moves",
                "A study moves to the other database with every table the same, and not where somebody worked meanwhile; its files move elsewhere, each compared",
                (
                    "store/test_backups.py::test_a_study_moves_to_another_database_and_every_table_is_the_same",
                    "store/test_backups.py::test_nothing_is_moved_where_somebody_worked_meanwhile",
                    "web/test_moving_files.py::test_a_file_that_is_not_as_the_database_knows_it_is_named_and_nothing_is_copied",
                    "web/test_moving_files.py::test_what_an_interrupted_run_copied_counts_and_what_it_spoilt_is_copied_again",
                ),
            ),
            Promise(
                "clock-steps",
                "Acts stay in order when the clock steps",
                ("durable/test_clock.py::test_acts_stay_in_order_and_saves_go_on_when_the_clock_steps",),
            ),
        ),
    ),
    Topic(
        "The audit trail: attributable, in time, original, complete, enduring",
        (
            Promise(
                "every-act",
                "Every accepted step has its act, with who; a refused one leaves none",
                (
                    "store/test_workflow.py::test_a_case_lives_as_the_model_says",
                    "store/test_audit_chain.py::test_an_act_that_fails_leaves_no_row_and_no_gap",
                    "store/test_audit_chain.py::test_a_row_whose_act_cannot_be_stored_is_not_stored_either",
                    "contract/test_trail.py::test_a_change_without_a_row_is_found",
                    "contract/test_trail.py::test_a_row_in_another_transaction_is_none",
                ),
                "Every request of every test is watched; a route that no test drives is named at the end of a run, and does not fail it.",
            ),
            Promise(
                "rebuilt-case",
                "A case made anew from the trail alone is the case as it is stored",
                (
                    "store/test_workflow.py::test_a_case_lives_as_the_model_says",
                    "store/test_rebuilding.py::test_a_case_with_all_that_can_be_done_follows_from_the_trail",
                    "store/test_rebuilding.py::test_a_checked_case_follows_from_the_trail",
                    "web/test_repeat_schedules.py::test_schedules_follow_from_the_trail_alone",
                    "store/test_rebuilding.py::test_what_leaves_no_trace_is_seen",
                ),
            ),
            Promise(
                "append-only",
                "What is written cannot be changed, emptied or replaced, on both databases",
                (
                    "store/test_append_only.py::test_the_audit_trail_cannot_be_changed",
                    "store/test_append_only.py::test_the_audit_trail_cannot_be_emptied_or_replaced",
                    "store/test_append_only.py::test_each_append_only_table_has_its_triggers",
                    "store/test_append_only.py::test_every_trigger_that_keeps_rows_is_known_and_one_that_is_taken_away_is_missed",
                    "web/test_cli.py::test_no_server_starts_where_a_trigger_that_keeps_rows_is_gone",
                ),
            ),
            Promise(
                "privileges",
                "Where the owner is apart, PostgreSQL refuses it by privilege too, while a whole case is coded, settled and exported; no server "
                "starts with other privileges",
                (
                    "store/test_privileges.py::test_whatever_changes_an_append_only_table_is_refused_by_privilege",
                    "contract/test_removing.py::test_rows_are_removed_only_from_the_tables_of_which_the_role_that_serves_may_remove_them",
                    "store/test_privileges.py::test_what_keeps_all_of_them_can_be_neither_replaced_nor_removed",
                    "store/test_privileges.py::test_a_case_lives_from_the_first_answer_to_the_workbook_and_is_erased",
                    "store/test_privileges.py::test_an_upgrade_gives_what_is_due_on_a_new_table_and_takes_away_what_is_not",
                    "store/test_privileges.py::test_what_a_role_is_or_may_make_counts_as_well_as_what_it_may_do_to_tables",
                    "store/test_privileges.py::test_no_server_starts_where_the_role_that_serves_may_do_more_or_less_than_is_due",
                    "store/test_privileges.py::test_a_restored_database_serves_again",
                ),
            ),
            Promise(
                "chain",
                "With all rights on the database: the first row that was touched is named, a cut tail is seen; nothing is written after rows of an unknown key",
                (
                    "store/test_audit_chain.py::test_the_first_row_that_was_touched_is_named",
                    "store/test_audit_chain.py::test_two_rows_that_changed_places_are_found",
                    "store/test_audit_chain.py::test_a_cut_tail_is_seen_against_a_head_that_was_printed_earlier",
                    "store/test_audit_chain.py::test_a_trail_written_anew_with_another_key_is_found",
                    "store/test_audit_chain.py::test_nothing_is_written_after_rows_that_an_unknown_key_sealed",
                ),
            ),
            Promise(
                "who-did-what",
                "What somebody did on a case, and what they opened and took away, is one question; looking is on record",
                (
                    "store/test_audit_read.py::test_it_is_narrowed_by_person_act_case_and_time",
                    "web/test_audit.py::test_what_an_account_opened_and_took_away_is_one_question",
                    "web/test_audit.py::test_looking_and_taking_away_are_on_record",
                    "web/test_audit.py::test_being_refused_is_on_record_once_an_hour_for_each_case",
                    "web/test_audit.py::test_what_is_unknown_and_what_belongs_to_others_is_refused_and_recorded_alike",
                ),
            ),
            Promise(
                "sign-ins-on-record",
                "Sign-ins done and refused are on record with their way, names that nobody has are not",
                (
                    "web/test_throttling.py::test_sign_ins_refused_and_done_are_on_record_and_unknown_names_are_not",
                    "web/test_two_step.py::test_codes_cannot_be_guessed_at_speed_and_refusals_are_on_record",
                    "web/test_sign_on.py::test_a_connected_account_is_signed_in_where_it_was_going",
                ),
            ),
            Promise(
                "value-history",
                "Each value keeps its history: old, new and when in an entry; who, why and cause of every decision",
                (
                    "web/test_entry_undo.py::test_the_latest_changes_read_in_words_and_are_undone_and_put_back_by_button",
                    "web/test_entry_undo.py::test_every_change_of_one_answer_is_read_however_long_ago",
                    "store/test_undo.py::test_every_save_can_be_read_a_hundred_at_a_time_and_those_of_one_place_alone",
                    "store/test_decisions.py::test_a_later_decision_supersedes_an_earlier_one_and_both_stay",
                ),
            ),
            Promise(
                "log-of-saves",
                "Every save of an entry is logged with what became of what, and the log cannot be rewritten",
                (
                    "store/test_entries.py::test_the_log_says_what_became_of_what",
                    "store/test_entries.py::test_an_entry_is_changed_in_a_persons_name",
                    "store/test_entries.py::test_the_log_cannot_be_rewritten",
                ),
            ),
            Promise(
                "frozen-entries",
                "What was submitted or signed off is frozen as it was; one that was tampered with is refused",
                (
                    "store/test_snapshots.py::test_what_was_frozen_comes_back",
                    "store/test_snapshots.py::test_the_latest_snapshot_is_the_one_of_the_last_submission",
                    "store/test_snapshots.py::test_a_snapshot_cannot_be_changed",
                    "store/test_snapshots.py::test_a_snapshot_that_was_tampered_with_is_refused",
                    "store/test_reopening.py::test_signed_anew_the_latest_counts_and_the_first_can_still_be_read",
                ),
            ),
            Promise(
                "corrections",
                "An entry is returned and a sign-off taken back only with a reason, by those who may, on record with what had been signed",
                (
                    "store/test_entries.py::test_an_entry_is_returned_only_with_a_reason_and_only_when_submitted",
                    "store/test_reopening.py::test_it_needs_a_reason_a_fresh_page_and_a_sign_off",
                    "store/test_reopening.py::test_it_is_on_record_with_reason_and_what_had_been_signed",
                    "store/test_reopening.py::test_who_coded_the_case_cannot_take_its_sign_off_back",
                    "web/test_reconciliation_reopening.py::test_without_reason_or_password_it_stays_signed",
                    "web/test_reconciliation_reopening.py::test_nobody_but_a_manager_may",
                ),
            ),
            Promise(
                "people-on-record",
                "Accounts, their roles and every sign-in, also a refused one, are on record with who and when, in UTC",
                ("web/test_people.py::test_accounts_roles_and_sign_ins_are_on_record_with_who_and_when",),
            ),
            Promise(
                "trail-in-words",
                "Every act is told in words a manager can read, narrowed by person, case, act and day, page by page and as a file",
                (
                    "contract/test_audit_words.py::test_every_act_has_its_sentence",
                    "contract/test_audit_words.py::test_no_sentence_stands_for_an_act_that_nobody_records",
                    "web/test_audit.py::test_it_says_who_did_what_in_words",
                    "web/test_audit.py::test_it_can_be_narrowed_by_person_case_act_and_day",
                    "web/test_audit.py::test_pages_follow_one_another_without_gap_or_repetition",
                    "web/test_audit.py::test_what_looks_like_a_formula_is_text_in_the_file",
                    "web/test_audit_commands.py::test_what_belongs_to_no_project_is_listed_the_latest_first_and_that_is_on_record",
                ),
            ),
            Promise(
                "blind-trail",
                "The trail keeps blindness: a manager who codes a case reads of it only their own acts until sign-off, and no numbers whose gaps tell",
                (
                    "web/test_audit.py::test_a_manager_who_codes_sees_of_an_open_case_only_their_own_acts",
                    "web/test_audit.py::test_a_manager_who_codes_sees_no_numbers_whose_gaps_could_be_counted",
                    "web/test_audit.py::test_after_sign_off_a_manager_who_coded_sees_everything",
                    "store/test_audit_read.py::test_a_manager_sees_all_and_a_coder_only_their_own_until_it_is_signed_off",
                ),
            ),
        ),
    ),
    Topic(
        "Privacy and what answers carry",
        (
            Promise(
                "quiet-logs",
                "No log line holds an answer, a name or a token",
                ("web/test_health.py::test_no_log_line_holds_an_answer_a_name_or_a_token",),
            ),
            Promise(
                "log-lines",
                "Each request is one line with its time in UTC, route, status and reference, whatever it was asked with; an error is its kind and places",
                (
                    "web/test_health.py::test_a_request_is_one_line_with_its_route_and_reference",
                    "web/test_health.py::test_an_error_in_text_is_its_kind_and_places_only",
                ),
            ),
            Promise(
                "secrets-and-children",
                "No secret is in a command line or given to a program that opens uploads; no answer lies where all programs write, even after a kill",
                (
                    "web/test_children.py::test_whoever_opens_an_upload_gets_no_secret_and_finds_no_file",
                    "durable/test_left_behind.py::test_what_a_killed_process_was_writing_lies_in_the_data_folder_alone_and_is_cleared_away",
                    "contract/test_own_rules.py::test_what_is_started_gets_no_secret_of_this_process",
                    "contract/test_own_rules.py::test_no_command_takes_a_secret_where_everybody_on_the_machine_can_read_it",
                ),
                "A dump of a crashed process is the operating system’s; it is not searched.",
            ),
            Promise(
                "nobody-outside",
                "A server connects to nobody outside the machine and starts no shell, whatever is walked over, sent or made",
                (
                    "durable/test_outside.py::test_a_server_connects_to_nobody_outside_and_starts_no_shell",
                    "durable/test_outside.py::test_the_same_on_every_page_that_links_lead_to",
                    "durable/test_outside.py::test_what_goes_outside_is_seen",
                ),
                "Seen by strace, on Linux; on SQLite, without mail, single sign-on and buckets, which are asked where they are set.",
            ),
            Promise(
                "failures",
                "A failure gives a page with a reference and nothing from inside",
                (
                    "web/test_account.py::test_a_failure_gives_a_page_with_a_reference_and_nothing_from_inside",
                    "web/test_account.py::test_even_a_broken_error_page_answers",
                ),
            ),
            Promise(
                "browser-keeps-nothing",
                "The browser keeps nothing",
                (
                    "journeys/test_entry_desk.py::test_what_is_typed_is_saved_without_a_button_and_nothing_is_kept_in_the_browser",
                    "journeys/test_report_beside.py::test_only_width_and_place_are_remembered",
                    "web/test_entry.py::test_no_browser_offers_what_somebody_else_typed_into_an_answer",
                    "web/test_account.py::test_a_copied_cookie_opens_nothing_after_signing_out",
                ),
            ),
            Promise(
                "owner-alone",
                "Files belong to their owner alone",
                (
                    "durable/test_outside.py::test_all_that_a_server_writes_is_its_owners_alone",
                    "store/test_database.py::test_folder_and_files_belong_to_their_owner_alone",
                    "unit/webapp/test_settings.py::test_folder_and_key_belong_to_their_owner_alone",
                ),
            ),
            Promise(
                "retention",
                "How long everything is kept is said on one page, and is what the code does",
                ("contract/test_kept.py::test_how_long_something_is_kept_is_said_and_held",),
            ),
            Promise(
                "erasing",
                "An erased case or project leaves nothing in any table or file, and the trail still holds",
                (
                    "store/test_erasing.py::test_nothing_of_an_erased_case_is_left_and_the_others_are_untouched",
                    "store/test_erasing.py::test_an_erased_project_is_gone_with_all_that_hung_on_it",
                    "store/test_erasing.py::test_the_trail_keeps_who_and_when_and_still_holds",
                    "store/test_erasing.py::test_nobody_without_the_key_makes_a_row_look_erased",
                    "web/test_erasing.py::test_an_administrator_erases_a_case_with_its_files",
                ),
                "Backups and files that were taken away before are out of reach.",
            ),
            Promise(
                "headers",
                "Every answer carries its headers, errors and files included; unknown hosts are refused",
                (
                    _MATRIX + "test_errors_static_files_and_downloads_carry_the_same_headers",
                    "contract/test_policing.py::test_an_answer_without_its_headers_is_found",
                    "web/test_doors.py::test_other_hosts_are_refused_with_all_headers",
                    "web/test_doors.py::test_what_a_client_says_of_forwarding_is_not_believed",
                ),
            ),
            Promise(
                "other-origins",
                "Every answer says what it is and in which encoding, and none may be read by pages of other origins",
                (
                    _MATRIX + "test_errors_static_files_and_downloads_carry_the_same_headers",
                    "contract/test_policing.py::test_an_answer_that_says_too_little_or_lets_others_read_it_is_found",
                ),
            ),
            Promise(
                "inside",
                "Nothing of the inside is served: no source, no setting, no list of a folder, no console, whatever FLASK_DEBUG says; TRACE is refused",
                (
                    _MATRIX + "test_nothing_of_the_inside_can_be_fetched",
                    _MATRIX + "test_no_other_verb_leads_round_the_door",
                    "web/test_account.py::test_nothing_is_debugged_whatever_the_environment_says",
                    "contract/test_distribution.py::test_the_wheel_holds_the_five_rooms_and_nothing_else",
                ),
            ),
            Promise(
                "watching",
                "Numbers are for whoever shows the token, health tells no more than that, and nginx as shipped shows neither outside",
                (
                    "web/test_health.py::test_numbers_are_shown_to_whoever_has_the_token",
                    "web/test_health.py::test_up_is_told_without_asking_the_database",
                    "durable/test_deployed.py::test_tandem_works_behind_nginx_as_it_is_shipped",
                ),
            ),
            Promise(
                "tls",
                "Behind nginx as shipped: recent TLS and strong ciphers alone, plain HTTP leads to HTTPS, what browsers say of forwarding is replaced",
                (
                    "durable/test_deployed.py::test_only_recent_tls_with_strong_ciphers_is_spoken",
                    "durable/test_deployed.py::test_tandem_works_behind_nginx_as_it_is_shipped",
                    "contract/test_routes.py::test_over_https_cookies_are_tied_to_the_host",
                    "web/test_sign_on.py::test_behind_tls_the_proxys_own_address_counts_and_not_what_it_forwards",
                ),
            ),
            Promise(
                "unit",
                "Under systemd as shipped Tandem has an account, no privileges and few system calls; what it keeps is for that account alone",
                (
                    "durable/test_guide.py::test_the_process_has_only_what_the_unit_leaves_it",
                    "durable/test_guide.py::test_little_is_open_to_a_unit",
                    "durable/test_guide.py::test_what_it_keeps_is_for_its_own_account_alone",
                ),
            ),
            Promise(
                "ways-out",
                "Mail and single sign-on are set up encrypted, or on this machine; an unencrypted way to the database is named by the doctor",
                (
                    "web/test_notices.py::test_settings_of_mail",
                    "web/test_sign_on.py::test_settings_that_would_open_a_door_too_wide_are_refused",
                    "store/test_doctor.py::test_a_way_to_another_machine_that_others_can_listen_on_is_named",
                ),
                "That a wrong certificate is refused is left to the libraries of TLS, and tried by no test.",
            ),
            Promise(
                "given-back",
                "Every request gives its connections back; a server that has worked for long holds no more than at the beginning",
                (
                    "contract/test_policing.py::test_a_bad_answer_is_found",
                    "durable/test_endurance.py::test_a_long_day_ends_as_it_began",
                ),
            ),
            Promise(
                "large-and-slow",
                "Too large a body is refused calmly, and hundreds of slow clients keep nobody out",
                (
                    "web/test_account.py::test_too_large_a_body_is_refused_calmly",
                    "durable/test_outside.py::test_a_request_that_contradicts_itself_is_refused_and_none_is_hidden_in_it",
                    "durable/test_slow_clients.py::test_hundreds_of_slow_clients_keep_nobody_out",
                ),
            ),
            Promise(
                "overload",
                "Whoever has waited too long is told when to come again, what was sent by a form is taken, and nothing is lost",
                (
                    "durable/test_overload.py::test_who_waited_too_long_is_told_to_come_again_and_a_form_is_taken",
                    "durable/test_overload.py::test_ten_times_the_people_lose_nothing_and_leave_it_as_it_was",
                ),
                "Under `tandem serve`; another server's own queue is not looked at.",
            ),
            Promise(
                "crowds",
                "Many uploads, files or sign-ins at once keep nobody's saves out; whoever asks for too much is told when to try again",
                (
                    "web/test_share.py::test_whoever_sends_too_much_at_once_is_told_to_wait_and_everybody_else_goes_on",
                    "web/test_share.py::test_every_view_that_reads_an_upload_takes_part",
                    "unit/schema/test_hashing.py::test_few_are_hashed_at_once_some_wait_and_all_others_are_told_at_once",
                    "web/test_share.py::test_whoever_signs_in_while_too_many_do_is_told_so_and_nothing_is_counted",
                    "durable/test_crowd.py::test_coders_go_on_saving_while_a_crowd_signs_in_and_somebody_uploads_without_end",
                ),
                "How long saves take meanwhile is printed by the last of these, and asserted by none. With thirty coders who each save a second after their last save was answered, fifty who sign in and come again when they are told to, and twelve uploads at once, on two processors beside one other process at work: 95 of 100 saves within 0.21, 0.23 and 0.38 seconds while the crowd was there, within 0.74, 0.71 and 0.72 of the first ninety, when all of it came at once; the longest took 0.78 (27 November 2026, three runs).",
            ),
        ),
    ),
    Topic(
        "Files that go out",
        (
            Promise(
                "no-cell-runs",
                "No cell runs and nothing leads outside; text is recoverable",
                (
                    "unit/exports/test_cells.py::test_no_part_of_the_file_holds_a_formula_an_error_or_a_link_outside",
                    "unit/exports/test_hostile_workbook.py::test_no_cell_runs_and_nothing_leads_outside",
                    "unit/exports/test_cells.py::test_any_text_gives_a_workbook_that_opens",
                ),
            ),
            Promise(
                "read-by-others",
                "LibreOffice reads every cell as it was written; so does R, in whatever encoding it runs",
                (
                    "unit/exports/test_workbook.py::test_libreoffice_reads_every_cell_as_it_was_written",
                    "unit/exports/test_read_by_r.py::test_every_cell_of_every_file_is_what_was_written",
                ),
                "The commands for Stata are held against its files, but have not been run by Stata.",
            ),
            Promise(
                "files-with-password",
                "A file of cases is taken away with the password and a purpose alone, both times on record",
                (
                    "web/test_downloads.py::test_a_file_of_cases_is_fetched_with_the_password_and_a_reason_alone",
                    "web/test_downloads.py::test_making_and_fetching_are_logged_with_the_hash",
                ),
            ),
            Promise(
                "only-consensus",
                "Only final consensus is in the master, everything else is listed with the reason; making it is on record",
                (
                    "web/test_downloads.py::test_the_page_says_what_is_in_and_what_is_out_and_why",
                    "store/test_consensus.py::test_a_withdrawn_case_is_not_among_them",
                    "web/test_downloads.py::test_making_and_fetching_are_logged_with_the_hash",
                ),
            ),
            Promise(
                "one-moment",
                "A file is of one moment; the same data give the same hash",
                (
                    "web/test_downloads.py::test_a_file_is_of_one_moment_whatever_is_signed_off_meanwhile",
                    "unit/exports/test_workbook.py::test_the_same_data_give_the_same_hash_and_it_stands_on_the_first_sheet",
                ),
            ),
        ),
    ),
    Topic(
        "Figures that are shared",
        (
            Promise(
                "disclosure",
                "No count below the threshold can be worked out from what is printed, from percentages or from two releases",
                (
                    "unit/framework/test_disclosure.py::test_a_solver_finds_no_withheld_count",
                    "unit/framework/test_disclosure.py::test_without_secondary_suppression_the_solver_would_succeed",
                    "unit/framework/test_disclosure.py::test_two_releases_together_tell_no_small_difference",
                ),
            ),
        ),
    ),
    Topic(
        "What Tandem is made of",
        (
            Promise(
                "pinned",
                "Every dependency is pinned within its bounds, all of a release by the hash of each file; the package holds the five rooms and nothing else",
                (
                    "contract/test_distribution.py::test_the_constraints_pin_every_dependency_within_its_bounds",
                    "contract/test_distribution.py::test_everything_that_a_release_needs_has_its_hashes",
                    "contract/test_distribution.py::test_the_wheel_holds_the_five_rooms_and_nothing_else",
                ),
                "Known weaknesses are looked up by `make audit`, which needs a source of advisories, and fails 90 days after the pins were last reviewed; it is no part of the tests.",
            ),
            Promise(
                "no-secret-here",
                "No secret stands in the project",
                ("contract/test_own_rules.py::test_no_secret_stands_in_the_project",),
            ),
            Promise(
                "cryptography-inventory",
                "What signs, seals and encrypts is in the inventory and is that of libraries; no cipher is chosen by hand, no hash but SHA-256",
                (
                    "contract/test_cryptography.py::test_the_inventory_names_every_module_that_uses_cryptography_and_no_other",
                    "contract/test_cryptography.py::test_no_cipher_mode_or_padding_is_chosen_by_hand",
                    "contract/test_cryptography.py::test_no_hash_but_sha256_is_asked_for",
                ),
                "What libraries do inside, HMAC-SHA1 in time-based codes and signed marks among it, is said in the inventory.",
            ),
            Promise(
                "random-source",
                "What nobody may guess comes from the operating system; what can be drawn again is for lots and invented studies",
                (
                    "contract/test_cryptography.py::test_random_numbers_that_can_be_drawn_again_are_for_lots_and_invented_studies_alone",
                    "web/test_doors.py::test_tokens_are_long_and_never_alike",
                ),
            ),
            Promise(
                "seals",
                "A sealed secret that was changed anywhere is not opened; after a new key it is sealed anew",
                (
                    "store/test_two_step.py::test_a_sealed_seed_that_was_changed_anywhere_is_not_opened",
                    "web/test_two_step.py::test_after_a_new_secret_key_the_app_still_works_and_without_the_earlier_one_it_says_so",
                ),
            ),
            Promise(
                "locked-backups",
                "An encrypted backup opens with its passphrase alone, under a slow derivation",
                (
                    "store/test_backups.py::test_an_encrypted_backup_opens_with_its_passphrase_only",
                    "store/test_backups.py::test_a_passphrase_is_worked_on_before_it_opens_anything",
                ),
            ),
            Promise(
                "faults",
                "The checks themselves can fail: deliberate faults turn them red",
                (
                    "faults/test_faults.py::test_a_fault_turns_its_check_red",
                    "faults/test_faults.py::test_every_fault_turns_its_check_red",
                    "faults/test_faults.py::test_a_fault_that_breaks_nothing_is_reported",
                ),
            ),
        ),
    ),
)
