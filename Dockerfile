# The sandbox as an image. It listens on every address of its container, so it wants a control token:
#
#     docker build -t gupshup-mock .
#     docker run --rm --read-only -p 8400:8400 -e GUPSHUP_MOCK_CONTROL_TOKEN=... gupshup-mock
#
# There is no default token on purpose: an image that anybody can drive is one that somebody will. Webhooks go nowhere
# until somebody says where they may go, as in `... gupshup-mock --allow-webhook-to host.docker.internal`.

# Built in a stage of its own: neither pip's cache nor the sources are in the image.
FROM python:3.13-slim AS build
WORKDIR /src
COPY . .
# At the same path as in the last stage: the scripts of a virtual environment contain it. With PostgreSQL's driver,
# for --store postgresql://...
RUN python -m venv /opt/gupshup-mock \
    && /opt/gupshup-mock/bin/pip install --no-cache-dir --disable-pip-version-check '.[postgresql]'

FROM python:3.13-slim
# A fixed, numeric user: volumes keep their owner, and Kubernetes can see that it is not root.
RUN groupadd --gid 10001 sandbox \
    && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /data --shell /usr/sbin/nologin sandbox \
    && install --directory --owner=10001 --group=10001 /data
COPY --from=build /opt/gupshup-mock /opt/gupshup-mock
# No bytecode is written (it was at install): the root file system may be read-only. No buffering: a log line is seen
# when it is written.
ENV PATH="/opt/gupshup-mock/bin:$PATH" \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1
USER 10001:10001
# The only place that is written to, and only when asked: --store sqlite:////data/sandbox.db
WORKDIR /data
VOLUME ["/data"]
EXPOSE 8400
# Health needs no token. The port is GUPSHUP_MOCK_SERVE_PORT's if that is set, so set that rather than passing --port.
# http.client rather than urllib: it does not ask the proxy of HTTP_PROXY for this container's own address.
HEALTHCHECK --interval=10s --timeout=3s --start-period=5s --retries=3 \
    CMD ["python", "-c", "import http.client, os, sys; c = http.client.HTTPConnection('127.0.0.1', int(os.environ.get('GUPSHUP_MOCK_SERVE_PORT', '8400')), timeout=2); c.request('GET', '/_sandbox/health'); sys.exit(c.getresponse().status != 200)"]
# The server is process 1 and stops on SIGTERM within five seconds, well before `docker stop` loses patience.
ENTRYPOINT ["gupshup-mock", "serve", "--host", "0.0.0.0"]
