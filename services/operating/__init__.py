"""What operators do beside the services: parked messages, queues, proofs, purges, resends."""
