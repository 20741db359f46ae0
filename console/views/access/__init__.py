"""The views for locked accounts, the locked window, and sign-in."""
