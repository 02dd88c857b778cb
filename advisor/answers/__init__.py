"""The user's answers: read from files and options, completed with defaults, and saved."""
