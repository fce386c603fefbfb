"""The room's blueprint."""

from __future__ import annotations

from flask import Blueprint

room = Blueprint("agreement", __name__)
