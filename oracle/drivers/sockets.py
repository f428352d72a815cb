#!/usr/bin/env python3
"""A driver (docs/driver.md) for the TCP sockets of the machine that it runs on, as an example.

    weir campaign --plugin "unshare -Urn python3 sockets.py" --profile linux-6.18
"""
import errno
import fcntl
import json
import socket
import struct
import sys

STATES = ("", "ESTABLISHED", "SYN_SENT", "SYN_RECV", "FIN_WAIT1", "FIN_WAIT2", "TIME_WAIT", "CLOSE", "CLOSE_WAIT",
          "LAST_ACK", "LISTEN", "CLOSING")
OPTIONS = {
    "TCP_DEFER_ACCEPT": (socket.IPPROTO_TCP, socket.TCP_DEFER_ACCEPT),
    "TCP_FASTOPEN": (socket.IPPROTO_TCP, socket.TCP_FASTOPEN),
    "SO_REUSEADDR": (socket.SOL_SOCKET, socket.SO_REUSEADDR),
    "SO_REUSEPORT": (socket.SOL_SOCKET, socket.SO_REUSEPORT),
    "SO_ACCEPTCONN": (socket.SOL_SOCKET, socket.SO_ACCEPTCONN),
}
HOW = {"rd": socket.SHUT_RD, "wr": socket.SHUT_WR, "rdwr": socket.SHUT_RDWR}
FIRST_LABEL, FIRST_PORT, LAST_PORT, PORTS_OF_A_CASE = 3, 2048, 32000, 64


class Host:
    """A clean host: no sockets, and ports that no earlier case has used."""

    base = FIRST_PORT

    def __init__(self):
        self.sockets = {}
        self.ports = {}
        Host.base = FIRST_PORT if Host.base > LAST_PORT else Host.base + PORTS_OF_A_CASE

    def leave(self):
        """Resets what is left, so that nothing lingers."""
        for each in self.sockets.values():
            each.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            each.close()

    def label(self, made):
        made.setblocking(False)
        label = next(n for n in range(FIRST_LABEL, 65536) if n not in self.sockets)
        self.sockets[label] = made
        return {"ret": label}

    def address(self, op):
        port = op["port"]
        return op["addr"], port and self.ports.setdefault(port, Host.base + len(self.ports))

    def perform(self, op):
        """The observed fields of an operation. Raises OSError for a call that failed."""
        name = op["op"]
        if name == "socket":
            return self.label(socket.socket(socket.AF_INET, socket.SOCK_STREAM))
        if op["fd"] not in self.sockets:
            raise OSError(errno.EBADF, "no such descriptor")
        sock = self.sockets[op["fd"]]
        if name == "accept":
            return self.label(sock.accept()[0])
        if name == "tcp_info":
            info = sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 104)
            unacked, sacked = struct.unpack_from("II", info, 24)
            return {"state": STATES[info[0]], "unacked": unacked, "sacked": sacked}
        if name == "getsockopt":
            return {"ret": 0, "value": sock.getsockopt(*OPTIONS[op["name"]])}
        if name == "setsockopt":
            sock.setsockopt(*OPTIONS[op["name"]], op["value"])
        elif name == "bind":
            sock.bind(self.address(op))
        elif name == "connect":
            sock.connect(self.address(op))
        elif name == "listen":
            sock.listen(op["backlog"])
        elif name == "shutdown":
            sock.shutdown(HOW[op["how"]])
        elif name == "close":
            self.sockets.pop(op["fd"]).close()
        return {"ret": 0}


def bring_loopback_up():
    with socket.socket() as sock:
        request = struct.pack("16sh14x", b"lo", 0)
        flags = struct.unpack_from("h", fcntl.ioctl(sock, 0x8913, request), 16)[0]  # SIOCGIFFLAGS
        if not flags & 1:
            fcntl.ioctl(sock, 0x8914, struct.pack("16sh14x", b"lo", flags | 1))  # SIOCSIFFLAGS


def main():
    bring_loopback_up()
    print(json.dumps({"driver": 1, "name": "Python sockets", "ops": "socket bind listen accept connect setsockopt "
                      "getsockopt shutdown close tcp_info"}), flush=True)
    host = Host()
    for line in sys.stdin:
        op = json.loads(line)
        if "weir" in op:
            host.leave()
            host = Host()
            continue
        try:
            observed = host.perform(op)
        except OSError as error:
            observed = {"ret": -1, "errno": errno.errorcode[error.errno]}
        print(json.dumps({**op, **observed}), flush=True)


if __name__ == "__main__":
    main()
