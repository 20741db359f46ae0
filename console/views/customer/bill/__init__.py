"""One bill: its document, its explanation, and the sentence to read aloud."""
