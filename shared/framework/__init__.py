"""A framework pack: everything that another council would change, read and checked."""
