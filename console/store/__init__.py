"""The desk's encrypted local store: facts with their versions, answers, drafts, the outbox and the search index."""
