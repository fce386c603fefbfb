"""OWASP ASVS 5.0, chapters V6 to V10: signing in, sessions, access, tokens. What each clause of levels 1 and 2 asks, in our words."""

from __future__ import annotations

from tests.assurance.clauses import Chapter, held, not_applicable, not_held, operator, partly

_NO_SERVER = "Tandem is no authorization server: it signs in through one provider and grants nothing to other applications."
_NO_RESOURCE = "Tandem takes no access tokens: it has no interface for other programs, and keeps no token of the provider."
_NO_PROVIDER = "Tandem is no OpenID provider."
_NO_CHANNEL = "No codes or requests go by telephone, text message, mail or push; a one-time code chooses a new password and is no factor."

CHAPTERS: tuple[Chapter, ...] = (
    Chapter(
        "V6 Authentication",
        (
            # Documentation
            held(
                "6.1.1",
                1,
                "How guessing is slowed, how that is set, and how nobody is locked out on purpose is documented",
                "settings.md#attempts-to-sign-in",
                "guessing",
            ),
            held(
                "6.1.2",
                2,
                "Words about the place that passwords may not hold are listed",
                "signing-in.md#words-that-no-password-holds",
            ),
            held(
                "6.1.3",
                2,
                "Every way in is documented, with its controls and strength",
                "signing-in.md#the-ways-in",
            ),
            # Passwords
            held("6.2.1", 1, "Passwords of 8 characters or more, better 15", "passwords"),
            held("6.2.2", 1, "People can change their password", "own-password"),
            held("6.2.3", 1, "Changing it takes the present one", "own-password"),
            partly(
                "6.2.4",
                1,
                "New passwords are compared with 3,000 or more common ones of their length",
                "passwords",
                lacks="There is no list of 3,000: few common passwords have 15 characters. Refused is of which hardly anything remains without some 300 "
                "pieces, rows of keys and repetitions, which covers more than a list would; a password that is common for another reason is not found.",
            ),
            held("6.2.5", 1, "No rules about which characters", "passwords"),
            held("6.2.6", 1, "Password fields are masked", "password-fields"),
            held("6.2.7", 1, "Pasting and password managers are let be", "password-fields"),
            partly(
                "6.2.8",
                1,
                "A password is checked as it was typed",
                "passwords",
                lacks="Unicode is put into one form (NFC) before hashing, as NIST SP 800-63B-4 advises, so that one password typed on two keyboards "
                "is one. Nothing is cut, trimmed or folded.",
            ),
            held("6.2.9", 2, "Passwords of 64 characters are taken", "passwords"),
            held("6.2.10", 2, "Passwords do not expire by themselves", "password-fields"),
            held("6.2.11", 2, "The listed words about the place are refused", "passwords", "place-words"),
            not_held(
                "6.2.12",
                2,
                "New passwords are compared with those known from breaches",
                why="Tandem asks nobody outside, and ships no list of breached passwords (the smallest useful ones are hundreds of megabytes). Fifteen "
                "characters, slowed guessing and the second step stand in for it.",
            ),
            # In general
            held(
                "6.3.1",
                1,
                "Guessing and stuffing are hindered as documented",
                "guessing",
                "alike-accounts",
                "crowds",
            ),
            held("6.3.2", 1, "No default accounts", "first-account"),
            operator(
                "6.3.3",
                2,
                "A second factor must be used",
                "second-step-by-role",
                "signing-in.md#the-second-step",
                does="Sets TANDEM_TWO_STEP=everyone; left out, people and projects choose. Whoever comes through a university is asked for it there or nowhere.",
            ),
            partly(
                "6.3.4",
                2,
                "No undocumented way in, and the same strength on each",
                "policy-table",
                "second-step",
                "one-time-codes",
                "signing-in.md#the-ways-in",
                lacks="A sign-on through a university is not asked for the second step of the installation; its strength is the university's.",
            ),
            # Life of a factor
            held(
                "6.4.1",
                1,
                "First passwords and codes are random, short-lived, and never stay the password",
                "one-time-codes",
                "first-account",
                "random-source",
            ),
            held("6.4.2", 1, "No hints and no secret questions", "password-fields"),
            held(
                "6.4.3",
                2,
                "A forgotten password is replaced without passing the second step by",
                "one-time-codes",
            ),
            operator(
                "6.4.4",
                2,
                "Who lost a factor proves who they are as when it was set up",
                "lost-device",
                "signing-in.md#the-second-step",
                does="The administrator makes sure that it is the person, as the page asks, before resetting; what was done is on record.",
            ),
            # Second factors
            held("6.5.1", 2, "Codes of every kind count once", "second-step", "one-time-codes"),
            held(
                "6.5.2",
                2,
                "Kept codes under 112 bits are hashed as passwords are, others by any hash",
                "recovery-codes",
                "protecting.md#keys-and-secrets",
            ),
            held("6.5.3", 2, "Codes and seeds come from a cryptographic random source", "random-source"),
            held("6.5.4", 2, "Codes of 20 bits or more", "recovery-codes", "protecting.md#keys-and-secrets"),
            partly(
                "6.5.5",
                2,
                "Time-based codes count for 30 seconds",
                "second-step",
                lacks="The code before and the one after are taken too, for clocks that are half a minute off (RFC 6238, section 5.2): up to 90 seconds, once.",
            ),
            # Out of band
            not_applicable("6.6.1", 2, "Codes by telephone only beside stronger ways", why=_NO_CHANNEL),
            not_applicable("6.6.2", 2, "Out-of-band codes belong to one request", why=_NO_CHANNEL),
            not_applicable("6.6.3", 2, "Out-of-band codes cannot be guessed at speed", why=_NO_CHANNEL),
            # Through a provider
            held(
                "6.8.1",
                2,
                "Somebody of one provider cannot be taken for somebody of another",
                "sign-on-identity",
                "signing-in.md#through-a-university",
            ),
            held("6.8.2", 2, "Signatures of a provider's word are always checked", "sign-on-tokens"),
            not_applicable(
                "6.8.3",
                2,
                "SAML assertions count once",
                why="Tandem reads no SAML: Shibboleth in the proxy in front does, and checks it.",
            ),
            partly(
                "6.8.4",
                2,
                "The strength that is expected of a provider is checked in its word",
                "files-with-password",
                "unblinding",
                "signing-in.md#through-a-university",
                lacks="Strength and age of the sign-on there are not read. As documented, no more than a password is taken for granted, and acts that "
                "ask for the password again ask for one of this installation.",
            ),
        ),
    ),
    Chapter(
        "V7 Session management",
        (
            # Documentation
            held(
                "7.1.1",
                2,
                "Idle and absolute limits are documented, with any difference from NIST",
                "signing-in.md#sessions",
            ),
            held(
                "7.1.2", 2, "How many sessions one account may have is documented", "signing-in.md#sessions"
            ),
            held(
                "7.1.3",
                2,
                "How sessions here and at a provider hang together is documented",
                "signing-in.md#through-a-university",
            ),
            # Tokens
            held("7.2.1", 1, "Tokens are checked by the server", "kept-cookie", "keys-of-production"),
            held("7.2.2", 1, "Tokens are made for each session", "cookies"),
            held("7.2.3", 1, "Tokens are random, of 128 bits or more", "cookies", "random-source"),
            partly(
                "7.2.4",
                1,
                "A new token at every authentication; the one before ends",
                "cookies",
                "kept-cookie",
                "new-tokens",
                lacks="The password given once more before an act brings no new token; signing in, the second step, a new password and other roles do.",
            ),
            # Limits
            held("7.3.1", 2, "Sessions end when idle", "session-limits"),
            held("7.3.2", 2, "Sessions end after a longest time", "session-limits"),
            # Ending
            held("7.4.1", 1, "An ended session opens nothing", "kept-cookie"),
            held("7.4.2", 1, "Closing an account ends its sessions", "closed-accounts"),
            held(
                "7.4.3",
                2,
                "After a change of a factor all other sessions can be ended",
                "kept-cookie",
                "own-sessions",
            ),
            held("7.4.4", 2, "Every page has a way to sign out", "way-out"),
            held("7.4.5", 2, "Administrators can end the sessions of a person", "sessions-by-administrator"),
            # Abuse
            partly(
                "7.5.1",
                2,
                "Full re-authentication before what authentication rests on is changed",
                "own-password",
                "second-step-changes",
                "sign-on-identity",
                lacks="The password is asked for again, not the second step as well. There is no address or number by which an account is recovered.",
            ),
            partly(
                "7.5.2",
                2,
                "People see their sessions and, having authenticated again, end them",
                "own-sessions",
                lacks="The password is not asked for again: ending sessions opens nothing, and who finds a stranger among them should not be held up.",
            ),
            # Through a provider
            held(
                "7.6.1",
                2,
                "Sessions here and at a provider last and end as documented",
                "session-limits",
                "sign-on-way",
                "signing-in.md#through-a-university",
            ),
            partly(
                "7.6.2",
                2,
                "A session begins by an act of the person alone",
                "sign-on-tokens",
                lacks="Whoever is signed in at the university is signed in here by following a link to /sign-on, also from another site: to their own account, "
                "and nothing is done by it.",
            ),
        ),
    ),
    Chapter(
        "V8 Authorization",
        (
            held("8.1.1", 1, "Who may do what on which data is documented", "access.md", "policy-table"),
            held(
                "8.1.2",
                2,
                "Who may see and change which parts of a thing is documented, also by its state",
                "access.md",
                "blindness.md#what-is-promised",
                "blindness.md#sections-that-are-checked",
            ),
            held("8.2.1", 1, "Functions are for those with the permission", "policy-table", "access-matrix"),
            held(
                "8.2.2",
                1,
                "Data are for those with a permission for these data",
                "access-matrix",
                "foreign-ids",
                "files-of-the-entitled",
            ),
            held(
                "8.2.3",
                2,
                "Parts of a thing are for those with a permission for these parts",
                "crawl",
                "non-interference",
                "unasked-fields",
            ),
            held(
                "8.3.1",
                1,
                "Rules are kept by the server",
                "access-matrix",
                "forged-requests",
                "workflow-moves",
            ),
            held(
                "8.4.1",
                2,
                "One tenant's acts never touch another's (here: projects)",
                "foreign-ids",
                "files-of-the-entitled",
                "access-matrix",
            ),
        ),
    ),
    Chapter(
        "V9 Self-contained tokens",
        (
            # Source and integrity
            held(
                "9.1.1",
                1,
                "A token's signature is checked before its content counts",
                "keys-of-production",
                "sign-on-tokens",
            ),
            held(
                "9.1.2",
                1,
                "Only listed algorithms, and never none",
                "sign-on-tokens",
                "protecting.md#algorithms",
            ),
            held("9.1.3", 1, "Keys come from sources set beforehand", "sign-on-tokens", "keys-of-production"),
            # Content
            held("9.2.1", 1, "A token counts within its time alone", "sign-on-tokens", "marks"),
            held("9.2.2", 2, "A token counts for its own purpose alone", "marks", "sign-on-tokens"),
            held("9.2.3", 2, "A token counts for its own audience alone", "sign-on-tokens"),
            not_applicable(
                "9.2.4",
                2,
                "Tokens for several audiences name each",
                why="What Tandem signs is read by the same installation alone.",
            ),
        ),
    ),
    Chapter(
        "V10 OAuth and OIDC",
        (
            # In general
            held("10.1.1", 2, "Tokens stay with the server", "sign-on-way"),
            held(
                "10.1.2",
                2,
                "Only answers to a flow that the same browser began count",
                "sign-on-way",
                "sign-on-tokens",
            ),
            # Client
            held("10.2.1", 2, "Forged answers are kept out by PKCE or state", "sign-on-way"),
            not_applicable(
                "10.2.2",
                2,
                "Answers of several servers are not mixed up",
                why="An installation has one provider at most; a second is refused at the start.",
            ),
            # Resource server
            not_applicable("10.3.1", 2, "Access tokens are for this audience", why=_NO_RESOURCE),
            not_applicable("10.3.2", 2, "Scopes of access tokens decide", why=_NO_RESOURCE),
            not_applicable(
                "10.3.3", 2, "Access tokens name people by what is never given to others", why=_NO_RESOURCE
            ),
            not_applicable("10.3.4", 2, "Strength is checked in access tokens", why=_NO_RESOURCE),
            # Authorization server
            not_applicable("10.4.1", 1, "Addresses to return to are compared exactly", why=_NO_SERVER),
            not_applicable("10.4.2", 1, "Authorization codes count once", why=_NO_SERVER),
            not_applicable("10.4.3", 1, "Authorization codes are short-lived", why=_NO_SERVER),
            not_applicable("10.4.4", 1, "Only the grants that a client needs", why=_NO_SERVER),
            not_applicable("10.4.5", 1, "Refresh tokens cannot be replayed", why=_NO_SERVER),
            not_applicable("10.4.6", 2, "The server demands PKCE", why=_NO_SERVER),
            not_applicable("10.4.7", 2, "Clients that register themselves are checked", why=_NO_SERVER),
            not_applicable("10.4.8", 2, "Refresh tokens end at last", why=_NO_SERVER),
            not_applicable("10.4.9", 2, "People can revoke tokens", why=_NO_SERVER),
            not_applicable("10.4.10", 2, "Confidential clients are authenticated", why=_NO_SERVER),
            not_applicable("10.4.11", 2, "Clients get the scopes that they need", why=_NO_SERVER),
            # OIDC client
            held("10.5.1", 2, "Identity tokens cannot be replayed", "sign-on-tokens", "sign-on-way"),
            held("10.5.2", 2, "People are known by the subject, never given to others", "sign-on-identity"),
            held("10.5.3", 2, "A provider's description must name the issuer that was set", "sign-on-tokens"),
            held("10.5.4", 2, "Identity tokens are for this client", "sign-on-tokens"),
            not_applicable(
                "10.5.5",
                2,
                "Back-channel logout cannot be forged",
                why="Tandem takes no back-channel logout.",
            ),
            # Provider and consent
            not_applicable(
                "10.6.1", 2, "The provider gives no tokens by the implicit flow", why=_NO_PROVIDER
            ),
            not_applicable("10.6.2", 2, "The provider is not made to sign people out", why=_NO_PROVIDER),
            not_applicable("10.7.1", 2, "People consent to each request", why=_NO_SERVER),
            not_applicable("10.7.2", 2, "What is consented to is clear", why=_NO_SERVER),
            not_applicable("10.7.3", 2, "Consent can be looked at and taken back", why=_NO_SERVER),
        ),
    ),
)
