# Two images: `engine` (the default) does the whole work on this machine, text recognition included;
# `lean` is the daemon alone, for the hosted service.
#   docker build -t flexorchd .
#   docker build -t flexorchd:lean --target lean .
ARG PYTHON_IMAGE=python:3.13-slim

FROM ${PYTHON_IMAGE} AS wheel
WORKDIR /source
COPY pyproject.toml README.md LICENSE ./
COPY flexorchd flexorchd
RUN pip wheel --no-cache-dir --no-deps --wheel-dir /wheel .

FROM ${PYTHON_IMAGE} AS lean-environment
COPY requirements-lean.lock /
RUN python -m venv --without-pip /opt/flexorchd \
 && pip --python /opt/flexorchd/bin/python install --no-cache-dir --require-hashes -r /requirements-lean.lock
COPY --from=wheel /wheel /wheel
RUN pip --python /opt/flexorchd/bin/python install --no-cache-dir --no-deps --no-index /wheel/*.whl

FROM ${PYTHON_IMAGE} AS engine-environment
COPY requirements.lock /
RUN python -m venv --without-pip /opt/flexorchd \
 && pip --python /opt/flexorchd/bin/python install --no-cache-dir --require-hashes -r /requirements.lock
COPY --from=wheel /wheel /wheel
RUN pip --python /opt/flexorchd/bin/python install --no-cache-dir --no-deps --no-index /wheel/*.whl

FROM ${PYTHON_IMAGE} AS base
ARG VERSION=0.1.0
ARG REVISION=
LABEL org.opencontainers.image.title="flexorchd" \
      org.opencontainers.image.description="Drop a document into a folder; its result lies in another." \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.licenses="MIT"
# tini as process 1: from its first moment a signal reaches flexorchd, and what ended is cleared away.
# hadolint ignore=DL3008
RUN apt-get update \
 && apt-get install -y --no-install-recommends tini \
 && rm -rf /var/lib/apt/lists/* /var/cache/apt/*
# The folders of config.example.toml, which is the configuration until another one is mounted.
RUN groupadd --gid 10001 flexorchd \
 && useradd --uid 10001 --gid 10001 --home-dir /var/lib/flexorchd --shell /usr/sbin/nologin flexorchd \
 && install -d -o 10001 -g 10001 -m 2770 /srv/flexorchd/inbox /srv/flexorchd/outbox \
 && install -d -o 10001 -g 10001 -m 700 /var/lib/flexorchd
COPY config.example.toml /etc/flexorchd/config.toml
# Under a read-only root without a /tmp, temporary files are made here.
WORKDIR /var/lib/flexorchd
# Inside a container, the world ends at its own address: which names are served is `web.allowed_hosts`.
ENV PATH=/opt/flexorchd/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    FLEXORCHD_WEB__LISTEN=0.0.0.0:8620
VOLUME ["/srv/flexorchd/inbox", "/srv/flexorchd/outbox", "/var/lib/flexorchd"]
EXPOSE 8620
STOPSIGNAL SIGTERM
# 503 while a stage hangs. Not urllib, which would ask a proxy.
HEALTHCHECK --interval=30s --timeout=5s --start-period=120s --retries=3 \
  CMD ["python", "-c", "import http.client, os, sys; c = http.client.HTTPConnection(os.environ['FLEXORCHD_WEB__LISTEN'], timeout=4); c.request('GET', '/healthz'); sys.exit(c.getresponse().status != 200)"]
ENTRYPOINT ["tini", "-s", "--", "flexorchd"]
CMD ["run"]

FROM base AS lean
ENV FLEXORCHD_API__MODE=hosted
COPY --from=lean-environment /opt/flexorchd /opt/flexorchd
USER 10001:10001

FROM base AS engine
ARG OCR_LANGUAGES="eng deu tur"
# hadolint ignore=DL3008,SC2046,SC2086
RUN apt-get update \
 && apt-get install -y --no-install-recommends $(printf 'tesseract-ocr-%s ' ${OCR_LANGUAGES}) \
 && rm -rf /var/lib/apt/lists/* /var/cache/apt/*
COPY --from=engine-environment /opt/flexorchd /opt/flexorchd
USER 10001:10001
