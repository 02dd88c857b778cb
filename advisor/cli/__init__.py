"""One module per command: options, exit code, which renderer; no decisions."""
