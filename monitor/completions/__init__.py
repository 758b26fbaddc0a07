"""Asking a model: the chat completions of any OpenAI-compatible endpoint. Knows nothing of what is asked, or why."""
