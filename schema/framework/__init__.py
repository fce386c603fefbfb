"""The quantitative framework: derived variables and tables, each figure with its provenance."""
