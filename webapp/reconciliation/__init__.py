"""Matching rows, settling differences and signing off."""
