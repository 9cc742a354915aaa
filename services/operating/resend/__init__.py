"""Tells again what others have lost."""
