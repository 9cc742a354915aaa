"""The messages that cross the border of a service, exactly as they are written."""
