"""The template language: model, field kinds, conditions, loader, lint, versions and catalogue."""
