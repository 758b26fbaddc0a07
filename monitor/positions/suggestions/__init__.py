"""What stored items suggest that the rules lack: persons in office, wordings of an issue, offices that have ended."""
