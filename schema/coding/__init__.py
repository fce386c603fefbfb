"""Double coding: align rows, compare entries, reconcile, measure agreement. Pure functions."""
