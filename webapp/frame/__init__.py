"""The coding frame of a project: its themes and sub-themes, what is done to them, and the rows that are recoded."""
