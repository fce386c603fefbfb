"""Backups: made by hand, by schedule and before a migration; verified, restored, and moved to another database."""
