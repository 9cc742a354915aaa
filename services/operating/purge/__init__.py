"""Removes what nobody may keep any longer."""
