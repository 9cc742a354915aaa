# RabbitMQ as Debian has it, with the paths and the account of the public image.
FROM fosterframe-base/rabbitmq:packages
COPY rabbitmq-entrypoint.sh /usr/local/bin/docker-entrypoint.sh
RUN chmod 755 /usr/local/bin/docker-entrypoint.sh \
  && rm -f /etc/rabbitmq/rabbitmq-env.conf \
  && mkdir -p /etc/rabbitmq/conf.d \
  && chown -R rabbitmq:rabbitmq /var/lib/rabbitmq /etc/rabbitmq
ENV LANG=C.UTF-8 \
    PATH=/usr/lib/rabbitmq/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
    HOME=/var/lib/rabbitmq \
    RABBITMQ_DATA_DIR=/var/lib/rabbitmq \
    RABBITMQ_LOGS=-
VOLUME /var/lib/rabbitmq
EXPOSE 5672 5671 15672 15692 25672 4369
ENTRYPOINT ["docker-entrypoint.sh"]
CMD ["rabbitmq-server"]
