# The exporter without pip, compilers and caches, for any user id and a read-only root. A release
# gives BASE with its digest, so that what is built is known.
ARG BASE=python:3.13-slim

FROM ${BASE} AS build
WORKDIR /src
RUN python -m venv /opt/license_exporter
COPY requirements.txt requirements-build.txt ./
RUN python -m pip install --no-cache-dir --require-hashes -r requirements-build.txt \
 && /opt/license_exporter/bin/pip install --no-cache-dir --no-compile --require-hashes -r requirements.txt
COPY . .
RUN python -m pip wheel --no-cache-dir --no-deps --no-build-isolation --wheel-dir dist . \
 && /opt/license_exporter/bin/pip install --no-cache-dir --no-compile --no-deps dist/*.whl \
 && /opt/license_exporter/bin/pip uninstall --yes pip \
 && find /opt/license_exporter -name __pycache__ -prune -exec rm -r {} + \
 && python -m compileall -q --invalidation-mode unchecked-hash /opt/license_exporter/lib

FROM ${BASE}
# Of the base, only the interpreter is wanted. Byte code is valid by definition, not by the times of
# files, which a layer rounds: nothing is compiled at the start.
RUN find /usr -depth -path '*python3*' \( -name pip -o -name 'pip-*' -o -name ensurepip \) -exec rm -r {} + \
 && rm -f /usr/bin/pip* /usr/local/bin/pip* \
 && python -m compileall -q -f --invalidation-mode unchecked-hash -x '/(test|tests|idlelib|lib2to3|tkinter)/' \
      "$(python -c 'import sysconfig; print(sysconfig.get_path("stdlib"))')"
COPY --from=build /opt/license_exporter /opt/license_exporter
COPY deploy/kustomize/base/config.yaml /etc/license_exporter/config.yaml
ENV PATH=/opt/license_exporter/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
USER 65534:65534
WORKDIR /etc/license_exporter
EXPOSE 10058
HEALTHCHECK --interval=30s --timeout=3s --start-period=5s \
  CMD ["license-exporter", "health"]
ENTRYPOINT ["license-exporter", "--config.file=/etc/license_exporter/config.yaml"]

ARG VERSION=0.1.0
ARG REVISION=
LABEL org.opencontainers.image.title="license_exporter" \
      org.opencontainers.image.description="Prometheus exporter for the licenses that a company pays for" \
      org.opencontainers.image.source="https://github.com/license-exporter/license_exporter" \
      org.opencontainers.image.documentation="https://github.com/license-exporter/license_exporter/tree/main/docs" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
