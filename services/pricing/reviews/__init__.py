"""The yearly price review: drafted, previewed, approved, applied, and told to finance."""
