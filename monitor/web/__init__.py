"""The pages: server-rendered, live over server-sent events, no build step and nothing from elsewhere.

`app.py` composes them with the JSON of `monitor.api`; `server.py` serves them; `pages/` holds one file per noun.
"""
