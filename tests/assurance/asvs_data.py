"""OWASP ASVS 5.0, chapters V11 and V14 to V16: cryptography, data, architecture, logs and errors. What each clause of levels 1 and 2 asks."""

from __future__ import annotations

from tests.assurance.clauses import Chapter, held, operator, partly

CHAPTERS: tuple[Chapter, ...] = (
    Chapter(
        "V11 Cryptography",
        (
            # Inventory
            held(
                "11.1.1",
                2,
                "How keys are made, held, replaced and destroyed is documented",
                "protecting.md#keys-and-secrets",
            ),
            held(
                "11.1.2",
                2,
                "An inventory of keys, algorithms and certificates is kept, with what each may protect",
                "protecting.md#keys-and-secrets",
                "protecting.md#algorithms",
                "cryptography-inventory",
            ),
            # Use
            held("11.2.1", 2, "Cryptography is that of known libraries", "cryptography-inventory"),
            partly(
                "11.2.2",
                2,
                "Algorithms and keys can be exchanged, and data sealed anew",
                "passwords",
                "keys-of-production",
                "seals",
                "protecting.md#algorithms",
                lacks="Keys and the cost of hashes are exchanged while people work; another algorithm takes a new version of Tandem.",
            ),
            partly(
                "11.2.3",
                2,
                "Primitives of 128 bits or more",
                "cryptography-inventory",
                "protecting.md#algorithms",
                lacks="The keys and tokens of Tandem have that. The key of a single sign-on is the provider's; one of RSA with 2,048 bits, about 112, is taken.",
            ),
            # Encryption
            held("11.3.1", 1, "No weak modes or paddings", "cryptography-inventory"),
            partly(
                "11.3.2",
                1,
                "Approved ciphers and modes",
                "cryptography-inventory",
                "protecting.md#algorithms",
                lacks="Encrypted backups have ChaCha20-Poly1305. Seeds of the second step are sealed by Fernet, AES-128 in CBC and then HMAC-SHA256: the standard's appendix calls both AES-128 and CBC a legacy.",
            ),
            held("11.3.3", 2, "What is encrypted cannot be changed unseen", "seals", "backups"),
            # Hashes
            partly(
                "11.4.1",
                1,
                "Approved hash functions only",
                "cryptography-inventory",
                lacks="HMAC-SHA1 is in codes of the second step, which apps understand (RFC 6238), and in the marks of Flask and itsdangerous. What is known "
                "against SHA-1, collisions, does not touch HMAC. Everything else is SHA-256.",
            ),
            held("11.4.2", 2, "Passwords under a slow hash, as is advised today", "passwords"),
            held(
                "11.4.3",
                2,
                "Hashes for integrity are long enough",
                "chain",
                "shelves",
                "cryptography-inventory",
            ),
            held(
                "11.4.4",
                2,
                "Keys from passwords by a slow derivation",
                "locked-backups",
                "protecting.md#algorithms",
            ),
            # Random values
            partly(
                "11.5.1",
                2,
                "What nobody may guess is random, of 128 bits or more",
                "random-source",
                "cookies",
                lacks="Codes that people read out or type are shorter: 79 bits for three days at most, 118 for recovery codes; guessing them is slowed.",
            ),
            # Public keys
            partly(
                "11.6.1",
                2,
                "Approved algorithms for key pairs and signatures",
                "sign-on-tokens",
                "cryptography-inventory",
                "protecting.md#algorithms",
                lacks="Tandem signs nothing with a key pair; the pair of each encrypted backup is X25519, made by the library. Weak keys of a provider of single sign-on are not refused.",
            ),
        ),
    ),
    Chapter(
        "V14 Data protection",
        (
            # Documentation
            held("14.1.1", 2, "Sensitive data are known and in classes", "protecting.md#classes-of-data"),
            held(
                "14.1.2",
                2,
                "What each class asks for is documented: encryption, integrity, keeping, logs, privacy",
                "protecting.md#classes-of-data",
                "erasing.md#how-long-everything-is-kept",
            ),
            # In general
            partly(
                "14.2.1",
                1,
                "Nothing sensitive in addresses",
                "quiet-logs",
                "cookies",
                lacks="No password, token of a sign-in or answer is in an address. What somebody searches a list or report for is; so are ids of cases, and the "
                "signed mark in a mail that ends mails. Neither Tandem nor nginx as shipped logs addresses.",
            ),
            partly(
                "14.2.2",
                2,
                "Caches of the server keep nothing sensitive, or not for long",
                "headers",
                "owner-alone",
                lacks="Nothing lies between browser and Tandem. Tandem keeps pictures of pages of reports in its own folder until their case is erased or room is needed, and texts that were compared in the memory of a process until others take their place.",
            ),
            held("14.2.3", 2, "Nothing sensitive goes to third parties", "nobody-outside", "text-is-text"),
            partly(
                "14.2.4",
                2,
                "Each class is protected as documented",
                "quiet-logs",
                "retention",
                "owner-alone",
                "append-only",
                "files-with-password",
                "disclosure",
                "erasing",
                "seals",
                lacks="Encryption of the disk, the database and the bucket is asked of whoever runs the installation, and nothing looks whether it is there.",
            ),
            # Browser
            partly(
                "14.3.1",
                1,
                "After signing out the browser holds no data",
                "browser-keeps-nothing",
                "headers",
                lacks="Signing out clears the browser's storage, and no page is kept. Where a session ends by itself the page that is open stays on the screen, "
                "because what was typed must not be lost.",
            ),
            held("14.3.2", 2, "Headers forbid browsers to cache", "headers"),
            partly(
                "14.3.3",
                2,
                "Browser storage holds nothing sensitive",
                "browser-keeps-nothing",
                lacks="No answer is ever in it. The sentence that the next page says of what was just done is in a signed cookie until then, and can name a person or a case's reference.",
            ),
        ),
    ),
    Chapter(
        "V15 Secure coding and architecture",
        (
            # Documentation
            held(
                "15.1.1",
                1,
                "Within which time weak or old components are renewed is documented",
                "deploying.md#renewing-what-tandem-is-made-of",
            ),
            held(
                "15.1.2",
                2,
                "A list of all components is kept, from trusted sources",
                "pinned",
                "deploying.md#installing-exactly-what-was-released",
            ),
            held(
                "15.1.3",
                2,
                "What is slow or heavy is documented, and how it is kept from blocking",
                "settings.md#what-takes-long",
                "scale.md",
                "limits-told",
            ),
            # Components
            partly(
                "15.2.1",
                1,
                "No component is older than the documented times allow",
                "pinned",
                lacks="Known weaknesses are looked up by `make audit` before a release, which needs a network; no test holds it. It fails where one component could "
                "not be looked up, and 90 days after the last review.",
            ),
            held(
                "15.2.2",
                2,
                "Heavy work cannot take the service away",
                "crowds",
                "overload",
                "bombs",
                "large-and-slow",
                "six-hundred-cases",
                "proportionate-expressions",
                "imports",
            ),
            partly(
                "15.2.3",
                2,
                "Nothing that production does not need",
                "pinned",
                lacks="No tests are in the package, and no page serves samples or debugging. The commands that make an invented study come with it; they run on the "
                "machine alone.",
            ),
            # Defensive coding
            held("15.3.1", 1, "Answers hold only the fields that are due", "crawl", "non-interference"),
            partly(
                "15.3.2",
                2,
                "Calls to outside follow no redirects",
                "nobody-outside",
                lacks="The provider of a single sign-on is asked by a library that follows its redirects, and so is a bucket; both addresses are the operator's. "
                "No address that people give is ever asked.",
            ),
            held("15.3.3", 2, "Only the fields of a form are taken", "unasked-fields", "strange-fields"),
            held(
                "15.3.4",
                2,
                "The address of a browser is passed on so that it cannot be forged",
                "headers",
                "sign-on-proxy",
            ),
            held(
                "15.3.5",
                2,
                "Types are checked, nothing is compared loosely",
                "strict-kinds",
                "readers-of-json",
            ),
            held("15.3.6", 2, "Scripts cannot be made to change prototypes", "names-in-scripts"),
            held(
                "15.3.7",
                2,
                "Parameters sent twice or elsewhere do nothing",
                "strange-fields",
                "addresses-are-text",
                "one-source",
            ),
        ),
    ),
    Chapter(
        "V16 Logs and errors",
        (
            held(
                "16.1.1",
                2,
                "An inventory of logs: what, form, where, who reads it, how long",
                "protecting.md#logs",
            ),
            # In general
            partly(
                "16.2.1",
                2,
                "Each entry says when, where, who and what",
                "every-act",
                "who-did-what",
                "log-lines",
                lacks="The trail's do. The line of a request says when, which route, what came of it and the reference under which the trail has its acts, and not who: of an ordinary page that was opened nobody is on record.",
            ),
            operator(
                "16.2.2",
                2,
                "Clocks are in step, and times say their zone",
                "log-lines",
                "clock-steps",
                "protecting.md#logs",
                does="Keeps the clocks of all machines in step; Tandem writes UTC, with its offset.",
            ),
            held(
                "16.2.3",
                2,
                "Logs go nowhere but where is documented",
                "nobody-outside",
                "owner-alone",
                "protecting.md#logs",
            ),
            held("16.2.4", 2, "Programs can read the logs and bring them together", "log-lines"),
            partly(
                "16.2.5",
                2,
                "Logs hold what the class of data allows",
                "quiet-logs",
                lacks="The code for the first administrator is printed where the server is started, and so may be kept by a journal. It counts once, and never once there is an account.",
            ),
            # Events
            partly(
                "16.3.1",
                2,
                "All authentication is logged, done and refused, with its way",
                "sign-ins-on-record",
                lacks="A refused sign-in for a name that nobody has is no act in the trail, because what was typed may be a password; nor are a wrong one-time code, "
                "a wrong password given once more, and a sign-on that failed. Each is a line in the log of requests, without a person.",
            ),
            held("16.3.2", 2, "Refused access is logged", "who-did-what"),
            partly(
                "16.3.3",
                2,
                "Documented security events and attempts to get round controls are logged",
                "who-did-what",
                "sign-ins-on-record",
                "log-lines",
                lacks="Refused input, a missing token and too many attempts are lines with their status (400, 422, 429), and not events of their own.",
            ),
            partly(
                "16.3.4",
                2,
                "Unexpected errors are logged",
                "quiet-logs",
                "log-lines",
                lacks="That a mail server or a provider could not be reached is logged, TLS included, but no test plays a failing certificate.",
            ),
            # Protection
            partly(
                "16.4.1",
                2,
                "Nothing that is logged can forge a line",
                "log-lines",
                "quiet-logs",
                lacks="Lines of JSON are encoded. Lines of text hold no words that people typed, and are not encoded beyond that: use `TANDEM_LOG=json` where programs read them.",
            ),
            partly(
                "16.4.2",
                2,
                "Logs cannot be read or changed by others",
                "append-only",
                "privileges",
                "chain",
                "owner-alone",
                lacks="That holds for the audit trail and the log of saves. Lines on standard error are as safe as what collects them: with systemd the journal.",
            ),
            operator(
                "16.4.3",
                2,
                "Logs go to a separate system",
                "log-lines",
                "protecting.md#logs",
                does="Ships the journal, and prints the head of the audit trail elsewhere; Tandem writes lines of JSON and sends nothing itself.",
            ),
            # Errors
            held("16.5.1", 2, "Errors tell nothing from inside", "failures"),
            held(
                "16.5.2",
                2,
                "Where an outside resource fails work goes on safely",
                "postgresql-away",
                "no-room",
                "shelves",
                "sign-on-way",
            ),
            held(
                "16.5.3",
                2,
                "What fails is not done, and nothing is let through",
                "every-act",
                "policy-table",
                "broken-connections",
                "no-room",
            ),
        ),
    ),
)
