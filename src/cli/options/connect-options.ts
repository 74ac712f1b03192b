import { InvalidArgumentError, Option } from 'commander';
import { redactOptions, type RedactOptions } from './redact-options.js';
import type { PassphraseOptions } from '../host/tls-files.js';
import { passphraseOptions } from './passphrase-options.js';
import { autoReplyOption, type AutoReplyOptions } from './answer-options.js';
import { hexes, keylogOption, recordOption, showOptions, type ShowOptions } from './serve-options.js';
import { close, expression, integer, list, seconds } from './option-values.js';
import { pageOptions, type PageOptions } from './page-options.js';
import { diffOptions, replayOptions, type DiffOptions, type ReplayOptions } from './replay-options.js';
import { suggests } from './suggested-values.js';

/** One thing to send, as the command line has it. */
export type SendItem =
  | { readonly kind: 'text' | 'file'; readonly value: string }
  | { readonly kind: 'hex' | 'raw' | 'ping'; readonly value: Uint8Array }
  | { readonly kind: 'close'; readonly value: { readonly code: number; readonly reason: string } };

/** Handshake and transport: `check` and `proxy` take them too. */
export interface ReachOptions extends PassphraseOptions {
  header?: string[];
  user?: string;
  auth?: string;
  subprotocol?: string[];
  origin?: string;
  userAgent?: string;
  cookie?: string[];
  location?: true;
  deflate?: string | false;
  insecure?: true;
  check: boolean;
  cacert?: string;
  ca?: string;
  cert?: string;
  key?: string;
  resolve?: string[];
  connectTo?: string[];
  unixSocket?: string;
  proxy?: string;
  connectTimeout: number;
  keylog?: string;
}

export interface ConnectOptions
  extends RedactOptions, ShowOptions, ReachOptions, ReplayOptions, DiffOptions, AutoReplyOptions, PageOptions {
  connect?: string;
  include?: true;
  /** Each send option gives the same list: all of them in their order. */
  execute?: readonly SendItem[];
  sendHex?: readonly SendItem[];
  sendFile?: readonly SendItem[];
  ping?: readonly SendItem[];
  close?: readonly SendItem[];
  rawFrame?: readonly SendItem[];
  binary?: true;
  null?: true;
  fragment?: number;
  /** A byte. */
  terminator?: number;
  one?: true;
  count?: number;
  expect?: RegExp;
  expectClose?: number;
  /** Seconds; Infinity keeps it open. */
  wait?: number;
  maxTime?: number;
  stdin: boolean;
  timestamps?: true;
  pingInterval?: number;
  pingTimeout?: number;
  heartbeat?: string;
  autoPong: boolean;
  reconnect?: number;
  history: boolean;
  record?: string;
  http2?: true | 'auto';
  streams?: number;
}

/** For a server that never answers: seconds. */
const CONNECT_TIMEOUT = 30;
const RECONNECTS = 10;

export function reachOptions(): Option[] {
  const handshake = [
    new Option('-H, --header <header>', "send 'Name: value'; 'Name:' leaves that header out (repeatable)").argParser(
      list,
    ),
    new Option('-u, --user <user:password>', 'authenticate with these (Basic; also --auth)'),
    new Option('--auth <user:password>').hideHelp(),
    new Option('-s, --subprotocol <name>', 'offer a subprotocol (repeatable, the preferred one first)').argParser(list),
    new Option('-o, --origin <origin>', 'send this Origin'),
    new Option('-A, --user-agent <name>', 'send this User-Agent'),
    new Option('--cookie <cookie>', "send 'name=value' (repeatable)").argParser(list),
    new Option(
      '-L, --location',
      'follow redirects, up to 10; to another origin without -H, -u, -s, -o, --cookie and --cert, and never out of TLS',
    ),
    new Option('--deflate [params]', 'offer permessage-deflate, with these parameters'),
    new Option('--no-deflate', 'offer no compression: the default'),
  ].map((option) => option.helpGroup('Handshake:'));
  const transport = [
    new Option('-k, --insecure', 'accept any certificate (also --no-check)'),
    new Option('--no-check').hideHelp(),
    new Option('--cacert <file>', 'trust these certificate authorities instead of the usual ones (PEM; also --ca)'),
    new Option('--ca <file>').hideHelp(),
    new Option('--cert <file>', 'present this client certificate (PEM)'),
    new Option('--key <file>', 'private key of the certificate (PEM)'),
    ...passphraseOptions(),
    keylogOption(),
    new Option('--resolve <host:port:address>', 'use this address for a host and port (repeatable)').argParser(list),
    new Option('--connect-to <host:port:host2:port2>', 'connect to this host and port instead (repeatable)').argParser(
      list,
    ),
    new Option('--unix-socket <path>', 'connect to this Unix socket'),
    new Option('--proxy <url>', 'use this proxy: http, https, socks5 or socks5h (empty: none)'),
    new Option('--connect-timeout <seconds>', 'time limit for the connection and its handshake (0: no limit)')
      .argParser(seconds({ zero: 'unlimited' }))
      .default(CONNECT_TIMEOUT),
  ].map((option) => option.helpGroup('Transport:'));
  return [...handshake, ...transport];
}

export function connectOptions(): Option[] {
  return [
    new Option('-c, --connect <url>', 'URL to connect to, instead of the argument'),
    ...reachOptions(),
    ...http2Options(),
    ...sendOptions(),
    ...replayOptions('client', [...SENDS, 'binary', 'null', 'fragment', 'terminator', 'reconnect', 'autoReply']),
    ...diffOptions(),
    ...stopOptions(),
    ...showOptions(),
    recordOption(),
    ...redactOptions(),
    ...pageOptions(),
    ...liveOptions(),
  ];
}

/** WebSockets on one connection that are of use for a test: servers take 100 to 1000. */
const MOST_STREAMS = 1000;

function http2Options(): Option[] {
  return [
    suggests(
      new Option(
        '--http2 [auto]',
        'open the WebSocket over HTTP/2 (RFC 8441): wss with ALPN h2, ws by prior knowledge; =auto: where ALPN and the server allow it, else over HTTP/1.1',
      ).argParser((value) => {
        if (value === '') return true;
        if (value !== 'auto') throw new InvalidArgumentError('It has to be --http2 or --http2=auto.');
        return value;
      }),
      ['auto'],
    ),
    new Option(
      '--streams <number>',
      'open N WebSockets on one connection of HTTP/2; each of them sends what the options say',
    )
      .argParser(integer(1, MOST_STREAMS))
      .conflicts(['replay', 'include']),
  ].map((option) => option.helpGroup('Transport:'));
}

const SENDS = ['execute', 'sendHex', 'sendFile', 'ping', 'close', 'rawFrame'];

function sendOptions(): Option[] {
  const items: SendItem[] = [];
  const sends = (flags: string, description: string, read: (value: string, before: SendItem[]) => SendItem): Option =>
    new Option(flags, description).argParser((value) => {
      items.push(read(value, items));
      return items;
    });
  return [
    sends(
      '-x, --execute <text>',
      'send a text message (all send options are repeatable, and run in order)',
      (value) => ({
        kind: 'text',
        value,
      }),
    ),
    sends('--send-hex <hex>', 'send a binary message', (value) => ({ kind: 'hex', value: hexes(value, [])[0]! })),
    sends('--send-file <path>', 'send a file as one message: text if it is UTF-8, else binary', (value) => ({
      kind: 'file',
      value,
    })),
    sends('--ping [text]', 'send a ping, and print its round-trip time', (value) => ({
      kind: 'ping',
      value: pingPayload(value),
    })),
    sends('--close <code[:reason]>', 'send a close frame', (value) => ({ kind: 'close', value: close(value) })),
    sends('--raw-frame <hex>', 'send these bytes as they are on the socket', (value) => ({
      kind: 'raw',
      value: hexes(value, [])[0]!,
    })),
    new Option('-b, --binary', 'send binary messages; print received ones as raw bytes, not as hex'),
    new Option('-0, --null', 'messages on stdin end with a NUL byte, not with a newline'),
    new Option(
      '--terminator <hex>',
      'end each message of -x, stdin and the prompt with this byte (1e, 00), and split received messages at it',
    ).argParser(endMark),
    new Option('--fragment <bytes>', 'split messages into fragments of N bytes').argParser(integer(1, 2 ** 31 - 1)),
  ].map((option) => option.helpGroup('Send:'));
}

function stopOptions(): Option[] {
  return [
    new Option('-1, --one', 'end after one received message (--count 1)').conflicts('count'),
    new Option('--count <number>', 'end after N received messages').argParser(integer(1)),
    new Option('--expect <regexp>', 'end when a text message matches').argParser((value) => expression(value)),
    new Option(
      '--expect-close <code>',
      'wait for the server to close with this code (1005: none, 1006: a drop)',
    ).argParser(integer(0, 65535)),
    new Option(
      '-w, --wait <seconds>',
      'wait N seconds after the last message sent; -1: until the connection ends (default: until there are as many replies as messages, or 5 s without one)',
    ).argParser(seconds({ endless: true })),
    new Option('-m, --max-time <seconds>', 'end after this time in any case, with exit 28 (0: no limit)').argParser(
      seconds({ zero: 'unlimited' }),
    ),
    new Option('--no-stdin', 'read no messages from stdin'),
  ].map((option) => option.helpGroup('Stop:'));
}

function liveOptions(): Option[] {
  const show = [
    new Option('-i, --include', "also print the response's head"),
    new Option('--timestamps', 'print the time before each received message'),
  ].map((option) => option.helpGroup('View:'));
  const live = [
    new Option('--ping-interval <seconds>', 'send a ping every N seconds, and print the round-trip times').argParser(
      seconds(),
    ),
    new Option('--ping-timeout <seconds>', 'end with exit 28 when a pong takes longer').argParser(seconds()),
    new Option('--heartbeat <text>', 'send this message instead of a ping at each interval (default: 30 s)'),
    new Option('--no-auto-pong', 'do not answer pings'),
    autoReplyOption("; Engine.IO's ping: '^2$=3'"),
    new Option(
      '--reconnect [times]',
      `connect again after a drop or a close with 1001, 1012 or 1013, and send again; up to ${RECONNECTS} times in a row`,
    ).argParser((value) => (value === '' ? RECONNECTS : integer(1)(value))),
    new Option('--no-history', 'keep no history of typed messages'),
  ].map((option) => option.helpGroup('Live:'));
  return [...show, ...live];
}

function endMark(text: string): number {
  if (!/^(?:0x)?[0-9a-f]{2}$/i.test(text))
    throw new InvalidArgumentError('It has to be one byte in hex, as in 1e or 00.');
  return parseInt(text, 16);
}

function pingPayload(text: string): Uint8Array {
  const bytes = Buffer.from(text);
  // RFC 6455 §5.5.
  if (bytes.length > 125) throw new InvalidArgumentError('It has to have at most 125 bytes.');
  return bytes;
}
