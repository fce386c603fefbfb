"""Cases: register, import, edit, withdraw and assign."""
