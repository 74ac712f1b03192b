import * as http2 from 'node:http2';
import { Duplex } from 'node:stream';
import { http2HeadOf } from '../../codec/http2/http2-heads.js';
import type { RequestHead } from '../../codec/http1/head.js';
import { requestFields } from './http2-fields.js';

/** Why `node:http2` sends no request with these fields, in its words; undefined: it does. Which ones it sends once only is known to it alone. */
export function unsendable(headers: ReadonlyMap<string, readonly string[] | undefined>): string | undefined {
  const own = [...headers].flatMap(([name, values = []]) => values.map((value) => ({ name, value })));
  const head = http2HeadOf('request', [{ name: ':path', value: '/' }, ...own], { stream: 1 }) as RequestHead;
  const nowhere = new Duplex({ read: () => undefined, write: (_chunk, _encoding, done) => done() });
  const session = http2.connect('http://localhost', { createConnection: () => nowhere });
  session.on('error', () => undefined);
  try {
    session.request(requestFields(head, 'http', true)).on('error', () => undefined);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  } finally {
    session.destroy();
  }
}
