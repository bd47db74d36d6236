"""What Python's own modules and libarchive make of each archive named on standard input: one line of JSON for each.

A reader's answer is a list of [name, kind, digest of the content or target of a link], or {"error": …}. Names are latin1.
"""

import ctypes
import ctypes.util
import gzip
import hashlib
import json
import os
import resource
import signal
import stat
import sys
import tarfile
import warnings
import zipfile

warnings.simplefilter("ignore")
# Some of these readers reserve what a size on record says, or look through holes for long: that is an error of theirs.
resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))
CONTENT_MAX = 1 << 22


def digest(data):
    return hashlib.sha256(data).hexdigest()


def name_of(text, encoding="utf-8"):
    return text.encode(encoding, "surrogateescape").decode("latin1")


def read_zip(path):
    members = []
    with zipfile.ZipFile(path) as archive:
        for info in archive.infolist():
            kind = "directory" if info.is_dir() else "file"
            data = b"" if kind == "directory" else archive.open(info).read(CONTENT_MAX)
            members.append([name_of(info.filename), kind, digest(data)])
    return members


def read_tar(path):
    members = []
    with tarfile.open(path, "r:*", errorlevel=2) as archive:
        for info in archive:
            if info.isreg():
                data = archive.extractfile(info).read(CONTENT_MAX)
                if len(data) < min(info.size, CONTENT_MAX):
                    raise tarfile.ReadError("short")
                members.append([name_of(info.name), "file", digest(data)])
            elif info.isdir():
                members.append([name_of(info.name), "directory", ""])
            elif info.issym() or info.islnk():
                kind = "symlink" if info.issym() else "hardlink"
                members.append([name_of(info.name), kind, name_of(info.linkname)])
            else:
                members.append([name_of(info.name), "device" if info.isdev() else "other", ""])
    return members


def read_gzip(path):
    with gzip.open(path) as stream:
        return [["", "file", digest(stream.read(CONTENT_MAX))]]


def load_libarchive():
    library = ctypes.CDLL("libarchive.so.13")
    for name in ("archive_read_new", "archive_entry_pathname", "archive_entry_symlink", "archive_entry_hardlink"):
        getattr(library, name).restype = ctypes.c_char_p if name != "archive_read_new" else ctypes.c_void_p
    library.archive_read_data.restype = ctypes.c_ssize_t
    library.archive_error_string.restype = ctypes.c_char_p
    return library


LIB = load_libarchive()
FORMATS = {
    "zip": ["archive_read_support_format_zip_seekable"],
    "zip_stream": ["archive_read_support_format_zip_streamable"],
    "tar": ["archive_read_support_format_tar"],
    "ar": ["archive_read_support_format_ar"],
    "gzip": ["archive_read_support_format_raw"],
}


def read_libarchive(path, kind):
    handle = ctypes.c_void_p(LIB.archive_read_new())
    try:
        LIB.archive_read_support_filter_gzip(handle)
        for support in FORMATS[kind]:
            getattr(LIB, support)(handle)
        if LIB.archive_read_open_filename(handle, os.fsencode(path), ctypes.c_size_t(10240)) != 0:
            return failure(handle)
        members = []
        entry = ctypes.c_void_p()
        while True:
            status = LIB.archive_read_next_header(handle, ctypes.byref(entry))
            if status == 1:
                return members
            if status < -20:
                return failure(handle)
            members.append(describe(handle, entry, kind))
    except ValueError as error:
        return {"error": str(error)}
    finally:
        LIB.archive_read_free(handle)


def failure(handle):
    return {"error": (LIB.archive_error_string(handle) or b"").decode("latin1")}


def describe(handle, entry, archive):
    name = LIB.archive_entry_pathname(entry)
    if name is None:
        raise ValueError("a name that cannot be converted")
    hardlink = LIB.archive_entry_hardlink(entry)
    kind = stat.S_IFMT(LIB.archive_entry_filetype(entry))
    if hardlink is not None:
        return [name.decode("latin1"), "hardlink", hardlink.decode("latin1")]
    if kind == stat.S_IFLNK:
        target = LIB.archive_entry_symlink(entry) or b""
        return [name.decode("latin1"), "symlink", digest(target) if "zip" in archive else target.decode("latin1")]
    if kind == stat.S_IFDIR:
        return [name.decode("latin1"), "directory", ""]
    if kind != stat.S_IFREG:
        return [name.decode("latin1"), "device" if kind else "other", ""]
    content = hashlib.sha256()
    buffer = ctypes.create_string_buffer(65536)
    total = 0
    while total < CONTENT_MAX:
        length = LIB.archive_read_data(handle, buffer, ctypes.c_size_t(65536))
        if length < 0:
            raise ValueError("content: " + str(LIB.archive_error_string(handle)))
        if length == 0:
            break
        total += length
        content.update(buffer.raw[:length])
    return [name.decode("latin1"), "file", content.hexdigest()]


PYTHON = {"zip": read_zip, "tar": read_tar, "gzip": read_gzip}


def guarded(read, *arguments):
    signal.alarm(2)
    try:
        return read(*arguments)
    except Exception as error:
        return {"error": f"{type(error).__name__}: {error}"[:200]}
    finally:
        signal.alarm(0)


def too_long(*_):
    raise TimeoutError("it reads for too long")


signal.signal(signal.SIGALRM, too_long)

for line in sys.stdin:
    path = line.rstrip("\n")
    kind = path.rsplit(".", 1)[1]
    answers = {"libarchive": guarded(read_libarchive, path, kind)}
    if kind in PYTHON:
        answers["python"] = guarded(PYTHON[kind], path)
    if kind == "zip":
        answers["libarchive, as a stream"] = guarded(read_libarchive, path, "zip_stream")
    print(json.dumps({"path": path, "answers": answers}))
