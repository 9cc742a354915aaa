"""How messages travel: topology, brokers, and what becomes of each delivery."""
