# Prometheus with promtool as Debian has it, with the paths of the public image.
FROM fosterframe-base/prometheus:packages
RUN mkdir -p /prometheus /etc/prometheus \
  && chown -R nobody:nogroup /prometheus
ENV LANG=C.UTF-8
USER nobody
WORKDIR /prometheus
VOLUME /prometheus
EXPOSE 9090
ENTRYPOINT ["/usr/bin/prometheus"]
CMD ["--config.file=/etc/prometheus/prometheus.yml", "--storage.tsdb.path=/prometheus"]
