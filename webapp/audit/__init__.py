"""What was done, by whom and when: a page for managers, and the command that checks the trail."""
