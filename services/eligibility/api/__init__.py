"""The HTTP side of the eligibility service."""
