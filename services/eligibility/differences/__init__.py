"""What a new rulebook changes, and how that is said."""
