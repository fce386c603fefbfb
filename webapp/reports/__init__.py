"""The reports of a case: attached, read, shown page by page, searched."""
