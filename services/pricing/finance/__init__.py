"""What an agency is due, and what finance says that it has booked."""
