"""Worker processes can be killed one by one."""

import asyncio
import ctypes
import os
import time
from contextlib import suppress
from threading import Thread

import pytest

from flows import memory
from flows.errors import WorkerError
from flows.workers import Workers


def double(number: int) -> int:
    return 2 * number


def hang() -> None:
    time.sleep(60)


def crash() -> None:
    ctypes.string_at(0)


def eat_memory() -> int:
    return len(bytearray(8 << 30))


def run(workers: Workers, task, *args, seconds: float = 30):
    return asyncio.run(workers.run(seconds, task, *args))


@pytest.fixture(scope="module")
def workers():
    with Workers(1) as pool:
        yield pool


def test_a_task_gives_its_result(workers):
    assert run(workers, double, 21) == 42


def test_a_task_that_hangs_is_killed_and_the_next_one_runs(workers):
    with pytest.raises(WorkerError, match="hung"):
        run(workers, hang, seconds=0.5)
    assert run(workers, double, 1) == 2


def test_a_task_that_crashes_its_worker_costs_only_itself(workers):
    with pytest.raises(WorkerError, match="died"):
        run(workers, crash)
    assert run(workers, double, 2) == 4


def test_a_task_that_wants_too_much_memory_fails_alone(workers):
    with pytest.raises(WorkerError, match="memory"):
        run(workers, eat_memory)
    assert run(workers, double, 3) == 6


def resident_after(chunks: int) -> int:
    held = [bytes(5000) for _ in range(chunks)]
    return memory.resident() if held else 0


def test_a_worker_gives_back_what_a_large_task_needed(workers):
    swollen = run(workers, resident_after, 40_000)  # what it held while it did the task
    assert run(workers, memory.resident) < swollen - (100 << 20)


def test_large_documents_have_their_turns_and_small_ones_pass():
    async def both():
        with Workers(1) as pool:
            async with pool.room(5 << 20):
                async with asyncio.timeout(60), pool.room(1000):
                    pass
                with pytest.raises(TimeoutError):
                    async with asyncio.timeout(0.05), pool.room(5 << 20):
                        pass

    asyncio.run(both())


def test_a_pool_that_is_stopped_while_it_starts_holds_nobody_up():
    async def interrupted():
        with Workers(1) as workers:
            first = asyncio.create_task(workers.run(30, os.getpid))
            await asyncio.sleep(0.005)
            first.cancel()
            raise InterruptedError

    def end():
        with suppress(InterruptedError):
            asyncio.run(interrupted())

    running = Thread(target=end, daemon=True)
    running.start()
    running.join(60)
    assert not running.is_alive()
