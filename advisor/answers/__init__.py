"""The user's answers: reads them from files and options, adds defaults, and saves them."""
