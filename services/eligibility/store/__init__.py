"""What the eligibility service keeps: the register, its rulebooks and its decisions."""
