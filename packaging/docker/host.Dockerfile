# A Debian host with systemd, a web server and the agent. The base image is some months old on
# purpose: security updates for it are pending.
FROM node:24.21.0-bookworm-slim AS build
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN npm ci --no-audit --no-fund
COPY . .
RUN npm run build

FROM debian:bookworm-20251229-slim
ENV container=docker
RUN apt-get update \
  && DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends \
    ca-certificates dbus nginx systemd systemd-sysv \
  # Images forbid the start of services during installation; a host must not.
  && rm -f /usr/sbin/policy-rc.d \
  && rm -rf /var/lib/apt/lists/* \
  && install --directory --mode=0755 /etc/patchcycle
COPY --from=build --chown=root:root /build/dist/agent /opt/patchcycle
COPY --chown=root:root packaging/docker/agent.yaml /etc/patchcycle/agent.yaml
COPY --chown=root:root packaging/patchcycle-agent.service /etc/systemd/system/patchcycle-agent.service
RUN systemctl enable patchcycle-agent.service nginx.service
STOPSIGNAL SIGRTMIN+3
CMD ["/lib/systemd/systemd"]
