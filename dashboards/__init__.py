"""The Streamlit app; it reads the snapshot through `warehouse.reader` only."""
