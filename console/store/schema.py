"""The tables of the store, as migration steps. A released step is never changed; new steps are added at the end."""

from typing import cast

import apsw
import msgspec

from console.models.name_words import fold, index_words
from console.store.payloads import decode_action, encode_action


def words_of_person(name: str, details: bytes) -> str:
    """Return the words that find a customer: those of the name and of the details."""
    try:
        telling = msgspec.json.decode(details, type=tuple[str, ...])
    except msgspec.MsgspecError:
        telling = ()
    return " ".join([*index_words(name), *fold(" ".join(telling)).split()])


def with_typed_payloads(body: object) -> bytes:
    """Return a stored action with typed step values. An action that cannot be read is returned unchanged."""
    kept = body if isinstance(body, bytes) else b""
    try:
        return encode_action(decode_action(kept))
    except (msgspec.MsgspecError, TypeError):
        return kept


def add_functions(connection: apsw.Connection) -> None:
    """Register the functions that the migration steps need besides SQLite's own."""
    connection.create_scalar_function(
        "index_words", lambda *values: words_of_person(str(values[0]), bytes(cast("bytes", values[1])))
    )
    connection.create_scalar_function("typed_payloads", lambda *values: with_typed_payloads(values[0]))


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
    """
    DROP TABLE person_shape;
    CREATE TABLE slip (
        variant TEXT NOT NULL,   -- a word of a known customer, whole or with one letter left out
        word TEXT NOT NULL,
        PRIMARY KEY (variant, word)
    ) WITHOUT ROWID;
    CREATE VIRTUAL TABLE person_vocabulary USING fts5vocab(person_words, 'col');
    CREATE TEMP TABLE known_word AS SELECT term FROM person_vocabulary
        WHERE col = 'words' AND length(term) BETWEEN 3 AND 30 AND term NOT GLOB '*[0-9]*';
    INSERT INTO slip SELECT term, term FROM known_word;
    WITH RECURSIVE place(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM place WHERE n < 30)
        INSERT OR IGNORE INTO slip
        SELECT substr(term, 1, n - 1) || substr(term, n + 1), term FROM known_word JOIN place ON n <= length(term);
    DROP TABLE known_word;
    DROP TABLE person_vocabulary;
    """,
    """
    CREATE TABLE secret (
        name TEXT PRIMARY KEY,
        value TEXT NOT NULL
    ) WITHOUT ROWID;
    """,
    """
    CREATE TABLE audit (
        seq INTEGER PRIMARY KEY,
        body BLOB NOT NULL,
        head TEXT NOT NULL
    );
    CREATE TABLE audit_state (
        name TEXT PRIMARY KEY,
        value TEXT NOT NULL
    ) WITHOUT ROWID;
    """,
    """
    CREATE TABLE commits (
        number INTEGER NOT NULL  -- of the last commit; the file desk.commits has it too
    );
    INSERT INTO commits VALUES (0);

    CREATE TABLE store_state (
        name TEXT PRIMARY KEY,
        value TEXT NOT NULL
    ) WITHOUT ROWID;
    """,
    """
    CREATE TABLE audit_chain (
        first_seq INTEGER PRIMARY KEY,  -- from this entry of the audit on
        chain TEXT NOT NULL             -- this is the chain's name; each run has one of its own
    );
    """,
    """
    CREATE VIRTUAL TABLE person_name USING fts5(
        words,  -- see console.models.name_words
        content='', contentless_delete=1, prefix='2 3',
        tokenize="unicode61 remove_diacritics 0 categories 'L* N* Co M*'"
    );
    INSERT INTO person_name (rowid, words) SELECT id, index_words(name, details) FROM person;
    CREATE VIRTUAL TABLE person_vocabulary USING fts5vocab(person_name, 'col');
    CREATE TEMP TABLE known_word AS SELECT term FROM person_vocabulary
        WHERE length(term) BETWEEN 3 AND 30 AND term NOT GLOB '*[0-9]*' AND term NOT IN (SELECT word FROM slip);
    INSERT OR IGNORE INTO slip SELECT term, term FROM known_word;
    WITH RECURSIVE place(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM place WHERE n < 30)
        INSERT OR IGNORE INTO slip
        SELECT substr(term, 1, n - 1) || substr(term, n + 1), term FROM known_word JOIN place ON n <= length(term);
    DROP TABLE known_word;
    DROP TABLE person_vocabulary;
    """,  # the column person_words.words follows older rules and is unused
    """
    UPDATE act SET body = typed_payloads(body);
    """,
)
