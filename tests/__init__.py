"""Tests, in folders by what they need: unit, store, web, contract, journeys."""
