"""Answers: typed values and missing codes, frozen documents, validation, visibility and lift."""
