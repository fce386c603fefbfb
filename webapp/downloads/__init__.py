"""Files to take away: the master workbook and what else is exported."""
