"""Draws the questionnaires as web forms."""
