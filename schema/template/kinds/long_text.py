"""Text of several paragraphs, such as a verbatim extract."""

from __future__ import annotations

from schema.template.kinds.text import Text
from schema.template.model import Field
from schema.template.value import Answer, Invalid


class LongText(Text):
    """Paragraphs are kept as typed."""

    name = "long_text"
    default_compare = "by_eye"
    length = 20_000

    def parse(self, field: Field, text: str) -> Answer | Invalid:
        """Keep the text as it is."""
        return text


KIND = LongText()
