"""The numbered steps that bring a database to the shape of the models."""
