"""A child process ends with its parent, however the parent ends.

Two signs are watched. The end of the pipe on standard input comes at once, but not while a process that the parent
forked lives and holds the other end. The parent's id changes even then, on POSIX. (Linux could send a signal instead,
by PR_SET_PDEATHSIG, but it does so when the *thread* that started the child ends: a server started from a worker thread
would die with it.)
"""

from __future__ import annotations

import os
import select
import sys
import threading
import time
from collections.abc import Callable

_PERIOD = 0.5  # s between two looks at the parent's id
_GRACE = 3.0  # s that the main thread has to end by itself


def watch(parent: int, end: Callable[[], object]) -> None:
    """Call `end` from another thread when the process `parent` is gone or closes our input; see that we do end."""

    def wait() -> None:
        if sys.platform == "win32":
            _read_to_end()
        else:
            while os.getppid() == parent and not (select.select([0], [], [], _PERIOD)[0] and not os.read(0, 4096)):
                pass
        end()
        time.sleep(_GRACE)
        os._exit(0)

    threading.Thread(target=wait, name="lifeline", daemon=True).start()


def _read_to_end() -> None:
    while os.read(0, 4096):
        pass
