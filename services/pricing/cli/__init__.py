"""What people do with the pricing service from the command line."""
