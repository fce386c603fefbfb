"""The room that all pages about questionnaires belong to."""

from __future__ import annotations

from flask import Blueprint

room = Blueprint("questionnaires", __name__)
