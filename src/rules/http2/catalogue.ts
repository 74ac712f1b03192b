import type { Rule } from '../rule.js';

/** What is wrong with the HTTP/2 connection that a WebSocket is in, as far as it concerns its reading. */
export const HTTP2_RULES = {
  'h2-compression': {
    rfc: 'RFC 9113 §4.3',
    severity: 'error',
    fatal: true,
    requirement: 'Field blocks over HTTP/2 can be decompressed (RFC 7541).',
    message:
      'the field block of stream {stream} can not be decompressed ({kind}): the fields of later ones are not certain',
  },
  'h2-block-interrupted': {
    rfc: 'RFC 9113 §6.10',
    severity: 'error',
    fatal: true,
    requirement: 'No other frame is between HEADERS and its CONTINUATION frames.',
    message: 'the field block of stream {stream} is interrupted by another frame: it is not read',
  },
  'h2-block-too-long': {
    rfc: 'RFC 9113 §10.5.1',
    severity: 'warning',
    requirement: 'A field block has up to 256 KiB in up to 1024 CONTINUATION frames (this is the limit of the reader).',
    message: 'the field block of stream {stream} does not end (a CONTINUATION flood): it is not read',
  },
  'h2-field-section-too-large': {
    rfc: 'RFC 9113 §10.5.1',
    severity: 'warning',
    requirement: 'A field section has up to 1 MiB, decompressed (this is the limit of the reader).',
    message: '{from} bytes of a field block stand for {bytes} bytes of fields (a header bomb): they are not kept',
  },
  'h2-rapid-reset': {
    rfc: 'RFC 9113 §10.5',
    severity: 'warning',
    requirement: 'Requests are not reset in masses.',
    message: '{count} requests, half of all or more, were reset before they were answered (a rapid reset flood)',
  },
  'h2-flood': {
    rfc: 'RFC 9113 §10.5',
    severity: 'warning',
    requirement: 'SETTINGS and PING, which need an answer each, are not sent in masses.',
    message: '{count} frames of SETTINGS and PING were sent within 10 s that were not answered (a flood)',
  },
  'h2-frame-size': {
    rfc: 'RFC 9113 §4.2',
    severity: 'error',
    requirement: 'Frames of HTTP/2 have the length that their type requires.',
    message: '{type} has {length} bytes: it is passed over',
  },
  'h2-too-many-streams': {
    rfc: 'RFC 9113 §5.1.2',
    severity: 'warning',
    requirement: 'A connection has up to 4096 WebSockets at one time (this is the limit of the reader).',
    message: 'stream {stream} is one WebSocket too many on this connection: it is not read',
  },
  'h2-window-exhausted': {
    rfc: 'RFC 9113 §5.2',
    severity: 'warning',
    requirement: 'The receiver of a stream opens its window again.',
    message: 'the window of stream {stream} was used up with {bytes} bytes, and not opened again until the end',
  },
} as const satisfies Record<string, Rule>;
