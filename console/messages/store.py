"""Messages about the local store and the audit's collector."""

from console.messages import QT_TR_NOOP, Text

EMPTY_CODE = Text(QT_TR_NOOP("An empty code protects nothing."))
FOLDER_NOT_MOVABLE = Text(QT_TR_NOOP("{folder} cannot be moved aside: {error_strerror}."))
FILE_NOT_USABLE = Text(QT_TR_NOOP("{path} cannot be used: {error}."))
FILE_NOT_WRITABLE = Text(QT_TR_NOOP("{path} cannot be written. Choose another place."))
FILE_DOES_NOT_OPEN = Text(QT_TR_NOOP("{path_name} does not open: it was saved with another passphrase, or is damaged."))
FOREIGN_LOCK = Text(QT_TR_NOOP("{path} is not the desk's lock and cannot be moved away: {error_strerror}. Remove it."))
NOTHING_KEPT = Text(QT_TR_NOOP("Nothing is kept yet at {path}."))
WITH_SYSTEM_REASON = Text(QT_TR_NOOP("{sentence} ({error_strerror})"))
NO_SUCH_FILE = Text(QT_TR_NOOP("There is no file {path}."))
NO_RECOVERY_FILE = Text(QT_TR_NOOP("There is no recovery file for this store, so no code can open it."))
STORE_MOVED = Text(
    QT_TR_NOOP(
        "The desk's store was made with another key than this computer's keyring has. Your recovery code opens it."
    )
)
FOLDER_NOT_MADE = Text(QT_TR_NOOP("The folder {path_parent} cannot be made: {error_strerror}."))
FOLDER_NOT_WRITABLE = Text(QT_TR_NOOP("The folder {folder} cannot be written: {error_strerror}."))
LOCK_FOLDER_NOT_WRITABLE = Text(QT_TR_NOOP("The folder {path_parent} cannot be written."))
LOCK_NOT_USABLE = Text(QT_TR_NOOP("The lock {path} cannot be used: {error_strerror}."))
LOCK_REMOVED = Text(
    QT_TR_NOOP(
        "The lock {path} was removed, and another window has taken the store. "
        "Go on in that one; nothing more is kept here."
    )
)
PATH_TOO_LONG = Text(
    QT_TR_NOOP("The path of the store has {length} bytes; {most} are the most. Set XDG_DATA_HOME to a shorter one.")
)
RECOVERY_FILE_NOT_WRITABLE = Text(QT_TR_NOOP("The recovery file {path} cannot be written."))
RECOVERY_FILE_NOT_ENCRYPTED = Text(QT_TR_NOOP("The recovery file was not encrypted by this code. It was not kept."))
STORE_FOLDER_NOT_WRITABLE = Text(QT_TR_NOOP("The store {path} cannot be opened: its folder cannot be written."))
STORE_NOT_OPENED = Text(QT_TR_NOOP("The store {path} cannot be opened: {error_strerror}."))
STORE_NOT_WRITABLE = Text(QT_TR_NOOP("The store {path} cannot be written: {error}."))
STORE_NOT_WRITABLE_BECAUSE = Text(QT_TR_NOOP("The store {path} cannot be written: {error_strerror}."))
WITNESS_NOT_WRITABLE = Text(QT_TR_NOOP("The store {store} cannot be written: {error_strerror}."))
STORE_READ_ONLY = Text(QT_TR_NOOP("The store {path} cannot be written: the disk is full or read-only."))
STORE_IS_FOLDER = Text(QT_TR_NOOP("The store {path} is a folder, so it is not the desk's. Move it away."))
STORE_CLOSED = Text(QT_TR_NOOP("The store is closed."))
STORE_NOT_ENCRYPTED = Text(QT_TR_NOOP("The store {path} is not encrypted, so it is not the desk's. Move it away."))
STORE_OF_OTHER_VERSION = Text(QT_TR_NOOP("The store {path} was made by {other} version of the desk. Start that one."))
STORE_NEWER = Text(QT_TR_NOOP("The store {path} was made by a newer version of the desk. Start that one."))
DISK_READ_ONLY = Text(
    QT_TR_NOOP(
        "This computer's disk cannot be written, so the desk cannot keep your work. "
        "Nothing that was kept before is lost."
    )
)
DISK_FULL = Text(
    QT_TR_NOOP(
        "This computer's disk is full or cannot be written, so the desk cannot keep your work. "
        "Make room; nothing that was kept before is lost."
    )
)
WRONG_CODE = Text(QT_TR_NOOP("This is neither the passphrase nor the recovery code of this store. Look at it again."))
FILE_OF_OTHER_VERSION = Text(QT_TR_NOOP("{path_name} was saved by another version of the console and cannot be read."))
