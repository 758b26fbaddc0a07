# The image of `volteface`; which command runs is said at start: web, worker, up. No secret belongs in here.
FROM python:3.13-slim AS build
WORKDIR /src
RUN python -m venv /tools && python -m venv /opt/volteface
COPY constraints.txt ./
# The pinned dependencies form a layer of their own: a change of ours alone does not fetch them again.
COPY pyproject.toml README.md LICENSE ./
RUN /tools/bin/pip install --no-cache-dir --disable-pip-version-check -c constraints.txt hatchling \
 && /tools/bin/python -c "import tomllib; print(*tomllib.load(open('pyproject.toml', 'rb'))['project']['dependencies'], sep='\n')" > requirements.txt \
 && /opt/volteface/bin/pip install --no-cache-dir --disable-pip-version-check -c constraints.txt -r requirements.txt
COPY monitor monitor
COPY rules rules
COPY storage storage
RUN /tools/bin/pip wheel --no-deps --no-build-isolation --disable-pip-version-check --wheel-dir /wheels . \
 && /opt/volteface/bin/pip install --no-cache-dir --disable-pip-version-check --no-deps /wheels/*.whl

FROM python:3.13-slim
RUN groupadd --gid 10001 volteface \
 && useradd --uid 10001 --gid volteface --no-create-home --home-dir /data --shell /usr/sbin/nologin volteface \
 && install -d -o volteface -g volteface -m 0750 /data
COPY --from=build /opt/volteface /opt/volteface
ENV PATH=/opt/volteface/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    VOLTEFACE_DATA_DIR=/data \
    VOLTEFACE_HOST=0.0.0.0 \
    VOLTEFACE_PORT=8400
USER volteface
WORKDIR /data
VOLUME /data
EXPOSE 8400
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 \
  CMD ["python", "-c", "import os, urllib.request as u; u.urlopen(f'http://127.0.0.1:{os.environ[\"VOLTEFACE_PORT\"]}/readyz', timeout=4)"]
ENTRYPOINT ["volteface"]
CMD ["up"]
