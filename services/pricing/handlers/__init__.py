"""What pricing does about each type of event."""
