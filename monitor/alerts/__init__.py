"""Alerts: who wants to know, what an alert says, when a failed delivery is tried again, and the channels."""
