"""Variables for statistics programs: numbers with labels and declared missing codes, under names that they accept."""
