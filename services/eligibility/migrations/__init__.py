"""The steps that bring the eligibility service's database to the tables that the code expects."""
