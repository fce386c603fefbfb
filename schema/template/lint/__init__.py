"""Checks what a file says, after its shape: every problem in one run, each with code, line and remedy."""
