# The image of the site, for the app, the ticker and the one-off commands alike.

FROM python:3.11-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PYTHONDONTWRITEBYTECODE=1
RUN python -m venv /venv
COPY requirements.lock /build/requirements.lock
RUN /venv/bin/pip install --require-hashes --only-binary :all: --requirement /build/requirements.lock
WORKDIR /app
COPY . .
# The assets get their fingerprints here. The key is thrown away with this line.
RUN SECRET_KEY="$(/venv/bin/python -c 'import secrets; print(secrets.token_urlsafe(48))')" \
    DEBUG=0 DEMO=1 SITE_URL=https://localhost DATABASE_URL=sqlite:////tmp/none.sqlite3 \
    /venv/bin/python manage.py collectstatic --noinput --verbosity 0 \
    && /venv/bin/python -m compileall -q /app


FROM python:3.11-slim-bookworm
# pg_dump and psql, for `manage.py backup` and `restore_test`.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends postgresql-client \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --home-dir /app --shell /usr/sbin/nologin nsca
COPY --from=build /venv /venv
COPY --from=build /app /app
WORKDIR /app
# What the site writes; the volumes mounted here inherit the owner.
RUN mkdir -p var/media var/mail var/outbox var/backups \
    && chown nsca var var/media var/mail var/outbox var/backups
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=nsca.settings GUNICORN_BIND=0.0.0.0:8000
USER 10001
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "scripts/healthcheck.py"]
CMD ["gunicorn", "--config", "deploy/gunicorn.py", "nsca.wsgi"]
