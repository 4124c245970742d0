"""Actors, topics, relevance, names of places. No I/O."""
