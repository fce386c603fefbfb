"""Draws the questionnaires as web forms and turns valid input into changes of answers."""
