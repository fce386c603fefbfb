"""The report itself: its pages as text, where words stand in it, and what it recommends. Pure functions."""
