# The app, built for production. With no settings it is a complete site; database and photos are in /data.
FROM python:3.11-slim-bookworm

# Required by the embedded database.
RUN apt-get update && apt-get install -y --no-install-recommends libcurl4 && rm -rf /var/lib/apt/lists/*

# Run unprivileged, in case the app is compromised. A new volume on /data gets this folder's owner and mode.
RUN useradd --create-home --uid 10001 app && install -d -o app -g app -m 700 /app /data
WORKDIR /app
COPY requirements.txt .
RUN pip install --no-cache-dir -r requirements.txt
COPY --chown=app:app . .
USER app
# The build needs no database; its downloads stay in the image.
RUN reflex export --frontend-only --no-zip

ENV DATA_DIR=/data
VOLUME /data
EXPOSE 3000
# While MongoDB or Redis is down, this gets a 503, which raises.
HEALTHCHECK --interval=10s --timeout=5s --start-period=3m CMD \
    ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:3000/_health', timeout=4)"]
CMD ["reflex", "run", "--env", "prod"]
