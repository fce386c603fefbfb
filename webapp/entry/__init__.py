"""The coder's desk: one case, entered section by section."""
