"""What a scalar may say in each place of a file: a code, a key, words, a number, a flag.

Codes must read as text under YAML 1.1 and YAML 1.2 alike, because other programs read these files too: PyYAML takes
``no`` for false, ``012`` for 10, ``16_25`` for 1625 and ``1:30`` for 90.
"""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import BeforeValidator
from pydantic_core import PydanticCustomError

from schema.template.kinds.base import clean
from schema.template.source import Block, Items, Scalar

READINGS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("nothing at all", re.compile(r"~|null|Null|NULL|")),
    ("true or false", re.compile(r"y|n|yes|no|on|off|true|false", re.IGNORECASE)),
    (
        "a number",
        re.compile(
            r"[-+]?(0b[01_]+|0o?[0-7_]+|0x[0-9a-fA-F_]+|[0-9][0-9_]*(:[0-5]?[0-9])*(\.[0-9_]*)?"
            r"|\.[0-9][0-9_]*|\.inf|[0-9][0-9_]*(\.[0-9_]*)?[eE][-+]?[0-9]+|\.[0-9_]+[eE][-+]?[0-9]+)|\.nan",
            re.IGNORECASE,
        ),
    ),
    ("a date", re.compile(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([Tt \t].*)?")),
    ("a YAML sign", re.compile(r"<<|=")),
)
CODE = re.compile(r"[A-Za-z0-9_.-]{1,64}", re.ASCII)
KEY = re.compile(r"[a-z][a-z0-9_]{0,39}", re.ASCII)
TEMPLATE_KEY = re.compile(r"[a-z][a-z0-9-]{0,59}", re.ASCII)
WHOLE = re.compile(r"-?(0|[1-9][0-9]{0,8})", re.ASCII)
NUMBER = re.compile(r"-?(0|[1-9][0-9]{0,8})(\.[0-9]{1,6})?", re.ASCII)
#: Keys of the interchange form, of forms, and of pages that stand beside a section's in an entry's address.
RESERVED = frozenset(
    {"answers", "case", "coder", "csrf_token", "evidence", "id", "lift", "read", "row_id", "slot", "submit"}
)


def mistake(code: str, message: str, remedy: str) -> PydanticCustomError:
    """Build the error that :mod:`schema.template.shape` turns into a problem."""
    return PydanticCustomError("mistake", "{message}", {"code": code, "message": message, "remedy": remedy})


def reading(scalar: Scalar) -> str:
    """What YAML 1.1 or 1.2 makes of an unquoted scalar other than text, in words; empty where it is text."""
    if scalar.quoted:
        return ""
    return next((what for what, pattern in READINGS if pattern.fullmatch(scalar.text)), "")


def scalar_of(node: object, expected: str) -> Scalar:
    """The scalar that stands here, or the mistake that says that something else does."""
    if isinstance(node, Scalar):
        return node
    found = (
        "a mapping" if isinstance(node, Block) else "a list" if isinstance(node, Items) else "something else"
    )
    raise mistake("TPL-005", f"{expected} is expected here, not {found}.", "Write a single value.")


def words(node: object) -> str:
    """Read a text for people, as it was typed."""
    text = clean(scalar_of(node, "A text").text)
    if not text or (isinstance(node, Scalar) and not node.quoted and text in ("~", "null")):
        raise mistake("TPL-006", "Nothing is written here.", "Write something, or take the line out.")
    return text


def unmistakable(node: object) -> str:
    """Read a word that every reader of YAML takes for the same text."""
    scalar = scalar_of(node, "A single word")
    if not scalar.quoted and scalar.text in ("", "~"):
        raise mistake("TPL-006", "Nothing is written here.", "Write something, or take the line out.")
    if what := reading(scalar):
        message = f"`{scalar.text}` without quotation marks can be read as {what}."
        raise mistake("TPL-007", message, f'Write "{scalar.text}".')
    return scalar.text


def code(node: object) -> str:
    """Read a code: unmistakable, and made of letters, digits, ``_``, ``.`` and ``-``."""
    text = unmistakable(node)
    if not CODE.fullmatch(text):
        remedy = "Use up to 64 letters a-z, digits, `_`, `.` and `-`; the label can say anything."
        raise mistake("TPL-008", f"“{text}” cannot be a code.", remedy)
    return text


def key(node: object) -> str:
    """Read the key of a section, field or rule."""
    text = unmistakable(node)
    if not KEY.fullmatch(text):
        remedy = (
            "Begin with a small letter, then up to 39 small letters, digits and `_`; no dots, no capitals."
        )
        raise mistake("TPL-009", f"“{text}” cannot be a key.", remedy)
    if text in RESERVED:
        raise mistake("TPL-009", f"“{text}” is a key that the program uses itself.", "Choose another key.")
    return text


def template_key(node: object) -> str:
    """Read the key of a template or the name of a code list: hyphens or underscores as the place has them."""
    text = unmistakable(node)
    if not TEMPLATE_KEY.fullmatch(text):
        remedy = "Begin with a small letter, then up to 59 small letters, digits and hyphens."
        raise mistake("TPL-009", f"“{text}” cannot be the key of a template.", remedy)
    return text


def whole(node: object) -> int:
    """Read a whole number, written plainly."""
    scalar = scalar_of(node, "A whole number")
    if scalar.quoted or not WHOLE.fullmatch(scalar.text):
        remedy = "Write digits without quotation marks, leading zeros or underscores, for example 12."
        raise mistake("TPL-005", f"“{scalar.text}” is not a whole number.", remedy)
    return int(scalar.text)


def number(node: object) -> float:
    """Read a number with a decimal point; whole ones come back as ``int``."""
    scalar = scalar_of(node, "A number")
    if scalar.quoted or not NUMBER.fullmatch(scalar.text):
        remedy = "Write digits without quotation marks or leading zeros, for example 0.5."
        raise mistake("TPL-005", f"“{scalar.text}” is not a number.", remedy)
    return float(scalar.text) if "." in scalar.text else int(scalar.text)


def flag(node: object) -> bool:
    """Read ``true`` or ``false``."""
    scalar = scalar_of(node, "true or false")
    if scalar.quoted or scalar.text not in ("true", "false"):
        raise mistake("TPL-005", f"“{scalar.text}” is neither true nor false.", "Write true or false.")
    return scalar.text == "true"


Words = Annotated[str, BeforeValidator(words)]
Name = Annotated[str, BeforeValidator(unmistakable)]
Code = Annotated[str, BeforeValidator(code)]
Key = Annotated[str, BeforeValidator(key)]
TemplateKey = Annotated[str, BeforeValidator(template_key)]
Whole = Annotated[int, BeforeValidator(whole)]
Number = Annotated[int | float, BeforeValidator(number)]
Flag = Annotated[bool, BeforeValidator(flag)]
