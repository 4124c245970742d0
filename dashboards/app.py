"""The dashboard as a web application: the Streamlit script behind headers that keep it offline."""

from pathlib import Path

from starlette.middleware import Middleware
from streamlit.starlette import App

from dashboards.headers import SafeHeaders

app = App(Path(__file__).with_name("main.py"), middleware=[Middleware(SafeHeaders)])
