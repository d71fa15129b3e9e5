FROM python:3.13-slim AS packages

RUN python -m venv /opt/venv
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /build
COPY requirements.txt .
# Without a compiler: every package has a wheel.
RUN /opt/venv/bin/pip install --only-binary=:all: --requirement requirements.txt


# The tests under the image's Python, with its nginx: .ci/test_image.
FROM packages AS test
RUN apt-get update \
 && DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends curl git nginx \
 && rm -rf /var/lib/apt/lists/*
COPY requirements-dev.txt .
RUN /opt/venv/bin/pip install --requirement requirements-dev.txt
ENV PATH=/opt/venv/bin:$PATH PYTHONDONTWRITEBYTECODE=1
RUN useradd --create-home tests
USER tests
WORKDIR /home/tests


FROM python:3.13-slim

# In front of Gunicorn: deploy/container/. Its version is Debian's, with Debian's security fixes.
RUN apt-get update \
 && DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends nginx \
 && rm -rf /var/lib/apt/lists/*

# Defaults of production; .env.example lists all variables.
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    HOST=0.0.0.0 \
    PORT=8000 \
    FLOWER_PORT=5555 \
    RUNTIME_DIR=/tmp \
    SUPERVISORD_INCLUDE="supervisord_nginx.ini supervisord_healthcheck.ini" \
    WEB_SOCKET=gunicorn.sock \
    MEDIA_ROOT=/app/media \
    STATIC_ROOT=/app/static

# The code belongs to root and cannot be changed by the service; its media can.
RUN useradd --uid 10001 --user-group --no-create-home --home-dir /tmp catalog \
 && install --directory --owner=catalog --group=catalog /app/media
WORKDIR /app

COPY --from=packages /opt/venv /opt/venv
COPY . .
# The key is for this command alone, and nothing is signed with it.
RUN SECRET_KEY=collectstatic ALLOWED_HOSTS=localhost python manage.py collectstatic --noinput \
 && python -m compileall -q . \
 && chmod -R a+rX . # whatever the umask was where the files come from

USER 10001:10001
VOLUME /app/media
EXPOSE 8000 5555
HEALTHCHECK --interval=15s --timeout=10s --start-period=60s \
    CMD ["python", "-m", "deploy.container.healthcheck"]
ENTRYPOINT ["./entrypoint.sh"]
CMD ["python", "-m", "deploy.container.supervise"]
