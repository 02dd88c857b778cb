"""Every format of every result: pure functions from a result to text."""
