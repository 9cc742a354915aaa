"""What eligibility does about each type of event."""
