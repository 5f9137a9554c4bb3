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
# Without the lockfile, by which the command tells a clone that it has to build from an installation.
COPY --from=build --chown=root:root /build/package.json /build/LICENSE ./
COPY --from=build --chown=root:root /build/bin ./bin
COPY --from=build --chown=root:root /build/dist ./dist
COPY --from=build --chown=root:root /build/node_modules ./node_modules
RUN ln -s /opt/patchcycle/bin/patchcycle.mjs /usr/local/bin/patchcycle \
  && install --directory --owner=node --group=node --mode=0700 /reports
USER node
STOPSIGNAL SIGTERM
ENTRYPOINT ["patchcycle"]
CMD ["worker"]
