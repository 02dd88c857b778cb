"""Reading YAML and JSON as plain text scalars, with positions for errors."""
