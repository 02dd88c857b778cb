"""What the user said: reading it from files and flags, asking for it, and writing it down."""
