"""What pricing keeps: fees, figures, placements, what finance was told, and price reviews."""
