"""How facts are kept: databases, the inbox and outbox, and the hash-chained log."""
