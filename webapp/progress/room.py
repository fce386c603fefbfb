"""The room's blueprint."""

from __future__ import annotations

from flask import Blueprint

room = Blueprint("progress", __name__)
