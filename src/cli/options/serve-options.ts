import { InvalidArgumentError, Option } from 'commander';
import { redactOptions, type RedactOptions } from './redact-options.js';
import { VIEW_NAMES } from '../decode/views.js';
import type { PassphraseOptions } from '../host/tls-files.js';
import { parseHex } from '../host/hex-argument.js';
import { listenerOptions, type ListenerOptions } from './listener-options.js';
import { autoReplyOption, type AutoReplyOptions } from './answer-options.js';
import { close, integer, list, preview, tokens } from './option-values.js';
import type { DecodeOptions } from './options.js';
import { appOption, livePayloadOption, protoOptions } from './packet-options.js';
import { passphraseOptions } from './passphrase-options.js';
import { replayOptions, type ReplayOptions } from './replay-options.js';

/** What `serve` and `connect` show, as `decode` does. */
export type ShowOptions = Pick<
  DecodeOptions,
  'json' | 'color' | 'quiet' | 'verbose' | 'view' | 'app' | 'preview' | 'pretty' | 'base64' | 'strict' | 'relativeTime'
>;

export interface ServeOptions
  extends RedactOptions, PassphraseOptions, ShowOptions, ReplayOptions, ListenerOptions, AutoReplyOptions {
  mode: 'echo' | 'chat' | 'broadcast' | 'sink' | 'silent';
  greet?: string[];
  subprotocol?: string[];
  token: boolean;
  path?: string;
  deflate?: string | false;
  maxPayload: number;
  maxConnections: number;
  cert?: string;
  key?: string;
  clientCa?: string;
  oneshot?: true;
  reject?: number;
  badAccept?: true;
  rawFrame?: Uint8Array[];
  delay?: number;
  close?: { code: number; reason: string };
  drop?: true;
  autoPong: boolean;
  compare?: true;
  record?: string;
  keylog?: string;
  http2?: true;
}

/** What is needed to read the encrypted traffic of a capture. */
export function keylogOption(): Option {
  return new Option(
    '--keylog <file>',
    'append TLS secrets to this file, for decode and Wireshark (default: the file of SSLKEYLOGFILE)',
  );
}

/** Live traffic, kept. */
export function recordOption(): Option {
  const kinds = 'FILE.pcapng (Wireshark), .ndjson (records) or .har (browsers)';
  return new Option(
    '--record <file>',
    `write all traffic to a file as it passes: ${kinds}, which decode reads`,
  ).helpGroup('View:');
}

/** The views of live traffic. */
export function showOptions(): Option[] {
  const heading = 'View:';
  return [
    new Option('--view <view>', 'how to show the traffic').choices(VIEW_NAMES),
    appOption(),
    livePayloadOption(),
    ...protoOptions(),
    new Option('--preview <bytes>', 'show up to N payload bytes of each frame (a number, or all: 16 MiB)').argParser(
      preview,
    ),
    new Option('--pretty', 'show JSON payloads indented'),
    new Option('--base64', 'print bytes in JSON records as Base64 instead of hex'),
    new Option('--relative-time', 'show times as seconds from the start'),
  ].map((option) => option.helpGroup(heading));
}

export function serveOptions(): Option[] {
  const policy = [
    new Option('--subprotocol <name>', 'accept this subprotocol (repeatable, the preferred one first)').argParser(
      tokens,
    ),
    ...listenerOptions('; echo, sink and silent then accept only these'),
    new Option('--no-token', 'serve the page and its records without the printed token'),
    new Option('--path <path>', 'accept WebSockets at this path only'),
    new Option('--deflate [params]', 'accept permessage-deflate if offered, with these parameters'),
    new Option('--no-deflate', 'accept no compression: the default'),
    new Option('--max-payload <bytes>', 'close (1009) on larger messages')
      .argParser(integer(1, 2 ** 31 - 1))
      .default(64 * 1024 * 1024, '64 MiB'),
    new Option('--max-connections <number>', 'accept up to N WebSockets at one time')
      .argParser(integer(1))
      .default(20_000),
    new Option('--cert <file>', 'use TLS (wss), with this certificate (PEM, followed by its chain)'),
    new Option('--key <file>', 'private key of the certificate (PEM)'),
    ...passphraseOptions(),
    new Option('--client-ca <file>', 'require client certificates signed by these authorities (PEM)'),
    keylogOption(),
    new Option(
      '--http2',
      'also take WebSockets over HTTP/2 (RFC 8441): by ALPN in TLS, by prior knowledge without',
    ).conflicts('badAccept'),
    new Option('--oneshot', 'end after one connection'),
  ].map((option) => option.helpGroup('Policy:'));
  return [
    new Option('--mode <mode>', 'what to do with messages')
      .choices(['echo', 'chat', 'broadcast', 'sink', 'silent'])
      .default('echo'),
    new Option('--greet <text>', 'send this text message after each handshake (repeatable)').argParser(list),
    autoReplyOption(', and not as the mode does'),
    new Option(
      '--compare',
      'measure one conversation over short polling, long polling and WebSocket, then end',
    ).conflicts([
      ...[
        'mode',
        'greet',
        'autoReply',
        'subprotocol',
        'allowOrigin',
        'allowHost',
        'path',
        'deflate',
        'maxPayload',
        'maxConnections',
        'cert',
        'key',
      ],
      ...[
        'passphrase',
        'passphraseFile',
        'clientCa',
        'keylog',
        'http2',
        'oneshot',
        'reject',
        'badAccept',
        'rawFrame',
        'delay',
        'close',
        'drop',
        'view',
        'preview',
      ],
      ...['pretty', 'base64', 'relativeTime', 'record', 'replay'],
    ]),
    ...replayOptions('server', ['mode', 'greet', 'autoReply', 'rawFrame', 'delay', 'close', 'drop']),
    ...policy,
    ...faultOptions(),
    ...showOptions(),
    recordOption(),
    ...redactOptions(),
  ];
}

function faultOptions(): Option[] {
  return [
    new Option('--reject <status>', 'refuse every handshake with this HTTP status')
      .argParser(integer(200, 599))
      .conflicts(['badAccept', 'rawFrame', 'close', 'drop', 'greet', 'autoReply']),
    new Option('--bad-accept', 'answer with a wrong Sec-WebSocket-Accept'),
    new Option('--raw-frame <hex>', 'send these bytes right after the handshake (repeatable)').argParser(hexes),
    new Option('--delay <ms>', 'wait N milliseconds before each message').argParser(integer(0, 2 ** 31 - 1)),
    new Option('--close <code[:reason]>', 'close after the first message').argParser(close),
    new Option('--drop', 'reset the connection (TCP RST) after the first message').conflicts('close'),
    new Option('--no-auto-pong', 'do not answer pings'),
  ].map((option) => option.helpGroup('Faults, to test clients:'));
}

export function hexes(value: string, before: Uint8Array[] | undefined): Uint8Array[] {
  const bytes = parseHex(value);
  if (bytes === undefined) throw new InvalidArgumentError('It has to be hex, two digits per byte.');
  return [...(before ?? []), bytes];
}
