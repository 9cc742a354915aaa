"""How the tables of the pricing service came to be, step by step."""
