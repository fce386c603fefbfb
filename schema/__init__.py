"""Says what the questionnaires and their answers mean, and keeps them."""
