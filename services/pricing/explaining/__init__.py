"""How a fee came about, worked out again to the penny."""
