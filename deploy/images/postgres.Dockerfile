# PostgreSQL as Debian has it, with the paths, the account and the variables of the public image.
FROM fosterframe-base/postgres:packages
COPY postgres-entrypoint.sh /usr/local/bin/docker-entrypoint.sh
RUN chmod 755 /usr/local/bin/docker-entrypoint.sh \
  && ln -s /usr/lib/postgresql/*/bin /usr/local/lib/postgresql-bin \
  && mkdir -p /docker-entrypoint-initdb.d /var/lib/postgresql/data /run/postgresql \
  && chown -R postgres:postgres /var/lib/postgresql /run/postgresql \
  && chmod 700 /var/lib/postgresql/data \
  # Whoever PostgreSQL runs as, its socket is here.
  && chmod 3777 /run/postgresql
ENV LANG=C.UTF-8 \
    PATH=/usr/local/lib/postgresql-bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
    PGDATA=/var/lib/postgresql/data
VOLUME /var/lib/postgresql/data
EXPOSE 5432
# Sessions are ended and the data written: a clean stop that does not wait for clients.
STOPSIGNAL SIGINT
ENTRYPOINT ["docker-entrypoint.sh"]
CMD ["postgres"]
