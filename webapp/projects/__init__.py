"""Projects, their settings and what is going on in them."""
