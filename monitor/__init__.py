"""The service: from the wire to an alert. Start reading at `monitor/pipeline.py`."""
