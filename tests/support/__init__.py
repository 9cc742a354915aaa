"""What the tests start and stop by hand: real servers, on loopback, with their own state."""
