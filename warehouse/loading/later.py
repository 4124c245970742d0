"""What loads put off until a snapshot is made: stories, day marts, the index of words."""

from warehouse.loading import marts, search, stories
from warehouse.loading.step import Step

BACKLOG = 20_000  # articles that stories wait for; telling of more at once takes much memory


def catch_up(step: Step) -> bool:
    """Do a part of what was put off; say whether there was any."""
    return stories.link(step) or stories.tell(step) or marts.rebuild(step) or search.index(step) > 0


def relieve(step: Step) -> bool:
    """Do what can be put off no longer; say whether there was any."""
    linked = stories.unlinked(step) > BACKLOG and stories.link(step)
    return (stories.stale(step) > BACKLOG and stories.tell(step)) or linked
