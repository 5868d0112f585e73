# The app built for production. With no settings it is a whole site: its database and photos are in /data.
FROM python:3.11-slim-bookworm

# What the embedded database needs of the system.
RUN apt-get update && apt-get install -y --no-install-recommends libcurl4 && rm -rf /var/lib/apt/lists/*

WORKDIR /app
COPY requirements.txt .
RUN pip install --no-cache-dir -r requirements.txt
COPY . .
# The build needs no database; what it downloads is kept in the image.
RUN reflex export --frontend-only --no-zip

ENV DATA_DIR=/data
VOLUME /data
EXPOSE 3000
CMD ["reflex", "run", "--env", "prod"]
