# The central worker, and the command line for `docker compose exec worker patchcycle ...`.
FROM node:24.21.0-bookworm-slim AS build
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN npm ci --no-audit --no-fund
COPY . .
RUN npm run build && npm prune --omit=dev --no-audit --no-fund

FROM node:24.21.0-bookworm-slim
ENV NODE_ENV=production
WORKDIR /opt/patchcycle
COPY --from=build --chown=root:root /build /opt/patchcycle
RUN ln -s /opt/patchcycle/bin/patchcycle.mjs /usr/local/bin/patchcycle \
  && install --directory --owner=node --group=node --mode=0700 /reports
USER node
STOPSIGNAL SIGTERM
ENTRYPOINT ["patchcycle"]
CMD ["worker"]
