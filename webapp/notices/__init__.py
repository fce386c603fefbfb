"""Notices of what happened to one's cases, on a page and, for those who want it, in a daily digest by mail."""
