"""What the workflow of a case promises, written a second time and without a database: the model that a test walks beside Tandem.

It knows one case on the small template, with two questions that may differ (``area``, ``death_year``) and recommendations that
are told apart by their printed number. Each verb gives the code of the refusal that is due, or an empty text and makes the
change. Nothing here is taken from the code under test.
"""

from __future__ import annotations

from typing import Any

from tests.support.workflow_parts import DECIDING, ComparisonModel, EntryModel, Key, Side

DENIED = "denied"
MANAGER = "dana"
CODERS = ("amara", "ben", "carol", "cyril", "esme")
SLOTS = {"coder_1": 1, "coder_2": 2}
EDITABLE = ("not_started", "in_progress", "returned")


class CaseModel:
    """One case: who has which part, both entries, the comparison, and every act that must stand in the trail."""

    def __init__(self) -> None:
        """A registered case."""
        self.withdrawn = self.unblinded = False
        self.parts: dict[str, str] = {}
        self.held: dict[str, set[str]] = {}
        self.knows: set[str] = set()
        self.entries: dict[int, EntryModel] = {}
        self.ended: list[EntryModel] = []
        self.comparison: ComparisonModel | None = None
        self.before: ComparisonModel | None = None
        self.signed: list[tuple[dict[str, Any], list[int]]] = []
        self.acts: list[tuple[str, str]] = []

    @property
    def state(self) -> str:
        """The case's state, from its parts."""
        if self.withdrawn:
            return "withdrawn"
        if self.comparison is not None:
            named = {
                "open": "ready to compare",
                "matching": "matching rows",
                "resolved": "reconciled",
                "signed_off": "signed off",
            }
            return named.get(self.comparison.state, self.comparison.state)
        if any(entry.state != "not_started" for entry in self.entries.values()):
            return "coding"
        return "assigned" if self.entries else "registered"

    def entry_of(self, who: str) -> EntryModel | None:
        """The person's own entry, if they code the case now."""
        return next((entry for entry in self.entries.values() if entry.coder == who), None)

    def may_reconcile(self, who: str) -> bool:
        """Whether the person may work on the comparison."""
        return self.parts.get("reconciler") == who and self.comparison is not None and not self.withdrawn

    # ------------------------------------------------------------------------------------ the manager

    def assign(self, who: str, part: str, person: str) -> str:
        if who != MANAGER:
            return DENIED
        if self.withdrawn:
            return "ASSIGN-003"
        if person == MANAGER:
            return "ASSIGN-001"
        if any(held == person for other, held in self.parts.items() if other != part):
            return "ASSIGN-002"
        if self.held.get(person, set()) - {part}:
            return "ASSIGN-004"
        if person in self.knows and part in SLOTS:
            return "ASSIGN-006"
        if self.parts.get(part) == person:
            return ""
        current = self.entries.get(SLOTS.get(part, 0))
        if current is not None and current.state == "submitted":
            return "ASSIGN-005"
        self._give(who, part, person)
        return ""

    def _give(self, who: str, part: str, person: str) -> None:
        self.parts[part] = person
        self.held.setdefault(person, set()).add(part)
        if slot := SLOTS.get(part):
            if slot in self.entries:
                self.ended.append(self.entries[slot])
            serial = len(self.ended) + len(self.entries) + (slot not in self.entries)
            self.entries[slot] = EntryModel(person, serial, slot)
            self.acts.append(("entry.open", who))
        self.acts.append(("case.assign", who))

    def give_back(self, who: str, slot: int, reason: str) -> str:
        if who != MANAGER or self.unblinded:
            return DENIED
        entry = self.entries[slot]
        if not reason:
            return "ENTRY-014"
        if entry.state != "submitted":
            return "ENTRY-015"
        entry.state = "returned"
        if self.comparison is not None:
            self.before, self.comparison = self.comparison, None
            self.acts.append(("comparison.supersede", who))
        self.acts.append(("entry.return", who))
        return ""

    def withdraw(self, who: str, reason: str) -> str:
        if who != MANAGER:
            return DENIED
        if not reason:
            return "CASE-003"
        if self.withdrawn:
            return "CASE-004"
        self.withdrawn = True
        self.acts.append(("case.withdraw", who))
        return ""

    def restore(self, who: str) -> str:
        if who != MANAGER:
            return DENIED
        if not self.withdrawn:
            return "CASE-005"
        self.withdrawn = False
        self.acts.append(("case.restore", who))
        return ""

    def unblind(self, who: str, reason: str) -> str:
        if who != MANAGER or self.comparison is None or self.unblinded or self.withdrawn:
            return DENIED
        if not reason:
            return "UNBLIND-001"
        self.unblinded = True
        self.acts.append(("case.unblind", who))
        return ""

    def reopen(self, who: str, reason: str) -> str:
        signed = self.comparison is not None and self.comparison.state == "signed_off"
        if who != MANAGER or not signed or self.withdrawn or self.comparison is None:
            return DENIED
        if not reason:
            return "RESOLVE-070"
        self.comparison.state = "resolving"
        self.comparison.count()
        self.acts.append(("comparison.reopen", who))
        return ""

    # --------------------------------------------------------------------------------------- a coder

    def works(self, who: str) -> EntryModel | None:
        """The entry that the person may work on."""
        return None if self.withdrawn else self.entry_of(who)

    def begin(self, who: str, area: str) -> str:
        entry = self.works(who)
        if entry is None:
            return DENIED
        if entry.state not in EDITABLE:
            return "ENTRY-001"
        changed = {
            path
            for path, new in {"area": area, "children_known": "no"}.items()
            if entry.values.get(path) != new
        }
        entry.values |= {"area": area, "children_known": "no"}
        if changed or not entry.begun:
            entry.keep(*changed, *(() if entry.begun else ("victims",)))
            entry.begun = True
        return ""

    def save(self, who: str, behind: int, path: str, value: Any) -> str:
        """A save that is based on the revision of ``behind`` saves ago."""
        entry = self.works(who)
        if entry is None:
            return DENIED
        if entry.state not in EDITABLE:
            return "ENTRY-001"
        held = entry.values.get(path)
        since = entry.log[len(entry.log) - behind :] if behind else []
        if any(path in paths for paths in since) and value != held:
            return "ENTRY-009"
        if value != held:
            entry.values = {key: old for key, old in entry.values.items() if key != path}
            entry.values |= {} if value is None else {path: value}
            entry.keep(path)
        return ""

    def toggle(self, who: str, number: int) -> str:
        entry = self.works(who)
        if entry is None:
            return DENIED
        if entry.state not in EDITABLE:
            return "ENTRY-001"
        entry.rows ^= {number}
        entry.ever.add(number)
        entry.keep(f"recommendations.{number}")
        return ""

    def submit(self, who: str) -> str:
        entry = self.works(who)
        if entry is None:
            return DENIED
        if entry.missing:
            return " ".join(sorted(entry.missing))
        if entry.state == "submitted":
            return "ENTRY-013"
        entry.state = "submitted"
        self.acts.append(("entry.submit", who))
        if [self.entries[slot].state for slot in sorted(self.entries)] == ["submitted", "submitted"]:
            self._compare()
            self.acts.append(("comparison.create", who))
        return ""

    def _compare(self) -> None:
        a, b = (
            Side(entry.serial, dict(entry.values), frozenset(entry.rows))
            for entry in (self.entries[1], self.entries[2])
        )
        self.comparison = ComparisonModel(a, b, set(a.rows & b.rows))
        if self.before is not None:
            self.comparison.decided = {
                key: value for key, value in self.before.decided.items() if self._stands(key)
            }

    def _stands(self, key: Key) -> bool:
        """Whether a decision rests on what has not changed: both values, or a row that stands alone as it did."""
        old, new = self.before, self.comparison
        assert old is not None
        assert new is not None
        if isinstance(key, str):
            return all(
                was.values.get(key) == now.values.get(key) for was, now in ((old.a, new.a), (old.b, new.b))
            )
        was, now = (old.a, new.a) if key[0] == "a" else (old.b, new.b)
        return key in new.lone and was.serial == now.serial

    # --------------------------------------------------------------------------------- the reconciler

    def relink(self, who: str, number: int) -> str:
        """Part the rows of a number that are linked, or link those that are not."""
        made = self.comparison
        if made is None or not self.may_reconcile(who):
            return DENIED
        if made.state == "signed_off":
            return "RESOLVE-012"
        if {("a", number), ("b", number)} & set(made.decided):
            return "MATCH-005"
        made.linked ^= {number}
        made.touched -= {("a", number), ("b", number)}
        made.accepted = False
        made.state = "matching" if made.state == "open" else made.state
        made.count()
        self.acts.append(("pairing.change", who))
        return ""

    def confirm(self, who: str) -> str:
        made = self.comparison
        if made is None or not self.may_reconcile(who):
            return DENIED
        if made.state not in ("open", "matching"):
            return "RESOLVE-012"
        made.state = "resolving"
        made.count()
        self.acts.append(("pairing.confirm", who))
        return ""

    def decide(self, who: str, key: Key, choice: str, value: Any, reason: str, *, late: bool) -> str:
        """``late``: the page was opened before anything was decided."""
        made = self._deciding(who)
        if isinstance(made, str):
            return made
        if late and key in made.touched:
            return "RESOLVE-020"
        if choice == "other" and not reason:
            return "RESOLVE-007"
        side = {"a": made.a, "b": made.b}.get(choice)
        made.decided[key] = (
            side.values.get(str(key)) if side else (choice if isinstance(key, tuple) else value)
        )
        made.touched.add(key)
        made.count()
        self.acts.append(("decision.make", who))
        return ""

    def undo(self, who: str, key: Key) -> str:
        made = self._deciding(who)
        if isinstance(made, str):
            return made
        if key not in made.decided:
            return "RESOLVE-023"
        del made.decided[key]
        made.touched.add(key)
        made.count()
        self.acts.append(("decision.undo", who))
        return ""

    def accept(self, who: str) -> str:
        made = self._deciding(who)
        if isinstance(made, str):
            return made
        if made.accepted:
            return "RESOLVE-024"
        made.accepted = True
        self.acts.append(("agreed.accept", who))
        return ""

    def sign_off(self, who: str) -> str:
        made = self._deciding(who)
        if isinstance(made, str):
            return made
        if made.undecided or not made.accepted:
            return "RESOLVE-031" if made.undecided else "RESOLVE-032"
        made.state = "signed_off"
        self.signed.append(made.consensus())
        self.acts.append(("comparison.sign_off", who))
        return ""

    def _deciding(self, who: str) -> ComparisonModel | str:
        if self.comparison is None or not self.may_reconcile(who):
            return DENIED
        return self.comparison if self.comparison.state in DECIDING else "RESOLVE-012"
