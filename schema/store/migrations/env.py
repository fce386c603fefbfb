"""Alembic's way in: runs the steps on the connection that :mod:`schema.store.migrate` hands over, inside its transaction."""

from __future__ import annotations

from alembic import context

from schema.store.models import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
    compare_server_default=True,
)
context.run_migrations()
