"""The sheets of the master workbook, one module each."""
