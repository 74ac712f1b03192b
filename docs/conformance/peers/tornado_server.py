# python3 tornado_server.py PORT: an echo server on `tornado`.
import asyncio
import sys

from tornado.web import Application
from tornado.websocket import WebSocketHandler


class Echo(WebSocketHandler):
    def on_message(self, message):
        self.write_message(message, binary=isinstance(message, bytes))

    def get_compression_options(self):
        return {}


async def main():
    app = Application([("/.*", Echo)], websocket_max_message_size=64 << 20)
    app.listen(int(sys.argv[1]), "127.0.0.1")
    await asyncio.Future()


asyncio.run(main())
