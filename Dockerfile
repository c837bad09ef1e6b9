FROM python:3.13-slim AS build
WORKDIR /src
RUN python -m venv /opt/license_exporter
COPY requirements.txt requirements-build.txt ./
RUN pip install --no-cache-dir --require-hashes -r requirements-build.txt \
 && /opt/license_exporter/bin/pip install --no-cache-dir --require-hashes -r requirements.txt
COPY pyproject.toml README.md LICENSE ./
COPY license_exporter license_exporter
RUN pip wheel --no-cache-dir --no-deps --no-build-isolation --wheel-dir dist . \
 && /opt/license_exporter/bin/pip install --no-cache-dir --no-deps dist/*.whl \
 && /opt/license_exporter/bin/pip uninstall --yes pip \
 && find /opt/license_exporter -name __pycache__ -prune -exec rm -r {} + \
 && /opt/license_exporter/bin/python -m compileall -q /opt/license_exporter/lib

FROM python:3.13-slim
COPY --from=build /opt/license_exporter /opt/license_exporter
COPY config.yaml /etc/license_exporter/config.yaml
ENV PATH=/opt/license_exporter/bin:$PATH PYTHONUNBUFFERED=1
USER 65534:65534
WORKDIR /etc/license_exporter
EXPOSE 10058
HEALTHCHECK --interval=30s --timeout=3s --start-period=5s \
  CMD ["license-exporter", "health"]
ENTRYPOINT ["license-exporter", "--config.file=/etc/license_exporter/config.yaml"]
