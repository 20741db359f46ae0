"""One customer as the systems of record know them, dataset by dataset."""
