import {
  areHttp2Frames,
  DEFAULT_FRAME_SIZE,
  HTTP2_HEADER,
  HTTP2_TYPE,
  readHttp2Header,
} from '../../codec/http2/http2-frame.js';
import type { Cause } from '../../rules/causes/catalogue.js';
import { dialCauseBy } from '../../rules/causes/dial-catalogue.js';
import type { SessionTrouble } from './http2-trouble.js';

/** Why no WebSocket can be opened on a connection. */
export class Http2LineError extends Error {
  override readonly name = 'Http2LineError';
  constructor(
    /** `setting`: the server takes no extended CONNECT; `other`: it has no HTTP/2, or a faulty one; `ended`: it did not answer. */
    readonly kind: 'setting' | 'other' | 'ended',
    message: string,
    readonly why?: Cause,
  ) {
    super(message);
  }
}

/** What came on a connection that ended before it could be used. */
interface BeginningFacts {
  /** The first bytes. */
  readonly first: Uint8Array | undefined;
  readonly hasSettings: boolean;
  /** Why this end ended it. */
  readonly trouble: SessionTrouble | undefined;
}

const ENDED = 'the server ended the connection after its SETTINGS';

export function whyNoHttp2({ first, hasSettings, trouble }: BeginningFacts): Http2LineError {
  const text = first && Buffer.from(first).toString('latin1');
  if (text?.startsWith('HTTP/1.')) {
    const [line = ''] = text.split('\r\n');
    return new Http2LineError('other', `the server does not speak HTTP/2: it answers ${line}`);
  }

  if (first && trouble && beginsAsHttp2(first)) {
    const { words, isLimit } = trouble;
    if (isLimit) return new Http2LineError('ended', `this end ended the connection: the server sends ${words}`);
    return new Http2LineError('other', `the server breaks HTTP/2 at its beginning: ${words}`);
  }
  if (first && hasSettings && trouble === undefined) return new Http2LineError('ended', ENDED);
  if (first) return new Http2LineError('other', 'the server does not speak HTTP/2');
  return new Http2LineError('ended', 'no answer to the preface of HTTP/2');
}

/** As a server has to, whatever is wrong with its SETTINGS (RFC 9113 §3.4): HTTP/2 was requested. */
function beginsAsHttp2(bytes: Uint8Array): boolean {
  if (areHttp2Frames(bytes)) return true;
  const { type, length } = readHttp2Header(bytes, 0);
  return bytes.length >= HTTP2_HEADER && type === HTTP2_TYPE.settings && length <= DEFAULT_FRAME_SIZE;
}

/** RFC 8441 §3. */
export function notEnabled(): Http2LineError {
  const message = 'the server takes no WebSockets over HTTP/2 (no SETTINGS_ENABLE_CONNECT_PROTOCOL)';
  return new Http2LineError('setting', message, dialCauseBy('h2-connect-not-enabled', {}));
}
