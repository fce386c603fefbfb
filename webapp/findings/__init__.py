"""The findings: the tables of the framework, what stands behind every figure, and the check of a draft."""
