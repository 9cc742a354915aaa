"""The HTTP side of the pricing service."""
