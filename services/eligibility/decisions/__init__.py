"""Decisions as they are told, kept, derived again and explained."""
