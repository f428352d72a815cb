"""The reference model of Linux's backlogs, through libweir.

    import weir
    host = weir.Host("linux-6.18")
    host.apply(op="socket", family="inet", type="stream")       # {'op': 'socket', ..., 'ret': 3, 'clauses': [...]}

    judge = weir.Judge("linux-6.18")
    judge.observe(op="socket", family="inet", type="stream", ret=3)
    judge.observe(op="listen", fd=3, backlog=-1, ret=-1, errno="EINVAL")     # raises weir.Diverged, which says why

Operations and results are those of the trace format. Needs nothing but Python 3 and libweir.so.0, which is looked for
where the loader looks, and before that where the environment's LIBWEIR says. A handle belongs to one thread at a time.
"""
import ctypes
import json
import os

OK, DIVERGED, MALFORMED, UNDECIDED, SHORT_BUFFER = 0, 1, 2, 3, 17
_ABI = 0


class Error(Exception):
    """The library refused: the message says where and what was expected."""


class Diverged(Error):
    """The model does not allow what was seen: the message says why."""


class Undecided(Error):
    """Too many states explain what was seen before."""


def _load():
    library = ctypes.CDLL(os.environ.get("LIBWEIR", "libweir.so.0"))
    library.weir_abi.restype = ctypes.c_uint32
    if library.weir_abi() != _ABI:
        raise ImportError(f"libweir has ABI {library.weir_abi()}, this module speaks {_ABI}")
    for name in ("weir_version", "weir_error_message", "weir_profile_name"):
        getattr(library, name).restype = ctypes.c_char_p
    for kind in ("host", "judge"):
        getattr(library, f"weir_{kind}_destroy").restype = None
        getattr(library, f"weir_{kind}_destroy").argtypes = [ctypes.c_void_p]
    return library


_library = _load()


def _check(status):
    if status == OK:
        return
    message = _library.weir_error_message().decode()
    raise {DIVERGED: Diverged, UNDECIDED: Undecided}.get(status, Error)(message)


def _text(call, again=None):
    """The text of call(buffer, size, needed); `again` asks once more for one that did not fit."""
    needed = ctypes.c_size_t(0)
    buffer = ctypes.create_string_buffer(4096)
    status = call(buffer, ctypes.c_size_t(len(buffer)), ctypes.byref(needed))
    if status == SHORT_BUFFER:
        buffer = ctypes.create_string_buffer(needed.value)
        status = (again or call)(buffer, ctypes.c_size_t(len(buffer)), ctypes.byref(needed))
    _check(status)
    return buffer.value.decode()


def profiles():
    """The releases that are known, oldest first."""
    return [_library.weir_profile_name(i).decode() for i in range(_library.weir_profile_count())]


class _Handle:
    _kind = ""

    def __init__(self, profile="linux-6.18", **options):
        """Options are those of a trace's header: cpus, sysctl, thread_backlog_napi."""
        self._at = ctypes.c_void_p()
        header = json.dumps({"weir": 1, "profile": profile, **options}).encode()
        _check(self._call("create_json")(header, ctypes.c_size_t(len(header)), ctypes.byref(self._at)))

    def _call(self, name):
        return getattr(_library, f"weir_{self._kind}_{name}")

    def __del__(self):
        if getattr(self, "_at", None):
            self._call("destroy")(self._at)
            self._at = None

    def snapshot(self):
        """A copy, which may be asked like the original."""
        copy = object.__new__(type(self))
        copy._at = ctypes.c_void_p()
        _check(self._call("snapshot")(self._at, ctypes.byref(copy._at)))
        return copy

    def restore(self, snapshot):
        """Makes this what `snapshot` is."""
        _check(self._call("restore")(self._at, snapshot._at))


class Host(_Handle):
    """Answers operations as Linux would."""

    _kind = "host"

    def apply(self, **operation):
        """The operation with its results and the clauses that decided, as a dictionary."""
        line = json.dumps(operation).encode()
        return json.loads(
            _text(
                lambda *room: _library.weir_host_apply_json(self._at, line, ctypes.c_size_t(len(line)), *room),
                lambda *room: _library.weir_host_last_json(self._at, *room),
            )
        )

    def state(self):
        return json.loads(_text(lambda *room: _library.weir_host_state_json(self._at, *room)))


class Judge(_Handle):
    """Says whether Linux allows what was seen."""

    _kind = "judge"

    def observe(self, **operation):
        """An operation with the results that were seen, any of them. Raises Diverged where the model does not allow it;
        the judge is then as it was before."""
        line = json.dumps(operation).encode()
        _check(_library.weir_judge_observe_json(self._at, line, ctypes.c_size_t(len(line))))

    def why(self):
        return _text(lambda *room: _library.weir_judge_why(self._at, *room))
