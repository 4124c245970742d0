"""Imported by the fork server alone: what every worker needs, loaded once and shared.

Workers are forked from a process that has all this in memory, so a worker that was
killed is replaced in milliseconds, and the pages of memory are shared.
"""

from flows.collect import feeds
from flows.extract.language import identify
from flows.reading import tagger

assert feeds
identify("The profiles of all languages are read now.")
tagger()
