"""One customer's data from the systems of record, dataset by dataset."""
