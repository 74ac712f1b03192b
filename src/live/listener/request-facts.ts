import type { IncomingMessage } from 'node:http';
import type { RequestHead } from '../../codec/http1/head.js';
import type { RequestFacts, PolicyRefusal } from './policy.js';

/** A request as Node.js has read it, with all repeated headers. */
export function factsOfMessage({ rawHeaders, url = '', socket }: IncomingMessage): RequestFacts {
  const headers: [string, string][] = [];
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) headers.push([rawHeaders[i]!, rawHeaders[i + 1]!]);
  const authority = headers.find(([name]) => name === ':authority')?.[1];
  return { headers: asHttp1(headers, authority), target: url, isSecure: 'encrypted' in socket };
}

/** Of HTTP/2, `:authority` is what Host is (RFC 9113 §8.3.1), and the other pseudo-header fields are no headers. */
function asHttp1(headers: readonly [string, string][], authority: string | undefined): [string, string][] {
  if (authority === undefined) return headers.filter(([name]) => !name.startsWith(':'));
  const others = headers.filter(
    ([name, value]) => !name.startsWith(':') && (name.toLowerCase() !== 'host' || value !== authority),
  );
  return [['host', authority], ...others];
}

/** A request as the codec has read it. */
export function factsOfHead({ headers, target }: RequestHead, isSecure: boolean): RequestFacts {
  return { headers: headers.map(({ name, value }) => [name, value] as const), target, isSecure };
}

/** A client that takes this listener for a proxy (RFC 9110 §9.3.6); undefined: it asks for something else. */
export function tunnelRefusal({ method }: { readonly method?: string | undefined }): PolicyRefusal | undefined {
  if (method?.toUpperCase() !== 'CONNECT') return undefined;
  const reason =
    'CONNECT asks for a tunnel, and this is no forward proxy: give the client this address as that of the server, and no proxy';
  return { status: 405, reason };
}

const DECISIVE = ['host', 'origin', 'sec-fetch-site', 'content-length', 'transfer-encoding'];

/**
 * A head that another reader could understand in another way, in the parts that the decision depends on: a header after
 * a blank, a bare CR or on a folded line (RFC 9112 §2.2, §5.2).
 */
export function ambiguityIn(head: RequestHead): PolicyRefusal | undefined {
  const text = head.fields.map(({ value }) => value).join('');
  const lines = text.split(/[\r\n\0]+/).map((line) => line.slice(0, MOST_NAME).trim().toLowerCase());
  for (const name of DECISIVE) {
    const read = head.headers.filter((header) => header.name.toLowerCase() === name).length;
    const possible = lines.filter(
      (line) => line.startsWith(name) && line.slice(name.length).trimStart().startsWith(':'),
    );
    if (possible.length !== read) {
      return { status: 400, reason: `the request's ${name} can be read in more than one way` };
    }
  }
  return undefined;
}

/** A name with the blanks around it: a longer one is none of these. */
const MOST_NAME = 4096;
