# The images of the two services: docker build --target eligibility . (or --target pricing).
#
# The compiler is in the build stages alone, and the rules engine in eligibility's image alone.
# BASE_IMAGE has Python 3.11 or later; BUILD_IMAGE is the same with a compiler, or where apt-get can
# fetch one. `make base-images` makes both for places without a registry.
ARG BASE_IMAGE=python:3.11-slim-bookworm
ARG BUILD_IMAGE=${BASE_IMAGE}

FROM ${BUILD_IMAGE} AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_NO_COMPILE=1
RUN command -v gcc >/dev/null || { apt-get update \
  && apt-get install -y --no-install-recommends gcc libc6-dev; }
RUN python3 -m venv /opt/fosterframe/venv && python3 -m venv /opt/tools
# The other environment installs into this one, so that pip itself is never in an image.
RUN rm -rf /opt/fosterframe/venv/lib/python3*/site-packages/* /opt/fosterframe/venv/bin/pip* \
  && printf '%s\n' /opt/fosterframe \
    >"$(echo /opt/fosterframe/venv/lib/python3*/site-packages)/fosterframe.pth" \
  && printf '%s\n' '#!/opt/fosterframe/venv/bin/python' \
    'from services.__main__ import main' '' 'main()' >/opt/fosterframe/venv/bin/fosterframe \
  && chmod 755 /opt/fosterframe/venv/bin/fosterframe
COPY requirements /requirements
# What builds packages is hash-checked too, hence no build isolation after it.
RUN /opt/tools/bin/pip install -q --require-hashes -r /requirements/build.txt

FROM build AS build-pricing
RUN /opt/tools/bin/pip wheel -q --wheel-dir /wheels --no-deps --no-build-isolation \
    --require-hashes -r /requirements/pricing.txt \
  && /opt/tools/bin/pip --python /opt/fosterframe/venv/bin/python install -q --no-index --no-deps \
    /wheels/*.whl \
  && rm -rf /opt/fosterframe/venv/lib/python3*/site-packages/*/tests
COPY deploy /opt/fosterframe/deploy
COPY shared /opt/fosterframe/shared
COPY services/*.py /opt/fosterframe/services/
COPY services/operating /opt/fosterframe/services/operating
COPY services/pricing /opt/fosterframe/services/pricing
# The root file system is read-only, so what Python would compile later is compiled now. Whoever
# cloned this may keep files from others; the account that runs it is another.
RUN python3 -m compileall -q -j 2 --invalidation-mode unchecked-hash /opt/fosterframe \
  && chmod -R a+rX,go-w /opt/fosterframe

FROM build AS build-eligibility
# From Python 3.13 on, the rules engine asks for a function that is no longer there by that name.
RUN CFLAGS=-g0 CPPFLAGS=-DPyEval_CallObject=PyObject_CallObject \
  /opt/tools/bin/pip wheel -q --wheel-dir /wheels --no-deps --no-build-isolation \
    --require-hashes -r /requirements/eligibility.txt \
  && /opt/tools/bin/pip --python /opt/fosterframe/venv/bin/python install -q --no-index --no-deps \
    /wheels/*.whl \
  && rm -rf /opt/fosterframe/venv/lib/python3*/site-packages/*/tests
COPY deploy /opt/fosterframe/deploy
COPY shared /opt/fosterframe/shared
COPY services/*.py /opt/fosterframe/services/
COPY services/operating /opt/fosterframe/services/operating
COPY services/eligibility /opt/fosterframe/services/eligibility
RUN python3 -m compileall -q -j 2 --invalidation-mode unchecked-hash /opt/fosterframe \
  && chmod -R a+rX,go-w /opt/fosterframe

FROM ${BASE_IMAGE} AS run
ARG VERSION=0
ARG REVISION=unknown
# What the public image brings to install packages with is of no use to a service.
RUN rm -rf /usr/local/lib/python3*/site-packages/pip* /usr/local/lib/python3*/ensurepip \
    /usr/local/lib/python3*/site-packages/setuptools* /usr/local/lib/python3*/site-packages/wheel* \
    /usr/local/bin/pip* /usr/lib/python3*/ensurepip \
  && groupadd --gid 10001 fosterframe \
  && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /tmp \
    --shell /usr/sbin/nologin fosterframe
ENV PATH=/opt/fosterframe/venv/bin:/usr/local/bin:/usr/bin:/bin \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    FOSTERFRAME_STATE=/tmp/state \
    HOME=/tmp
WORKDIR /opt/fosterframe
USER 10001:10001
STOPSIGNAL SIGTERM
# A worker answers on 910x, an API on 810x; one container is one or the other.
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
  CMD python -m services.probe 9101 || python -m services.probe 8101
ENTRYPOINT ["fosterframe"]
CMD ["--help"]
LABEL org.opencontainers.image.vendor="Fosterframe" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"

FROM run AS pricing
COPY --from=build-pricing /opt/fosterframe /opt/fosterframe
EXPOSE 8102 9102
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
  CMD python -m services.probe 9102 || python -m services.probe 8102
LABEL org.opencontainers.image.title="Fosterframe pricing" \
      org.opencontainers.image.description="What each foster placement costs, and from which day"

FROM run AS eligibility
COPY --from=build-eligibility /opt/fosterframe /opt/fosterframe
EXPOSE 8101 9101
LABEL org.opencontainers.image.title="Fosterframe eligibility" \
      org.opencontainers.image.description="Which agencies may be offered this child"
