import { InvalidArgumentError, Option } from 'commander';
import type { Http2Mode } from '../../live/http2/http2-relay.js';
import { redactOptions, type RedactOptions } from './redact-options.js';
import { reachOptions, type ReachOptions } from './connect-options.js';
import { filterOptions, type FilterOptions } from './filter-options.js';
import { listenerOptions, type ListenerOptions } from './listener-options.js';
import { close, integer } from './option-values.js';
import { pageOptions, type PageOptions } from './page-options.js';
import { htmlOption } from './options.js';
import { recordOption, showOptions, type ShowOptions } from './serve-options.js';
import { suggests } from './suggested-values.js';

type NotTaken =
  | ('limit' | 'extract' | 'write' | 'asWebsocket')
  | ('trouble' | 'closed' | 'last' | 'sort' | 'after' | 'before' | 'context');

export interface ProxyOptions
  extends RedactOptions, ShowOptions, ReachOptions, ListenerOptions, PageOptions, Omit<FilterOptions, NotTaken> {
  direction?: 'client' | 'server';
  listenCert?: string;
  listenKey?: string;
  http2?: Http2Mode;
  maxConnections: number;
  delay?: number;
  throttle?: number;
  dropAfter?: number;
  closeAfter?: { frames: number; code: number; reason: string };
  corrupt?: number;
  fragment?: number;
  duplicate?: true;
  seed?: number;
  record?: string;
  html?: string;
}

/** The options of `connect`'s handshake that have a meaning between a client and a server; the ends agree on the rest by themselves. */
const HANDSHAKE: ReadonlySet<string> = new Set(['--header', '--user', '--auth', '--origin']);
/** They end the work, are about captures, or wait for the end of a connection; `-A` is the User-Agent. */
const NOT_TAKEN: ReadonlySet<string> = new Set([
  ...['--limit', '--extract', '--write', '--as-websocket', '--relative-time'],
  ...['--trouble', '--closed', '--last', '--sort', '--after', '--before', '--context'],
]);

export function proxyOptions(): Option[] {
  const listen = [
    new Option('--listen-cert <file>', 'use TLS (wss) with the clients, with this certificate (PEM)'),
    new Option('--listen-key <file>', 'private key of the certificate (PEM)'),
    ...listenerOptions(),
    new Option('--max-connections <number>', 'accept up to N connections at one time')
      .argParser(integer(1))
      .default(1000),
  ].map((option) => option.helpGroup('Listening:'));
  const reach = reachOptions().filter(
    ({ long, helpGroupHeading }) => helpGroupHeading !== 'Handshake:' || HANDSHAKE.has(long ?? ''),
  );
  const filters = filterOptions().filter(({ long }) => !NOT_TAKEN.has(long ?? ''));
  const direction = new Option('--direction <sender>', 'show only what this side sent').choices(['client', 'server']);
  return [
    ...reach.map(inOtherWords),
    http2Option(),
    new Option('--no-deflate', 'remove permessage-deflate from the offer').helpGroup('Handshake:'),
    ...listen,
    ...faultOptions(),
    ...showOptions(),
    recordOption(),
    ...redactOptions(),
    ...[...pageOptions(), htmlOption()].map((option) => option.helpGroup('View:')),
    ...[direction, ...filters].map((option) => option.helpGroup('Filters:')),
  ];
}

function http2Option(): Option {
  const option = new Option(
    '--http2 [mode]',
    'speak HTTP/2 (RFC 8441) to the server, and take clients of either version; =auto: to the server where ALPN and its settings allow it; =clients: HTTP/1.1 to the server',
  )
    .argParser((value): Http2Mode => {
      if (value === '') return true;
      if (value !== 'auto' && value !== 'clients') {
        throw new InvalidArgumentError('It has to be --http2, --http2=auto or --http2=clients.');
      }
      return value;
    })
    .helpGroup('Transport:');
  return suggests(option, ['auto', 'clients']);
}

/** The same option, worded for another client's request. */
function inOtherWords(option: Option): Option {
  const words = WORDS[option.long ?? ''];
  if (words !== undefined) option.description = words;
  return option;
}

const WORDS: Readonly<Record<string, string>> = {
  '--header': "set 'Name: value' in each request; 'Name:' leaves that header out (repeatable)",
  '--origin': "set this Origin instead of the client's",
  '--connect-timeout': 'time limit for a connection to the server (0: no limit)',
};

function faultOptions(): Option[] {
  return [
    new Option('--delay <ms>', 'delay all traffic by N milliseconds').argParser(integer(0, 600_000)),
    new Option('--throttle <bytes/s>', 'limit each direction to N bytes per second').argParser(integer(1)),
    new Option('--drop-after <frames>', 'reset both ends after N frames').argParser(integer(1)),
    new Option(
      '--close-after <frames[:code]>',
      'send both ends a close frame after N frames (default code: 1001)',
    ).argParser(closeAfter),
    new Option('--corrupt <rate>', 'flip one bit in this share of the frames: 0 to 1').argParser(share),
    new Option('--fragment <bytes>', 'split data frames into fragments of N bytes').argParser(integer(1, 2 ** 31 - 1)),
    new Option('--duplicate', 'send each frame twice'),
    new Option('--seed <number>', 'seed of the random faults: the same seed repeats a run').argParser(
      integer(0, 2 ** 32 - 1),
    ),
  ].map((option) => option.helpGroup('Faults:'));
}

/** RFC 6455 §7.4.1: going away. */
const GOING_AWAY = 1001;

function closeAfter(value: string): { frames: number; code: number; reason: string } {
  const [, frames = '', ending] = /^(\d+)(?::([^]*))?$/.exec(value) ?? [];
  return { frames: integer(1)(frames), ...(ending === undefined ? { code: GOING_AWAY, reason: '' } : close(ending)) };
}

function share(value: string): number {
  const number = /^(\d+(\.\d*)?|\.\d+)$/.test(value) ? Number(value) : NaN;
  if (number <= 1) return number;
  throw new InvalidArgumentError('It has to be a number from 0 to 1.');
}
