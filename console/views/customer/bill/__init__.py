"""One bill: its document, its explanation, and how to say it."""
