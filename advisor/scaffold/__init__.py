"""Writing an operator: what is asked for is rendered, compared with the disk, and written."""
