import { connectionOfStream, placeOfStream, streamNumber } from '../traffic/stream-number.js';
import { print, type Printable } from './printable.js';

/** What a connection is called, and what `--connection` takes: `4`; `4.2` for the second WebSocket of connection 4, over HTTP/2. */
export function connectionName(number: number): Printable {
  const place = placeOfStream(number);
  return place === 1 ? print`${number}` : print`${connectionOfStream(number)}.${place}`;
}

/** The number of the connection that is called so; undefined: it is no name. `4.1` is 4. */
export function numberOfConnection(name: string): number | undefined {
  const [, connection, place] = /^(\d{1,16})(?:\.([1-9]\d{0,6}))?$/.exec(name) ?? [];
  if (connection === undefined) return undefined;
  return place === undefined ? Number(connection) : streamNumber(Number(connection), Number(place) - 1);
}
