"""Help inside the application: one page for each task, and from every page the way to the help on what is done there."""
