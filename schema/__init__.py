"""What the questionnaires and their answers mean, and where they are kept."""
