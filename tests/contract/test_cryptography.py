"""Cryptography is that of libraries, in the modules that the inventory names; what is secret comes from the operating system's source."""

from __future__ import annotations

import ast
import re

from tests.support.source import ROOT, modules

PAGE = (ROOT / "docs" / "protecting.md").read_text(encoding="utf-8")
#: What signs, seals, hashes passwords or encrypts. Plain hashes, which only compare content, are everywhere: SHA-256, by a test below.
LIBRARIES = {
    "hmac",
    "argon2",
    "cryptography",
    "itsdangerous",
    "pyotp",
    "pyrage",
    "authlib",
}
#: Of the library only whole recipes are used: no cipher, mode or padding is chosen by hand.
RECIPES = {"cryptography.fernet"}
#: What draws by a seed that is written down, so that it can be drawn again: lots, and invented studies. Nothing here is secret.
DRAWS = re.compile(r"schema/store/repeats\.py|webapp/cases/(board|draw)\.py|webapp/sample/.+")


def _imports(tree: ast.Module) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {one.name for one in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            found.add(node.module or "")
    return found


CODE = tuple(modules())
IMPORTS = {module.place: _imports(module.tree) for module in CODE}


def test_the_inventory_names_every_module_that_uses_cryptography_and_no_other() -> None:
    using = {name for name, found in IMPORTS.items() if {one.partition(".")[0] for one in found} & LIBRARIES}
    part = PAGE.partition("## Algorithms")[2].partition("\n## ")[0]
    table = "\n".join(line for line in part.splitlines() if line.startswith("|"))
    assert set(re.findall(r"`([a-z_/]+\.py)`", table)) == using


def test_no_cipher_mode_or_padding_is_chosen_by_hand() -> None:
    used = {one for found in IMPORTS.values() for one in found if one.partition(".")[0] == "cryptography"}
    assert used == RECIPES
    assert [name for name, found in IMPORTS.items() if {"Crypto", "nacl"} & found] == []


def test_no_hash_but_sha256_is_asked_for() -> None:
    asked = {
        re.sub(r"file_digest\(\w+, \"(\w+)\"\)", r"\1(", one).partition("(")[0]
        for module in CODE
        for one in re.findall(r"hashlib\.(\w+\([^()]*\)?)", module.text)
    }
    assert asked == {"sha256"}


def test_random_numbers_that_can_be_drawn_again_are_for_lots_and_invented_studies_alone() -> None:
    using = [name for name, found in IMPORTS.items() if "random" in found]
    assert using
    assert [name for name in using if not DRAWS.fullmatch(name)] == []
