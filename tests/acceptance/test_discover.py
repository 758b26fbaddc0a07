"""`volteface feeds discover` and `feeds add` as people use them, with a site on loopback."""

from __future__ import annotations

import json
from pathlib import Path

from tests.acceptance.newspapers import Newspapers
from tests.acceptance.running import environment, output, volteface

PAGE = b"""<!DOCTYPE html><html><link rel="alternate" type="application/rss+xml" href="/world.xml"></html>"""
FEED = b"""<rss version="2.0"><channel><title>World</title><item><title>An ox</title></item></channel></rss>"""


def test_the_feeds_of_a_site_are_found_and_a_page_is_not_added(tmp_path: Path) -> None:
    env = environment(tmp_path / "data")
    with Newspapers() as papers:
        papers.documents["/"] = (PAGE, "text/html")
        papers.documents["/world.xml"] = (FEED, "application/rss+xml")
        shown = volteface("feeds", "discover", papers.url, env=env)
        assert (shown.returncode, "World" in shown.stdout, "An ox" in shown.stdout) == (0, True, True)
        (found,) = output("feeds", "discover", papers.url, env=env)
        assert found["url"] == f"{papers.url}/world.xml"
        refused = volteface("feeds", "add", papers.url, env=env)
        assert refused.returncode == 1
        assert f"{papers.url}/world.xml  World (1 entry)" in refused.stderr
        assert output("feeds", "list", env=env) == []
        added = volteface("feeds", "add", found["url"], "--json", env=env)
        assert json.loads(added.stdout)["url"] == found["url"]
        assert "could not be read" not in added.stderr
        later = volteface("feeds", "add", f"{papers.url}/not-yet.xml", env=env)
        assert later.returncode == 0
        assert "could not be read just now" in later.stderr
        nothing = volteface("feeds", "discover", f"{papers.url}/not-yet.xml", env=env)
        assert (nothing.returncode, "404" in nothing.stderr) == (1, True)
