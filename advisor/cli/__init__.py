"""One module per command: options, exit code, which view; no decisions."""
