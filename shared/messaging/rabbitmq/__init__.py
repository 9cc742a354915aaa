"""RabbitMQ as a broker: connections, confirms, and deliveries on channels."""
