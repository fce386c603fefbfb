"""How far the coders of a project agree: by question, section, pair and month, and what the codebook leaves unclear."""
