"""Who may see and do what: roles, sign-in, verification, access to accounts, and the audit of it."""
