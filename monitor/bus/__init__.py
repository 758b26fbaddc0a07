"""How events travel: `protocol.py` says what a bus must do, `inprocess.py` does it within one process."""
