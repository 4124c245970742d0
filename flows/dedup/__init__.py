"""Fingerprints, comparison, clusters. No I/O."""
