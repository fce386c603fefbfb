"""OWASP ASVS 5.0, chapters V1, V2 and V5: what comes in as text, as a form and as a file. What each clause of levels 1 and 2 asks, in our words."""

from __future__ import annotations

from tests.assurance.clauses import Chapter, held, not_applicable, operator, partly

CHAPTERS: tuple[Chapter, ...] = (
    Chapter(
        "V1 Encoding and sanitisation",
        (
            # V1.1 Architecture
            held(
                "1.1.1",
                2,
                "Input is decoded once, before it is looked at, and never again",
                "decoded-once",
                "doors",
            ),
            held(
                "1.1.2",
                2,
                "Output is encoded last, by or for what interprets it",
                "text-is-text",
                "statements",
                "no-cell-runs",
            ),
            # V1.2 Injection
            held(
                "1.2.1",
                1,
                "Output is encoded for its context: HTML, attributes, XML, header fields",
                "text-is-text",
                "header-injection",
                "no-cell-runs",
            ),
            held(
                "1.2.2",
                1,
                "What is put into an address is encoded for it; only safe schemes become links",
                "no-typed-links",
                "doors",
                "decoded-once",
            ),
            held(
                "1.2.3",
                1,
                "Text cannot change the structure of scripts or JSON that it is put into",
                "text-is-text",
            ),
            held(
                "1.2.4",
                1,
                "Statements to the database take values as parameters",
                "statements",
                "addresses-are-text",
            ),
            held(
                "1.2.5",
                1,
                "No text from outside reaches a command of the system",
                "no-shell",
                "nobody-outside",
            ),
            not_applicable("1.2.6", 2, "LDAP is protected from injection", why="Tandem speaks no LDAP."),
            not_applicable(
                "1.2.7",
                2,
                "XPath queries take values as parameters",
                why="No XPath is made of values: XML of drafts is walked, by names that stand in the code.",
            ),
            not_applicable("1.2.8", 2, "LaTeX is run safely", why="Nothing is set with LaTeX."),
            not_applicable(
                "1.2.9",
                2,
                "What goes into a regular expression is escaped",
                why="No expression is made of what people send; searching compares text.",
            ),
            # V1.3 Sanitisation
            not_applicable(
                "1.3.1",
                1,
                "HTML from editors is cleaned by a well-known library",
                "text-is-text",
                why="Nobody writes HTML; whatever is typed is shown as text.",
            ),
            held("1.3.2", 1, "Nothing is evaluated that arrives as text", "nothing-evaluated"),
            held(
                "1.3.3",
                2,
                "What goes to a dangerous place is first cut down to what is safe there",
                "strict-kinds",
                "file-names",
                "no-cell-runs",
            ),
            not_applicable(
                "1.3.4",
                2,
                "SVG from people holds nothing that runs",
                "any-file",
                why="No control takes SVG, or any picture.",
            ),
            not_applicable(
                "1.3.5",
                2,
                "Markdown, style sheets and other languages from people are cleaned or off",
                "text-is-text",
                "nothing-evaluated",
                why="None is interpreted. A questionnaire's conditions are a closed list of tests, of which nothing is evaluated.",
            ),
            held(
                "1.3.6",
                2,
                "What people send cannot make the server call an address of their choice",
                "nobody-outside",
                "drafts",
                "deploying.md#what-tandem-connects-to",
            ),
            held("1.3.7", 2, "No page template is made of what people send", "nothing-evaluated"),
            not_applicable("1.3.8", 2, "JNDI is protected from injection", why="There is no Java."),
            not_applicable("1.3.9", 2, "What goes to memcache is cleaned", why="There is no memcache."),
            held("1.3.10", 2, "Format strings do not come from outside", "nothing-evaluated"),
            held("1.3.11", 2, "What goes to a mail server cannot add heads or receivers", "mail-heads"),
            # V1.4 Memory
            not_applicable(
                "1.4.1",
                2,
                "Strings and memory are handled so that nothing overflows",
                "secrets-and-children",
                "bombs",
                why="All code of ours is Python and JavaScript. Libraries in C++ and Rust that open PDFs and workbooks run in a process of "
                "their own, with limits and without secrets; lxml, which reads drafts, runs in the server.",
            ),
            held(
                "1.4.2", 2, "Numbers are checked for sign and range, so that none overflows", "strict-kinds"
            ),
            held("1.4.3", 2, "Memory and other resources are given back", "given-back"),
            # V1.5 Deserialisation
            held(
                "1.5.1",
                1,
                "XML is read without entities from outside",
                "drafts",
                "hostile-lists",
                "any-file",
            ),
            held(
                "1.5.2",
                2,
                "What is deserialised can give expected types only; no unsafe format is used",
                "nothing-evaluated",
                "readers-of-json",
            ),
        ),
    ),
    Chapter(
        "V2 Validation and business logic",
        (
            # V2.1 Documentation
            held(
                "2.1.1",
                1,
                "Documentation says which structure each item must have",
                "input.md#items",
                "input.md#answers",
            ),
            held(
                "2.1.2",
                2,
                "Documentation says how items must go together",
                "input.md#what-has-to-go-together",
                "template-language.md#rules",
            ),
            held(
                "2.1.3",
                2,
                "Documentation says the limits of acts, for a person and for all",
                "input.md#how-much",
                "settings.md#too-much-at-once",
                "limits-told",
            ),
            # V2.2 Input
            held(
                "2.2.1",
                1,
                "All input is checked against what is expected of it",
                "strict-kinds",
                "missing-keys",
                "strange-fields",
                "addresses-are-text",
            ),
            held(
                "2.2.2",
                1,
                "Checks are made on the server, whatever the browser checked",
                "strange-fields",
                "unasked-fields",
                "missing-keys",
            ),
            held(
                "2.2.3",
                2,
                "Items that belong together are checked together",
                "answers-together",
                "workflow-moves",
            ),
            # V2.3 Business logic
            held(
                "2.3.1",
                1,
                "Steps of the work are taken in their order, none left out",
                "workflow-moves",
                "workflow-model",
            ),
            held(
                "2.3.2",
                2,
                "The documented limits of acts are kept",
                "limits-kept",
                "crowds",
                "guessing",
                "bodies",
                "large-and-slow",
            ),
            held(
                "2.3.3",
                2,
                "An act is done as a whole or not at all",
                "every-act",
                "imports",
                "submit-once",
                "no-room",
            ),
            held(
                "2.3.4",
                2,
                "What only one may have cannot be taken twice",
                "one-of-many",
                "one-version",
                "one-reconciler",
            ),
            # V2.4 Automation
            partly(
                "2.4.1",
                2,
                "Excessive calls are held back: taking data out, filling up, overload",
                "crowds",
                "overload",
                "guessing",
                "large-and-slow",
                "files-with-password",
                lacks="How many ordinary pages or saves somebody who is signed in may ask for in a minute has no limit: a team works from one "
                "address, and coders save each second. What they open of a case is on record; files need the password again.",
            ),
        ),
    ),
    Chapter(
        "V5 Files",
        (
            # V5.1 Documentation
            held(
                "5.1.1",
                2,
                "Documentation says for each upload the kinds, endings and sizes, and what makes files safe",
                "input.md#files",
                "files-told",
            ),
            # V5.2 Content
            held(
                "5.2.1",
                1,
                "No file is taken that is too large to be dealt with",
                "bodies",
                "bombs",
                "large-and-slow",
                "crowds",
            ),
            partly(
                "5.2.2",
                1,
                "The ending of a file's name and its content are those expected",
                "any-file",
                "reports",
                "hostile-lists",
                "entry-workbooks",
                lacks="The ending is looked at for drafts alone; everywhere else the content decides and the name decides nothing. A report is "
                "kept and given back as .pdf whatever it was called.",
            ),
            held(
                "5.2.3",
                2,
                "Zips are held against an unpacked size and a number of parts before they are unpacked",
                "drafts",
                "hostile-lists",
                "bombs",
            ),
            # V5.3 Storage
            held(
                "5.3.1", 1, "No stored file can be run by the web server", "file-names", "inside", "reports"
            ),
            held(
                "5.3.2",
                1,
                "Paths are made of names of ours, not of those that came",
                "file-names",
                "any-file",
            ),
            # V5.4 Download
            held(
                "5.4.1",
                2,
                "Names that came are cleaned or passed over, and answers say a name",
                "file-names",
                "reports",
            ),
            held("5.4.2", 2, "Names in answers cannot change the answer", "file-names", "header-injection"),
            operator(
                "5.4.3",
                2,
                "Files from outside are looked at by a scanner for viruses",
                "deploying.md#antivirus",
                does="Tandem has no scanner. One of the machine's may read the folder of reports; what it takes away is not served. Without one: "
                "reports are opened apart, and given back so that they can do nothing in the browser.",
            ),
        ),
    ),
)
