"""The demonstration: an invented year of case management, from referral to price review."""
