"""The console's encrypted local store: facts with versions, responses, drafts, the outbox and the search index."""
