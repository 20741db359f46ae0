"""The audit views, for roles that may read the audit: the Audit page and the bar for flagged entries."""
