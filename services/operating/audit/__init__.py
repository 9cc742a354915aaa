"""Proves that what was decided and told is still what is kept."""
