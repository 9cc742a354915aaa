"""What both services must agree on, and no more."""
