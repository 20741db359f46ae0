"""Who saw and did what, for whoever may read it, and what was flagged at any desk."""
