"""What Ofsted publishes about fostering agencies, read into facts."""
