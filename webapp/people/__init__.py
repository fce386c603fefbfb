"""People and their memberships of projects."""
