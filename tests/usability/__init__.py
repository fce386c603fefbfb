"""How many actions, and how many seconds by a published model, the great tasks take: here, and in a spreadsheet.

``python -m tests.usability`` does each task by keys and clicks in a real browser and, step by step, in a real workbook; both
are counted by the same model, and both must come to the same result. What was counted is written to docs/usability.md.
"""
