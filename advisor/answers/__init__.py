"""The user's answers: read from files and options, completed by defaults, and saved."""
