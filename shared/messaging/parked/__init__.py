"""What could not be handled, as operators look at it, replay it and discard it."""
