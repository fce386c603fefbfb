"""What a person's hands and head do, counted by the keystroke-level model (Card, Moran & Newell 1980).

The operators are those of the paper: K, a key pressed (a shifted letter is two) or a button of the mouse pressed; P, pointing
with the mouse; H, a hand moved between keyboard and mouse; M, getting ready in the head for one step. Their times are the
paper's; K is that of an average skilled typist of 55 words a minute. R, what the machine takes, is kept apart.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Final

KEY, POINT, HOME, THINK = 0.20, 1.10, 0.40, 1.35
SECONDS: Final = {"K": KEY, "P": POINT, "H": HOME, "M": THINK}
SHIFTED: Final = frozenset('ABCDEFGHIJKLMNOPQRSTUVWXYZ!"£$%^&*()_+{}:@~<>?|¬“”‘’')


def keys_for(text: str) -> int:
    """How many keys a text takes: one for each sign, and one more for each that needs Shift."""
    return len(text) + sum(sign in SHIFTED for sign in text)


@dataclass
class Hands:
    """One person at work: operators counted so far. They begin with both hands on the keyboard."""

    done: Counter[str] = field(default_factory=Counter)
    on_mouse: bool = False

    def think(self, times: int = 1) -> None:
        """Get ready in the head for one step."""
        self.done["M"] += times

    def press(self, *keys: str) -> None:
        """Press keys; ``Alt+n`` is two."""
        self._to(mouse=False)
        self.done["K"] += sum(key.count("+") + 1 if len(key) > 1 else 1 for key in keys)

    def type(self, text: str) -> None:
        """Type a text."""
        self._to(mouse=False)
        self.done["K"] += keys_for(text)

    def click(self, times: int = 1) -> None:
        """Point at something and press the button."""
        self._to(mouse=True)
        self.done["P"] += times
        self.done["K"] += times

    def drag(self) -> None:
        """Point at one place, press, point at another, let go: as words are selected."""
        self.click(2)

    @property
    def actions(self) -> int:
        """Keys and presses of the mouse."""
        return self.done["K"]

    @property
    def seconds(self) -> float:
        """How long the model says that it takes, without the machine."""
        return sum(SECONDS[operator] * times for operator, times in self.done.items())

    def _to(self, *, mouse: bool) -> None:
        if self.on_mouse != mouse:
            self.done["H"] += 1
            self.on_mouse = mouse
