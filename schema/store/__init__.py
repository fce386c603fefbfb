"""The only room that knows a database: models, writers, finders, read model and migrations."""
