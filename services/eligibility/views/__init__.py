"""What all decisions together say: whose turn it was, and who had too few agencies."""
