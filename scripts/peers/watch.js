// Sockets of ws that log: for libraries without hooks of their own, and for the small servers of the cases.

/**
 * `entries` gives what to log of a message: text, or a Buffer where it is binary. `way` is `sent` or `got`.
 * `at`: which of the connections it is, where several are open at a time.
 */
export function watch(socket, { sent, got }, entries, at = 0) {
  const { send } = socket;
  const said = (data, way) => entries(data, way).map((entry) => ({ ...entry, at }));
  socket.send = function (data, ...rest) {
    sent.push(...said(typeof data === 'string' ? data : bytesOf(data), 'sent'));
    return send.call(this, data, ...rest);
  };
  socket.on('message', (data, isBinary) => got.push(...said(isBinary ? bytesOf(data) : String(data), 'got')));
}

/** The class of ws, for a library that makes its socket itself. */
export function watching(WebSocket, log, entries) {
  let count = 0;
  return class extends WebSocket {
    constructor(...args) {
      super(...args);
      watch(this, log, entries, count++);
    }
  };
}

export function bytesOf(data) {
  return ArrayBuffer.isView(data) ? Buffer.from(data.buffer, data.byteOffset, data.byteLength) : Buffer.from(data);
}
