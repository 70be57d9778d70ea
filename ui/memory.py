"""Memory given back to the system once an upload is stored: Streamlit would keep it until its visitor leaves."""

import ctypes
from contextlib import suppress

from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.uploaded_file_manager import UploadedFile


def give_back(upload: UploadedFile) -> None:
    """Forgets an upload; afterwards its uploader must have another key, since the browser still shows it."""
    context = get_script_run_ctx()
    if context is not None and isinstance(context.uploaded_file_mgr, MemoryUploadedFileManager):
        context.uploaded_file_mgr.remove_file(session_id=context.session_id, file_id=upload.file_id)
    upload.close()
    trim()


def trim() -> None:
    """Returns freed memory to the system, where its C library would keep it for later (glibc)."""
    with suppress(OSError, AttributeError, TypeError):
        ctypes.CDLL(None).malloc_trim(0)
