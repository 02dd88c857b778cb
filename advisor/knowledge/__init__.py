"""What the documentation says, as cited data, and the types that it is read into."""
