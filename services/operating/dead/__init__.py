"""Parked messages, from the command line."""
