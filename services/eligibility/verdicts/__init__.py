"""What a rulebook says of every combination of facts, asked of the rules engine once."""
