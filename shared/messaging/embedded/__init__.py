"""A broker inside this process: the demo's, and a small council's."""
