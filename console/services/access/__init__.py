"""Rules for who may see and do what: roles, sign-in, caller verification, access to accounts, and the audit."""
