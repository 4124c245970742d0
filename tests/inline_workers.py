"""Workers that work here and now, for tests in which what is parsed is harmless."""

from contextlib import nullcontext


class Inline:
    count = 1

    def room(self, _size):
        return nullcontext()

    async def run(self, _seconds, task, *args):
        return task(*args)
