/** Heads that several tests share: facts of fixtures and of RFC 6455 §1.3, and ones that are broken on purpose. */
export const latin1Bytes = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'latin1'));

export const crlf = (...lines: string[]): string => [...lines, '', ''].join('\r\n');

/** shared/reference/seed.md */
export const SEED_REQUEST = crlf(
  'GET /ws/ HTTP/1.1',
  'Host: 127.0.0.1:9527',
  'Connection: Upgrade',
  'Pragma: no-cache',
  'Cache-Control: no-cache',
  'Upgrade: websocket',
  'Origin: http://localhost:63342',
  'Sec-WebSocket-Version: 13',
  'Accept-Encoding: gzip, deflate, br',
  'Accept-Language: zh-CN,zh;q=0.9',
  'Sec-WebSocket-Key: kJXuOKsrl3AR1KeFngRElQ==',
  'Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits',
);

/** RFC 6455 §1.2 */
export const RFC_REQUEST = crlf(
  'GET /chat HTTP/1.1',
  'Host: server.example.com',
  'Upgrade: websocket',
  'Connection: Upgrade',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  'Origin: http://example.com',
  'Sec-WebSocket-Protocol: chat, superchat',
  'Sec-WebSocket-Version: 13',
);
export const RFC_RESPONSE = crlf(
  'HTTP/1.1 101 Switching Protocols',
  'Upgrade: websocket',
  'Connection: Upgrade',
  'Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=',
  'Sec-WebSocket-Protocol: chat',
);

export const BROKEN_HEADS: Readonly<Record<string, string>> = {
  'bare LF': 'GET / HTTP/1.1\nHost: a\n\n',
  'mixed line ends': 'GET / HTTP/1.1\r\nHost: a\nUpgrade: websocket\r\n\n',
  'bare CR in a value': 'GET / HTTP/1.1\r\nX: a\rb\r\n\r\n',
  'CR CR LF': 'GET / HTTP/1.1\r\r\nHost: a\r\n\r\n',
  fold: 'GET / HTTP/1.1\r\nX: a\r\n  b\r\n\tc \r\nHost: a\r\n\r\n',
  'fold of nothing': 'GET / HTTP/1.1\r\nX:\r\n \r\n\r\n',
  'space before colon': 'GET / HTTP/1.1\r\nHost \t: a\r\n\r\n',
  'leading space': 'GET / HTTP/1.1\r\n Host: a\r\nX: b\r\n\r\n',
  'no colon': 'GET / HTTP/1.1\r\nnonsense\r\n and more\r\nHost: a\r\n\r\n',
  'empty name': 'GET / HTTP/1.1\r\n: value\r\n\r\n',
  'bad name': 'GET / HTTP/1.1\r\nHo(st: a\r\n\r\n',
  NUL: 'GET / HTTP/1.1\r\nX: a\0b\0\r\n\r\n',
  'high bytes': 'GET / HTTP/1.1\r\nX: caf\xe9\xff\r\n\r\n',
  'leading lines': '\r\n\r\nGET / HTTP/1.1\r\n\r\n',
  'no version': 'GET /\r\n\r\n',
  'one word': 'GET\r\n\r\n',
  'two spaces': 'GET  /  HTTP/1.1\r\n\r\n',
  'blanks in the target': 'GET /a b HTTP/1.1 \r\n\r\n',
  'no reason': 'HTTP/1.1 101\r\n\r\n',
  'empty reason': 'HTTP/1.1 101 \r\n\r\n',
  'bad status': 'HTTP/1.1 1o1 Switching\r\n\r\n',
  'HTTP/2 status': 'HTTP/2 101 \r\n\r\n',
  'no headers': 'GET / HTTP/1.1\r\n\r\n',
};
