"""What live placements cost as days go by, and what finance is told of it."""
