"""Where tests keep their files: in memory, where there is room. A database is made there in a tenth of the time."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

_SHARED_MEMORY = Path("/dev/shm")
_ROOM = 4 * 1024**3
"""A run of all tests takes a tenth of it; containers are often given less than that."""


def folder_in_memory() -> Path | None:
    """A file system in memory with room enough, None where there is none."""
    if not (os.path.ismount(_SHARED_MEMORY) and os.access(_SHARED_MEMORY, os.W_OK)):
        return None
    return _SHARED_MEMORY if shutil.disk_usage(_SHARED_MEMORY).free >= _ROOM else None
