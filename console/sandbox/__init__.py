"""Three systems of record over real HTTP, with invented but consistent data. Shares no code with the console."""
