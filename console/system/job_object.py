"""Windows limits for one process: its memory, no child processes, and it ends together with the console."""

import ctypes
import subprocess
import sys
from typing import Any, ClassVar


class JobObject:
    """The job object of one process. On other systems it does nothing.

    Source: Win32, JOBOBJECT_EXTENDED_LIMIT_INFORMATION.
    """

    _EXTENDED: ClassVar[int] = 9
    # Active processes, memory per process, end on an unhandled exception, end when the job is closed.
    _LIMITS: ClassVar[int] = 0x0008 | 0x0100 | 0x0400 | 0x2000

    def __init__(self, handle: Any = None) -> None:
        self._handle = handle

    @classmethod
    def around(cls, process: "subprocess.Popen[bytes]", *, most_memory: int) -> "JobObject":
        """Return the job of a process just started. If Windows cannot make one, the process runs without limits."""
        if sys.platform == "win32":
            kernel = ctypes.WinDLL("kernel32", use_last_error=True)
            kernel.CreateJobObjectW.restype = ctypes.c_void_p
            handle = ctypes.c_void_p(kernel.CreateJobObjectW(None, None))
            limits = _ExtendedLimits()
            limits.basic.flags, limits.basic.active = cls._LIMITS, 1
            limits.process_memory = most_memory
            kernel.SetInformationJobObject(handle, cls._EXTENDED, ctypes.byref(limits), ctypes.sizeof(limits))
            number = int(process._handle)  # noqa: SLF001 - no public name exists
            kernel.AssignProcessToJobObject(handle, ctypes.c_void_p(number))
            return cls(handle)
        return cls()

    def close(self) -> None:
        """End the process if it still runs."""
        if self._handle is not None and sys.platform == "win32":
            ctypes.WinDLL("kernel32").CloseHandle(self._handle)
            self._handle = None


class _BasicLimits(ctypes.Structure):
    _fields_ = (
        ("process_time", ctypes.c_int64),
        ("job_time", ctypes.c_int64),
        ("flags", ctypes.c_uint32),
        ("least_working_set", ctypes.c_size_t),
        ("most_working_set", ctypes.c_size_t),
        ("active", ctypes.c_uint32),
        ("affinity", ctypes.c_size_t),
        ("priority", ctypes.c_uint32),
        ("scheduling", ctypes.c_uint32),
    )


class _ExtendedLimits(ctypes.Structure):
    _fields_ = (
        ("basic", _BasicLimits),
        ("io", ctypes.c_uint64 * 6),
        ("process_memory", ctypes.c_size_t),
        ("job_memory", ctypes.c_size_t),
        ("peak_process_memory", ctypes.c_size_t),
        ("peak_job_memory", ctypes.c_size_t),
    )
