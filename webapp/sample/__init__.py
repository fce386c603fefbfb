"""The sample study: invented cases, entered twice by coders who disagree."""
