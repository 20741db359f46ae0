"""Bill documents, and explanations of bills."""
