"""Three systems of record over real HTTP, with an invented but consistent world; shares no code with the desk."""
