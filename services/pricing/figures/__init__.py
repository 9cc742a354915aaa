"""Published inflation rates and minimum wages: read from files, judged, and asked for."""
