"""AMX withheld from this process and all that it starts, so that a processor with it works like one without."""

import ctypes
import platform
import struct
import sys

_ARCH_PRCTL, _REQUEST_COMPONENT = 158, 0x1023  # x86-64 Linux: a program asks for the tiles before it may use them
_NO_NEW_PRIVILEGES, _SECCOMP, _FILTER = 38, 22, 2
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050001  # SECCOMP_RET_ALLOW; SECCOMP_RET_ERRNO with EPERM
_LOAD, _EQUAL, _RETURN = 0x20, 0x15, 0x06


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_char_p))


def withhold() -> None:
    """Have the kernel refuse the tiles from now on; a runtime then takes its next best instructions.

    By a filter of system calls (seccomp(2)). Raises OSError where that cannot be done.
    """
    if sys.platform != "linux" or platform.machine() != "x86_64":
        raise OSError("AMX can be withheld on Linux on x86-64")
    steps = (
        (_LOAD, 0, 0, 0),  # number of the call
        (_EQUAL, 0, 3, _ARCH_PRCTL),
        (_LOAD, 0, 0, 16),  # its first argument
        (_EQUAL, 0, 1, _REQUEST_COMPONENT),
        (_RETURN, 0, 0, _REFUSE),
        (_RETURN, 0, 0, _ALLOW),
    )
    library = ctypes.CDLL(None, use_errno=True)
    program = _Program(len(steps), b"".join(struct.pack("HBBI", *step) for step in steps))
    if library.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0) or library.prctl(_SECCOMP, _FILTER, ctypes.byref(program), 0, 0):
        raise OSError(ctypes.get_errno(), "AMX cannot be withheld")
