"""The store's tables, as steps from nothing to now. A released step is never changed; a new one is added behind it."""

MIGRATIONS: tuple[str, ...] = (
    """
    CREATE TABLE fact (
        id INTEGER PRIMARY KEY,
        customer TEXT NOT NULL,
        part TEXT NOT NULL,
        read_at TEXT NOT NULL,   -- when the systems first said so
        seen_at TEXT NOT NULL,   -- when they last said so
        digest BLOB NOT NULL,
        body BLOB NOT NULL
    );
    CREATE INDEX fact_of ON fact (customer, part, read_at);
    CREATE INDEX fact_seen ON fact (seen_at);

    CREATE TABLE answer (
        question TEXT PRIMARY KEY,
        etag TEXT NOT NULL,
        headers BLOB NOT NULL,
        body BLOB NOT NULL,
        used_at TEXT NOT NULL
    );
    CREATE INDEX answer_used ON answer (used_at);

    CREATE TABLE draft (
        place TEXT PRIMARY KEY,  -- which field of which form
        text TEXT NOT NULL,
        kept_at TEXT NOT NULL
    );

    CREATE TABLE act (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        id TEXT NOT NULL UNIQUE,
        customer TEXT NOT NULL,
        open INTEGER NOT NULL,
        body BLOB NOT NULL
    );
    CREATE INDEX act_open ON act (open, customer, seq);

    CREATE TABLE person (
        id INTEGER PRIMARY KEY,
        customer TEXT NOT NULL UNIQUE,
        name TEXT NOT NULL,
        kind TEXT,
        status TEXT,
        details BLOB NOT NULL,
        seen_at TEXT NOT NULL
    );
    CREATE VIRTUAL TABLE person_words USING fts5(words, numbers, content='', contentless_delete=1, prefix='2 3');
    CREATE VIRTUAL TABLE person_shape USING fts5(shape, content='', contentless_delete=1, tokenize='trigram');
    """,
)
