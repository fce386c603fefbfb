"""What is promised of safety, which test holds it, what lists of requirements ask, and what became of each test last time."""
