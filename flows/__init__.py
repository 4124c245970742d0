"""The Prefect flows, and the steps they are made of."""

import os

# No telemetry, whoever starts us: before Prefect or Streamlit is imported
os.environ.setdefault("DO_NOT_TRACK", "1")
os.environ.setdefault("PREFECT_SERVER_ANALYTICS_ENABLED", "false")
