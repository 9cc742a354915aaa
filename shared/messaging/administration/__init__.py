"""How a RabbitMQ is set up and kept sound: users and rights, policies, queues."""
