"""What people do with the eligibility service from the command line."""
