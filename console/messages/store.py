"""Messages about the local store, its lock and its recovery."""

from console.messages import QT_TR_NOOP, Text

EMPTY_CODE = Text(QT_TR_NOOP("Enter a code."))
FOLDER_NOT_MOVABLE = Text(QT_TR_NOOP("{folder} can't be moved: {error_strerror}."))
FILE_NOT_USABLE = Text(QT_TR_NOOP("{path} cannot be used: {error}."))
FILE_NOT_WRITABLE = Text(QT_TR_NOOP("{path} can't be written. Choose another folder."))
FILE_DOES_NOT_OPEN = Text(QT_TR_NOOP("{path_name} can't be opened. The passphrase is wrong, or the file is damaged."))
FOREIGN_LOCK = Text(
    QT_TR_NOOP("{path} is not the console's lock file and can't be moved: {error_strerror}. Remove it.")
)
NOTHING_KEPT = Text(QT_TR_NOOP("No data is saved yet at {path}."))
WITH_SYSTEM_REASON = Text(QT_TR_NOOP("{sentence} ({error_strerror})"))
NO_SUCH_FILE = Text(QT_TR_NOOP("There is no file {path}."))
NO_RECOVERY_FILE = Text(QT_TR_NOOP("This store has no recovery file, so a recovery code can't open it."))
STORE_MOVED = Text(
    QT_TR_NOOP("This computer's keyring has a different key than the store. Open it with your recovery code.")
)
FOLDER_NOT_MADE = Text(QT_TR_NOOP("The folder {path_parent} can't be created: {error_strerror}."))
FOLDER_NOT_WRITABLE = Text(QT_TR_NOOP("The folder {folder} cannot be written: {error_strerror}."))
LOCK_FOLDER_NOT_WRITABLE = Text(QT_TR_NOOP("The folder {path_parent} cannot be written."))
LOCK_NOT_USABLE = Text(QT_TR_NOOP("The lock {path} cannot be used: {error_strerror}."))
LOCK_REMOVED = Text(
    QT_TR_NOOP(
        "The lock {path} was removed, and another window now uses the store. "
        "Continue in that window. Nothing more is saved in this one."
    )
)
PATH_TOO_LONG = Text(
    QT_TR_NOOP("The store's path has {length} bytes; the limit is {most}. Set XDG_DATA_HOME to a shorter path.")
)
RECOVERY_FILE_NOT_WRITABLE = Text(QT_TR_NOOP("The recovery file {path} cannot be written."))
RECOVERY_FILE_NOT_ENCRYPTED = Text(QT_TR_NOOP("The recovery file does not match this code. It was not saved."))
STORE_FOLDER_NOT_WRITABLE = Text(QT_TR_NOOP("The store {path} cannot be opened: its folder cannot be written."))
STORE_NOT_OPENED = Text(QT_TR_NOOP("The store {path} cannot be opened: {error_strerror}."))
STORE_NOT_WRITABLE = Text(QT_TR_NOOP("The store {path} cannot be written: {error}."))
STORE_NOT_WRITABLE_BECAUSE = Text(QT_TR_NOOP("The store {path} cannot be written: {error_strerror}."))
WITNESS_NOT_WRITABLE = Text(QT_TR_NOOP("The store {store} cannot be written: {error_strerror}."))
STORE_READ_ONLY = Text(QT_TR_NOOP("The store {path} cannot be written: the disk is full or read-only."))
STORE_IS_FOLDER = Text(QT_TR_NOOP("The store {path} is a folder, not a store of this console. Move it away."))
STORE_CLOSED = Text(QT_TR_NOOP("The store is closed."))
STORE_NOT_ENCRYPTED = Text(
    QT_TR_NOOP("The store {path} is not encrypted, so this console did not make it. Move it away.")
)
STORE_OF_OTHER_VERSION = Text(
    QT_TR_NOOP("The store {path} was made by {other} version of the console. Start that one.")
)
STORE_NEWER = Text(QT_TR_NOOP("The store {path} was made by a newer version of the console. Start that one."))
DISK_READ_ONLY = Text(
    QT_TR_NOOP("This computer's disk can't be written, so your work can't be saved. Earlier saved work is not lost.")
)
DISK_FULL = Text(
    QT_TR_NOOP(
        "This computer's disk is full or can't be written, so your work can't be saved. "
        "Free some space. Earlier saved work is not lost."
    )
)
WRONG_CODE = Text(QT_TR_NOOP("This is not the store's passphrase or recovery code. Check it and try again."))
FILE_OF_OTHER_VERSION = Text(QT_TR_NOOP("{path_name} was saved by another version of the console and cannot be read."))
