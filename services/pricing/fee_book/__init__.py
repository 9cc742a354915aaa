"""The fees of the framework: as tendered, as reviews have moved them, and as they are quoted."""
