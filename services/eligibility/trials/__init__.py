"""Rulebooks that are tried: on examples, on what was decided, and beside the one in force."""
