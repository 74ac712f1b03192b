import { describe, expect, it } from 'vitest';
import { editHead, type HeadEdit } from '../../src/live/relay/head.js';

const HEAD = [
  'GET / HTTP/1.1',
  'Host: localhost:9002',
  'uPgRaDe:  websocket',
  'Connection: keep-alive, Upgrade',
  'Sec-WebSocket-Extensions: x-first; a="1,2", permessage-deflate; client_max_window_bits, foo',
  'X-Folded: a',
  '\t b',
  'Origin: http://localhost',
  '',
  '',
].join('\r\n');
const NONE: HeadEdit = { set: [], remove: [] };
const edited = (edit: Partial<HeadEdit>, head = HEAD): string =>
  Buffer.from(editHead(Buffer.from(head, 'latin1'), { ...NONE, ...edit })).toString('latin1');

describe('the head of a request that is passed on', () => {
  it.each([HEAD, HEAD.replaceAll('\r\n', '\n'), '\r\n\r\nGET / HTTP/1.1\r\n:\r\n\xff: \x00\r\n\r\n', 'x\r\n\r\n'])(
    'stays as it is where there is nothing to rewrite: %j',
    (head) => expect(edited({}, head)).toBe(head),
  );

  it.each<readonly [string, Partial<HeadEdit>, (head: string) => string]>([
    ['Host', { host: 'staging.example' }, (head) => head.replace('localhost:9002', 'staging.example')],
    ['the target /', { target: '/app?x=1' }, (head) => head.replace('GET / ', 'GET /app?x=1 ')],
    [
      'Origin',
      { set: [['Origin', 'https://a.example']] },
      (head) => head.replace('http://localhost', 'https://a.example'),
    ],
    [
      'a header that is not there',
      { set: [['X-New', '1']] },
      (head) => head.replace(/\r\n\r\n$/, '\r\nX-New: 1\r\n\r\n'),
    ],
    [
      'a header that goes, with its folded lines',
      { remove: ['x-folded'] },
      (head) => head.replace('X-Folded: a\r\n\t b\r\n', ''),
    ],
    ['Connection', { close: true }, (head) => head.replace('keep-alive, Upgrade', 'close')],
    [
      'the offer of permessage-deflate',
      { noDeflate: true },
      (head) =>
        head.replace('x-first; a="1,2", permessage-deflate; client_max_window_bits, foo', 'x-first; a="1,2", foo'),
    ],
  ])('is rewritten in one place: %s', (_, edit, then) => expect(edited(edit)).toBe(then(HEAD)));

  it('loses the offer where it was all that was offered', () => {
    const head = 'GET / HTTP/1.1\nSec-WebSocket-Extensions: PerMessage-Deflate\nHost: a\n\n';
    expect(edited({ noDeflate: true }, head)).toBe('GET / HTTP/1.1\nHost: a\n\n');
    const other = head.replace('PerMessage-Deflate', 'permessage-deflated; q="permessage-deflate"');
    expect(edited({ noDeflate: true }, other)).toBe(other);
  });

  it.each([
    // A quote that stays open holds all that follows.
    ['x; a="1, permessage-deflate', 'x; a="1, permessage-deflate'],
    ['permessage-deflate, x; a="1, permessage-deflate', 'x; a="1, permessage-deflate'],
    [String.raw`x; a="\\", permessage-deflate`, String.raw`x; a="\\"`],
    [String.raw`x; a="\", permessage-deflate", y`, String.raw`x; a="\", permessage-deflate", y`],
  ])('reads quoted values as the parser of extensions does: %s', (offer, left) => {
    const head = (value: string): string => `GET / HTTP/1.1\nSec-WebSocket-Extensions: ${value}\n\n`;
    expect(edited({ noDeflate: true }, head(offer))).toBe(head(left));
  });

  it('finds the request line after empty lines', () => {
    const head = '\r\n\r\nGET http://a/ HTTP/1.1\r\nHost: a\r\n\r\n';
    expect(edited({ host: 'b', target: '/app' }, head)).toBe('\r\n\r\nGET http://b/app HTTP/1.1\r\nHost: b\r\n\r\n');
  });

  it('names the other host in an absolute target too', () => {
    const head = 'GET http://localhost:9002/ HTTP/1.1\r\nHost: localhost:9002\r\n\r\n';
    const then = 'GET http://b.example/app HTTP/1.1\r\nHost: b.example\r\n\r\n';
    expect(edited({ host: 'b.example', target: '/app' }, head)).toBe(then);
  });

  it('keeps what the client did wrong: two Hosts, or none; another target', () => {
    const two = 'GET /x HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n';
    expect(edited({ host: 'c', target: '/app' }, two)).toBe('GET /x HTTP/1.1\r\nHost: c\r\nHost: c\r\n\r\n');
    expect(edited({ host: 'c' }, 'GET / HTTP/1.1\r\n\r\n')).toBe('GET / HTTP/1.1\r\n\r\n');
  });
});
