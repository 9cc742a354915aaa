"""What a change for the worse in an agency sets in motion."""
