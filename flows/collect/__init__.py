"""The network in: the only importer of httpx."""
