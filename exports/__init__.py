"""Writes the questionnaires and their answers out as files."""
