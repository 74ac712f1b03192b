"""An end of WebSockets over HTTP/2 by the library h2, frames and masks by hand.

python h2-peers.py server PORT: echoes each message.
python h2-peers.py client PORT TEXT...: sends the texts, prints the answers, one a line.
"""

import os
import socket
import struct
import sys

import h2.config
import h2.connection
import h2.events
import h2.settings


def frame(opcode, payload, key=None):
    head = bytes([0x80 | opcode])
    mask = 0 if key is None else 0x80
    if len(payload) < 126:
        head += bytes([mask | len(payload)])
    else:
        head += bytes([mask | 126]) + struct.pack(">H", len(payload))
    if key is None:
        return head + payload
    return head + key + bytes(byte ^ key[i % 4] for i, byte in enumerate(payload))


def frames(held):
    """Takes whole frames off the bytes held."""
    while len(held) >= 2:
        size, at = held[1] & 0x7F, 2
        if size == 126:
            if len(held) < 4:
                return
            size, at = struct.unpack(">H", held[2:4])[0], 4
        key = None
        if held[1] & 0x80:
            key, at = held[at : at + 4], at + 4
        if len(held) < at + size:
            return
        payload = bytes(held[at : at + size])
        if key:
            payload = bytes(byte ^ key[i % 4] for i, byte in enumerate(payload))
        opcode = held[0] & 0xF
        del held[: at + size]
        yield opcode, payload


def serve(port):
    listener = socket.create_server(("127.0.0.1", port))
    while True:
        peer, _ = listener.accept()
        try:
            talk(peer)
        except OSError:
            # It has gone: a look whether anyone listens, for example.
            peer.close()


def talk(peer):
    connection = h2.connection.H2Connection(h2.config.H2Configuration(client_side=False))
    enabled = {h2.settings.SettingCodes.ENABLE_CONNECT_PROTOCOL: 1}
    connection.local_settings = h2.settings.Settings(client=False, initial_values=enabled)
    connection.initiate_connection()
    peer.sendall(connection.data_to_send())
    held = {}
    while data := peer.recv(65536):
        for event in connection.receive_data(data):
            if isinstance(event, h2.events.RequestReceived):
                held[event.stream_id] = bytearray()
                connection.send_headers(event.stream_id, [(":status", "200")])
            elif isinstance(event, h2.events.DataReceived):
                stream = event.stream_id
                connection.acknowledge_received_data(event.flow_controlled_length, stream)
                held[stream] += event.data
                for opcode, payload in frames(held[stream]):
                    connection.send_data(stream, frame(opcode, payload), end_stream=opcode == 8)
        peer.sendall(connection.data_to_send())


def ask(port, texts):
    peer = socket.create_connection(("127.0.0.1", port))
    connection = h2.connection.H2Connection()
    connection.initiate_connection()
    peer.sendall(connection.data_to_send())
    held, stream, left = bytearray(), None, list(texts)
    while data := peer.recv(65536):
        for event in connection.receive_data(data):
            if isinstance(event, h2.events.RemoteSettingsChanged) and stream is None:
                stream = connection.get_next_available_stream_id()
                fields = [(":method", "CONNECT"), (":protocol", "websocket"), (":scheme", "http"), (":path", "/")]
                fields += [(":authority", f"127.0.0.1:{port}"), ("sec-websocket-version", "13")]
                connection.send_headers(stream, fields)
            elif isinstance(event, h2.events.ResponseReceived):
                assert (b":status", b"200") in event.headers, event.headers
                connection.send_data(stream, frame(1, left[0].encode(), os.urandom(4)))
            elif isinstance(event, h2.events.DataReceived):
                held += event.data
                connection.acknowledge_received_data(event.flow_controlled_length, stream)
                for opcode, payload in frames(held):
                    if opcode == 8:
                        connection.end_stream(stream)
                        peer.sendall(connection.data_to_send())
                        return
                    print(payload.decode(), flush=True)
                    left.pop(0)
                    following = frame(1, left[0].encode(), os.urandom(4)) if left else None
                    connection.send_data(stream, following or frame(8, struct.pack(">H", 1000), os.urandom(4)))
        peer.sendall(connection.data_to_send())


if sys.argv[1] == "server":
    serve(int(sys.argv[2]))
else:
    ask(int(sys.argv[2]), sys.argv[3:])
