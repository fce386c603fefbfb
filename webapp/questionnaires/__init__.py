"""Templates and their versions: look, compare, publish, retire and lift."""
