"""Models: frozen records in TM Forum terms, with no input, output or clock."""
