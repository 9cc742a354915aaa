"""The councils' rulebooks: read from files, proved, put in force, and listed."""
