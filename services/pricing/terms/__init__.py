"""What the framework agreement says about its yearly price review."""
