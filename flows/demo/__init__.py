"""The fictional newsroom that shows and tests the whole."""
