import { HTTP2_FLAG, HTTP2_TYPE, HTTP2_TYPES, type Http2Header } from '../../codec/http2/http2-frame.js';

/** What RFC 9113 §6 forbids about the header of a frame of its own types; undefined: nothing. */
export function formFault({ type, flags, stream, length }: Http2Header): { rfc: string; text: string } | undefined {
  const row = HTTP2_TYPES[type];
  if (row === undefined || type > HTTP2_TYPE.continuation) return undefined;
  const rfc = `RFC 9113 §6.${type + 1}`;
  if (row.on === 'connection' && stream !== 0) return { rfc, text: `${row.name} came on stream ${stream}` };
  if (row.on === 'stream' && stream === 0) return { rfc, text: `${row.name} came on stream 0` };
  // Other lengths of SETTINGS are judged where they are read.
  const isSettings = type === HTTP2_TYPE.settings;
  const fits = isSettings ? (flags & HTTP2_FLAG.ack) === 0 || length === 0 : (row.fits?.(length, flags) ?? true);
  return fits ? undefined : { rfc, text: `${row.name} of ${length} bytes came` };
}
