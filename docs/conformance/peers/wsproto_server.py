# python3 wsproto_server.py PORT: an echo server on `wsproto`, with its permessage-deflate. A thread a connection.
import socket
import sys
import threading

from wsproto import ConnectionType, WSConnection
from wsproto.events import AcceptConnection, BytesMessage, CloseConnection, Message, Ping, Request, TextMessage
from wsproto.extensions import PerMessageDeflate
from wsproto.utilities import LocalProtocolError, RemoteProtocolError


def answer(connection, event, parts):
    if isinstance(event, Request):
        return connection.send(AcceptConnection(extensions=[PerMessageDeflate()]))
    if isinstance(event, (Ping, CloseConnection)):
        return connection.send(event.response())
    if not isinstance(event, Message):
        return b""
    parts.append(event.data)
    if not event.message_finished:
        return b""
    kind = TextMessage if isinstance(event, TextMessage) else BytesMessage
    data = (b"" if kind is BytesMessage else "").join(parts)
    parts.clear()
    return connection.send(kind(data=data))


def talk(peer):
    connection, parts = WSConnection(ConnectionType.SERVER), []
    with peer:
        try:
            while data := peer.recv(65536):
                try:
                    connection.receive_data(data)
                    for event in connection.events():
                        peer.sendall(answer(connection, event, parts))
                        if isinstance(event, CloseConnection):
                            return
                except RemoteProtocolError as error:
                    if error.event_hint is not None:
                        peer.sendall(connection.send(error.event_hint))
                    return
        except (OSError, LocalProtocolError):
            pass


listener = socket.create_server(("127.0.0.1", int(sys.argv[1])), backlog=128)
while True:
    threading.Thread(target=talk, args=(listener.accept()[0],), daemon=True).start()
