"""The policy: one table of who may do what, and the one function that is asked."""
