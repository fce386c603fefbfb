"""Who acts: passed by name to every business verb, never read from the surroundings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Actor:
    """A person (or the command line, with an empty ``id``) and the roles they hold now, by project id."""

    id: str
    name: str
    is_admin: bool = False
    roles: Mapping[str, frozenset[str]] = field(default_factory=dict)
    request_id: str = ""

    def has_role(self, project_id: str, *roles: str) -> bool:
        """Whether the actor holds one of the roles in the project."""
        return bool(self.roles.get(project_id, frozenset()) & set(roles))


COMMAND_LINE = Actor(id="", name="command line", is_admin=True)
#: A worker, for what it does by itself when its time has come.
SCHEDULE = Actor(id="", name="schedule", is_admin=True)
