# Warmfront in a container: the one-file binary on a base without a shell, as a user who is not root.
#   docker build -t warmfront .
#   docker run -p 80:8080 -p 443:8443 -p 443:8443/udp -v warmfront:/data warmfront
FROM node:22-bookworm-slim AS build
WORKDIR /src
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY bin ./bin
COPY src ./src
COPY tools ./tools
COPY tsconfig.json NOTICE ./
RUN npm run build && mkdir /data

FROM gcr.io/distroless/cc-debian12:nonroot
COPY --from=build /src/dist/warmfront /usr/local/bin/warmfront
COPY --from=build --chown=65532:65532 --chmod=0700 /data /data
COPY --from=build /src/dist/THIRD-PARTY-LICENSES /usr/share/doc/warmfront/
COPY NOTICE LICENSE /usr/share/doc/warmfront/
USER 65532:65532
# The API answers inside the container alone unless its port is published; its admin endpoints answer to the container alone.
ENV WARMFRONT_DATA=/data WARMFRONT_HOST=0.0.0.0 WARMFRONT_LOG_FORMAT=json
VOLUME /data
EXPOSE 8080 8443 8443/udp 4566
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=10s --start-period=20s CMD ["/usr/local/bin/warmfront", "status"]
ENTRYPOINT ["/usr/local/bin/warmfront"]
CMD ["up", "--production"]
