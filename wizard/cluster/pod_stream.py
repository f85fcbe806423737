"""A connection to a port of a pod, over the channels of a port-forward."""

import io
import socket
import time
from typing import Any

from wizard.cluster.interface import ClusterError
from wizard.cluster.refusals import About
from wizard.cluster.streams import Channels

_DATA, _ERROR = 0, 1
_CHUNK = 32 * 1024
_MOMENT = 0.2
"""Seconds for the rest of a frame that has begun to come."""


class PodStream:
    """A connection to a port of a pod: as much of a socket as `http.client` needs.

    Like a socket it stays open until what `makefile` gave is closed too: http.client closes its socket first and reads
    the rest of the answer then.
    """

    def __init__(self, channels: Channels, about: About, port: int) -> None:
        self._channels = channels
        self._where = f"port {port} of {about}"
        self._started: set[int] = set()
        self._readers = 0
        self._closed = False

    def sendall(self, data: bytes, /) -> None:
        """Send all bytes. Raises ClusterError with what the pod's end reported where it is gone."""
        for start in range(0, len(data), _CHUNK):
            if not self._channels.send(_DATA, bytes(data[start : start + _CHUNK])):
                while self.receive():  # the reason, if there is one, is still to be read
                    pass
                raise ClusterError(f"The connection to {self._where} broke.", "Is the pod still running?")

    def makefile(self, mode: str, /) -> io.BufferedReader:
        """The bytes that come, as a file; only for reading (`rb`)."""
        if mode != "rb":
            raise ValueError(f"only rb, not {mode}")
        self._readers += 1
        return io.BufferedReader(_Bytes(self))

    def close(self) -> None:
        """Close, once all readers are closed."""
        self._closed = True
        self._close_if_unused()

    def receive(self) -> bytes:
        """Some bytes, empty at the end. Raises ClusterError for what the pod's end reports, Unreachable in time."""
        deadline = time.monotonic() + self._channels.timeout
        while received := self._channels.receive(deadline):
            if data := self._data(*received):
                return data
        return b""

    def relay(self, client: socket.socket, /) -> None:
        """Carry bytes both ways until either has ended, however long neither says anything."""
        asked = answered = False
        try:
            for ours in self._channels.turns(client):
                if not ours:
                    sent = client.recv(_CHUNK)
                    if not sent:
                        return
                    asked = True
                    self.sendall(sent)
                    continue
                received = self._channels.receive(time.monotonic() + _MOMENT, patient=False)
                if received is None:
                    break
                if data := self._data(*received):
                    answered = True
                    client.sendall(data)
        except ClusterError:
            if not answered:
                raise
        if asked and not answered:
            raise ClusterError(f"The connection to {self._where} ended without an answer.", "Is the pod running?")

    def _data(self, channel: int, data: bytes) -> bytes:
        """Of what was received, what is for the reader. Raises ClusterError for what the pod's end reports."""
        if channel not in self._started:
            self._started.add(channel)  # the first two bytes of each channel repeat the port
            data = data[2:]
        if data and channel == _ERROR:
            reason = " ".join(data.decode(errors="replace").split())
            raise ClusterError(
                f"The connection to {self._where} failed: {reason}", "Does the container listen on that port?"
            )
        return data if channel == _DATA else b""

    def released(self) -> None:
        """One reader less."""
        self._readers -= 1
        self._close_if_unused()

    def _close_if_unused(self) -> None:
        if self._closed and self._readers == 0:
            self._channels.close()


class _Bytes(io.RawIOBase):
    """The reading side of a PodStream."""

    def __init__(self, stream: PodStream) -> None:
        super().__init__()
        self._stream = stream
        self._rest = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int:
        data = self._rest or self._stream.receive()
        size = min(len(data), len(buffer))
        buffer[:size], self._rest = data[:size], data[size:]
        return size

    def close(self) -> None:
        if not self.closed:
            super().close()
            self._stream.released()
