"""OWASP ASVS 5.0, chapters V3, V4, V12, V13 and V17: the browser, messages, connections, configuration. What each clause of levels 1 and 2 asks, in our words."""

from __future__ import annotations

from tests.assurance.clauses import Chapter, held, not_applicable, operator, partly

PLAIN = "Without TANDEM_HTTPS, which is for the machine itself, cookies are neither Secure nor tied to the host by their name."
NO_GRAPHQL = "There is no GraphQL."
NO_WEBSOCKET = "There are no WebSockets."
NO_MEDIA = "There is no WebRTC, no TURN and no media server."

CHAPTERS: tuple[Chapter, ...] = (
    Chapter(
        "V3 The browser",
        (
            # V3.2 Content in the wrong context
            held(
                "3.2.1",
                1,
                "An answer opened by itself cannot be taken for something else, uploads among them",
                "reports",
                "headers",
                "other-origins",
            ),
            held("3.2.2", 1, "What is text is put on a page as text", "text-is-text"),
            # V3.3 Cookies
            partly(
                "3.3.1",
                1,
                "Cookies are Secure, and named __Secure- or __Host-",
                "cookies",
                "tls",
                lacks=PLAIN,
            ),
            held("3.3.2", 2, "SameSite is set on each cookie for what it is for", "cookies"),
            partly(
                "3.3.3",
                2,
                "Cookies are named __Host- unless hosts share them",
                "cookies",
                "tls",
                lacks=PLAIN,
            ),
            held(
                "3.3.4",
                2,
                "Cookies that scripts need not read are HttpOnly, and stand nowhere else",
                "cookies",
            ),
            # V3.4 Headers
            partly(
                "3.4.1",
                1,
                "Strict-Transport-Security for a year, from level 2 with all subdomains",
                "tls",
                "cookies",
                lacks="It is sent for a year and for the name itself, without the names below it, which may be other people's. "
                "deploying/nginx.conf has the two lines that add them.",
            ),
            held(
                "3.4.2",
                1,
                "Access-Control-Allow-Origin is fixed, or only for trusted origins",
                "other-origins",
            ),
            held(
                "3.4.3",
                2,
                "A content policy with object-src and base-uri none, and a list of sources",
                "headers",
            ),
            held("3.4.4", 2, "Every answer has nosniff", "headers"),
            held("3.4.5", 2, "A referrer policy keeps addresses from others", "headers"),
            held("3.4.6", 2, "Frame-ancestors keeps other sites from framing any page", "headers"),
            # V3.5 Origins
            held(
                "3.5.1",
                1,
                "Requests from other origins are refused where they would change something",
                "forged-requests",
            ),
            not_applicable(
                "3.5.2",
                1,
                "Where the preflight is relied on, no request gets round it",
                "forged-requests",
                why="It is not relied on: scripts send the same token as forms.",
            ),
            held(
                "3.5.3", 1, "GET, HEAD and OPTIONS change nothing", "safe-reading", "access-matrix", "doors"
            ),
            operator(
                "3.5.4",
                2,
                "Separate applications have separate host names",
                "cookies",
                "deploying.md#one-server",
                does="Gives Tandem a name of its own, as the page asks and nginx.conf does.",
            ),
            not_applicable(
                "3.5.5",
                2,
                "Messages between windows are checked for their origin",
                why="No script listens to any.",
            ),
            # V3.7 Others
            held(
                "3.7.1",
                2,
                "Only technologies that browsers still support are used; no plugins",
                "headers",
                "text-is-text",
            ),
            held(
                "3.7.2",
                2,
                "Nobody is led on to another host that is not on a list",
                "doors",
                "no-typed-links",
            ),
        ),
    ),
    Chapter(
        "V4 Messages and interfaces",
        (
            # V4.1 All services
            held(
                "4.1.1", 1, "Every answer says its kind, and its encoding where it is text", "other-origins"
            ),
            held(
                "4.1.2",
                2,
                "Only pages for people lead on from HTTP to HTTPS",
                "tls",
                "deploying.md#one-server",
            ),
            held(
                "4.1.3",
                2,
                "Headers that a proxy sets cannot be set by whoever asks",
                "headers",
                "tls",
                "signing-in.md#shibboleth-or-another-proxy-that-asks-people-who-they-are",
            ),
            # V4.2 Structure of messages
            partly(
                "4.2.1",
                2,
                "No part of the way takes two requests for one, or one for two",
                "large-and-slow",
                lacks="Tried against Tandem's own server; of nginx in front it is taken on trust.",
            ),
            # V4.3 GraphQL
            not_applicable("4.3.1", 2, "GraphQL queries are bounded", why=NO_GRAPHQL),
            not_applicable("4.3.2", 2, "GraphQL does not describe itself", why=NO_GRAPHQL),
            # V4.4 WebSocket
            not_applicable("4.4.1", 1, "WebSockets are encrypted", why=NO_WEBSOCKET),
            not_applicable("4.4.2", 2, "WebSockets are opened from known origins alone", why=NO_WEBSOCKET),
            not_applicable(
                "4.4.3",
                2,
                "WebSockets have tokens of their own where sessions do not serve",
                why=NO_WEBSOCKET,
            ),
            not_applicable("4.4.4", 2, "Such tokens come from a session over HTTPS", why=NO_WEBSOCKET),
        ),
    ),
    Chapter(
        "V12 Communication",
        (
            # V12.1 TLS
            operator(
                "12.1.1",
                1,
                "Only TLS 1.2 and 1.3, the latest preferred",
                "tls",
                does="Uses nginx.conf as it is shipped, which a test negotiates with, or says the same to another proxy.",
            ),
            operator(
                "12.1.2",
                2,
                "Only strong ciphers, the strongest first",
                "tls",
                does="Uses nginx.conf as it is shipped, which a test negotiates with, or says the same to another proxy.",
            ),
            not_applicable(
                "12.1.3",
                2,
                "Certificates of clients are checked before they count",
                why="None counts for anything.",
            ),
            # V12.2 From outside
            operator(
                "12.2.1",
                1,
                "Browsers reach the service by TLS alone",
                "tls",
                does="Puts nginx in front as shipped: plain HTTP leads to HTTPS or nowhere. Tandem's own port is plain, and listens on the machine "
                "itself unless TANDEM_HOST says otherwise.",
            ),
            operator(
                "12.2.2",
                1,
                "The certificate is one that browsers trust",
                "deploying.md#one-server",
                does="Gets one, and keeps it renewed.",
            ),
            # V12.3 Between services
            partly(
                "12.3.1",
                2,
                "All other connections are encrypted too, and fall back to nothing less",
                "ways-out",
                "deploying.md#what-tandem-connects-to",
                lacks="An address of PostgreSQL without sslmode goes on unencrypted where the server has no TLS, and http is taken for an object "
                "store. The page gives the address that does not; tandem doctor names the former.",
            ),
            partly(
                "12.3.2",
                2,
                "Certificates of other services are checked",
                "ways-out",
                "deploying.md#what-tandem-connects-to",
                lacks="Of mail, single sign-on and object stores they are, by the libraries, tried by no test of ours; of PostgreSQL only with "
                "sslmode=verify-full, which the page gives and tandem doctor asks for.",
            ),
            operator(
                "12.3.3",
                2,
                "HTTP between services inside is encrypted",
                "deploying.md#several-nodes",
                does="On one machine nginx reaches Tandem over the loopback alone. Between machines Tandem's HTTP is plain: a tunnel, or nginx with a "
                "certificate in front of each node.",
            ),
            operator(
                "12.3.4",
                2,
                "Certificates inside are trusted by name: an authority of one's own, and no other",
                "deploying.md#what-tandem-connects-to",
                does="Names the authority in sslrootcert, SSL_CERT_FILE, REQUESTS_CA_BUNDLE or AWS_CA_BUNDLE.",
            ),
        ),
    ),
    Chapter(
        "V13 Configuration",
        (
            # V13.1 Documentation
            held(
                "13.1.1",
                2,
                "Documentation says what the application connects to, and whether people can name an address",
                "deploying.md#what-tandem-connects-to",
                "nobody-outside",
            ),
            # V13.2 Between parts
            operator(
                "13.2.1",
                2,
                "Parts prove who they are by accounts of their own or short-lived tokens, not by fixed passwords",
                "deploying.md#what-tandem-connects-to",
                does="Chooses in the address: a client certificate or the machine's own account for PostgreSQL, the role of the machine for the object "
                "store. A password works as well; mail, and a provider that wants a secret, know nothing else.",
            ),
            partly(
                "13.2.2",
                2,
                "Accounts between parts may do no more than they need",
                "privileges",
                "secrets-and-children",
                "deploying.md#an-owner-apart",
                lacks="As set up in the simplest way one role of PostgreSQL owns the tables and serves; an owner apart is a step that an "
                "installation takes or leaves. The shipped units take every capability away.",
            ),
            held(
                "13.2.3",
                2,
                "No credential between parts has a value that everybody knows",
                "first-account",
                "keys-of-production",
                "deploying.md#secrets",
            ),
            partly(
                "13.2.4",
                2,
                "A list says what the application may connect to",
                "nobody-outside",
                "deploying.md#what-tandem-connects-to",
                lacks="It connects to the addresses of its settings alone, tested where none is set. Single sign-on follows the addresses that the "
                "provider's own description names, without a list; the page has the lines for the unit that make one.",
            ),
            operator(
                "13.2.5",
                2,
                "A list says what the server may connect to, or read files from",
                "deploying.md#what-tandem-connects-to",
                does="Adds IPAddressAllow to the shipped unit, which already keeps the file system read-only but for Tandem's folder. nginx as shipped "
                "passes requests to Tandem alone and serves no file.",
            ),
            # V13.3 Secrets
            partly(
                "13.3.1",
                2,
                "Secrets are made, kept and destroyed in a vault, and are in no source or package",
                "no-secret-here",
                "owner-alone",
                "keys-of-production",
                "deploying.md#secrets",
                lacks="There is no vault. Secrets are environment variables or a key file for its owner alone; whatever sets variables before the start, "
                "such as the agent of a vault, will do.",
            ),
            held(
                "13.3.2",
                2,
                "Whoever needs a secret gets it, and nobody else",
                "secrets-and-children",
                "owner-alone",
                "deploying.md#secrets",
            ),
            # V13.4 What leaks
            held("13.4.1", 1, "Nothing of version control is there or can be fetched", "inside"),
            held("13.4.2", 2, "Debugging is off in production", "inside", "failures"),
            held("13.4.3", 2, "Folders are not listed", "inside"),
            held("13.4.4", 2, "TRACE is not answered", "inside"),
            held(
                "13.4.5",
                2,
                "Documentation of interfaces and numbers are not open to everybody",
                "watching",
                "inside",
            ),
        ),
    ),
    Chapter(
        "V17 WebRTC",
        (
            not_applicable("17.1.1", 2, "TURN reaches no reserved addresses", why=NO_MEDIA),
            not_applicable("17.2.1", 2, "The key of DTLS is kept by the policy for keys", why=NO_MEDIA),
            not_applicable("17.2.2", 2, "DTLS has strong ciphers and a safe profile", why=NO_MEDIA),
            not_applicable("17.2.3", 2, "SRTP is authenticated", why=NO_MEDIA),
            not_applicable("17.2.4", 2, "Malformed SRTP stops nothing", why=NO_MEDIA),
            not_applicable("17.3.1", 2, "A flood of signalling stops nothing", why=NO_MEDIA),
            not_applicable("17.3.2", 2, "Malformed signalling stops nothing", why=NO_MEDIA),
        ),
    ),
)
