# A container of the app, for a Hugging Face Space or any other host; docs/class.md says how to use it.
FROM python:3.11-slim-bookworm

# A Space runs its container as user 1000, who keeps runs, data and generators in the app's own folder.
RUN useradd --create-home --uid 1000 user && install --directory --owner user /home/user/app
WORKDIR /home/user/app

# Where PyTorch comes from: its build for the CPU, without three gigabytes of libraries for cards. For a card, build
# with --build-arg TORCH_INDEX=https://download.pytorch.org/whl/cu130 (or whichever CUDA the driver has).
ARG TORCH_INDEX=https://download.pytorch.org/whl/cpu
COPY requirements.lock ./
# Packages' own tests and headers for C++ are 150 MB that no app reads.
RUN pip install --no-cache-dir --extra-index-url "$TORCH_INDEX" -r requirements.lock \
    && find /usr/local/lib/python3.11/site-packages -type d \
       \( -name tests -o -path "*/torch/include" -o -path "*/pyarrow/include" \) -prune -exec rm -r {} +

COPY --chown=1000 . .
USER 1000
ENV PYTHONUNBUFFERED=1
EXPOSE 7860
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s \
    CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:7860/_stcore/health', timeout=4)"]
# In this form it is process 1 itself: it hears the request to stop, and ends what its trainers leave behind.
CMD ["python", "-m", "ui.serve", "--server.address=0.0.0.0", "--server.port=7860"]
