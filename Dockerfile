# One image for web, workers, beat and commands; torch is in that of the model worker alone:
# docker build --build-arg REQUIREMENTS=requirements-model.txt -t isogloss-model .
# docker build --build-arg CODE_VERSION=$(git describe --always) -t isogloss .
FROM python:3.11-slim

ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PATH=/opt/venv/bin:$PATH XDG_CACHE_HOME=/opt/cache
RUN useradd --uid 10001 --create-home --shell /usr/sbin/nologin isogloss \
    && install -d -o isogloss -g isogloss /data /data/tmp /opt/cache /opt/static
WORKDIR /app

ARG REQUIREMENTS=requirements.txt
COPY requirements.txt requirements-model.txt ./
RUN python -m venv /opt/venv && pip install -r $REQUIREMENTS
COPY . .

ARG CODE_VERSION=unknown
ENV CODE_VERSION=$CODE_VERSION DATA_DIR=/data STATIC_ROOT=/opt/static HOST=0.0.0.0 PORT=8000
USER isogloss
# PostgreSQL's client programs, for backup and restore, and the style sheets under names that never change.
RUN python -c "from launcher.postgres_binaries import unpack; unpack()" \
    && SECRET_KEY=for-this-one-command-only python manage.py collectstatic --noinput

VOLUME /data
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "deploy/alive.py"]
CMD ["gunicorn", "-c", "config/gunicorn.py", "config.wsgi"]
