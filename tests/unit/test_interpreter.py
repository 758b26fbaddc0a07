"""What is loaded is set apart from garbage; tried in processes of their own, for it holds until their end."""

from __future__ import annotations

import pickle
import subprocess
import sys

from monitor.feeds import parser_worker
from tests.unit.feeds.documents import rss

SETTLED = """
import gc, sys
from monitor.interpreter import settle
loaded = len(gc.get_objects())
settle()
print(loaded, gc.get_freeze_count(), len(gc.get_objects()), sys.getswitchinterval())
"""


def test_what_is_loaded_is_set_apart_and_threads_change_sooner() -> None:
    said = subprocess.run([sys.executable, "-c", SETTLED], capture_output=True, text=True, check=True).stdout.split()
    loaded, apart, left = map(int, said[:3])
    assert apart > loaded / 2 > left
    assert float(said[3]) < 0.001


READER = """
import gc
from monitor.feeds import parser_worker
parser_worker.main(lambda *_: str(gc.get_freeze_count()))
"""


def test_a_parser_does_so_before_its_first_document() -> None:
    job = pickle.dumps((rss(), None, None))
    asked = parser_worker.HEAD.pack(0, len(job)) + job
    ran = subprocess.run([sys.executable, "-c", READER, "10", "1024"], input=asked, capture_output=True, check=True)
    assert int(pickle.loads(ran.stdout[parser_worker.LENGTH.size :])) > 10_000
