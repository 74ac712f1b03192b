import type { TranscriptOptions } from '../../codec/connection/transcript.js';
import { MOST_SHOWN } from '../../terminal/frames/frame-content.js';
import type { ConversationsOptions } from '../../traffic/conversations.js';
import { connectionFilter } from '../../traffic/selection/filters.js';
import { acceptOf, lazyDeflate } from '../host/adapters.js';
import { deflateOf } from '../options/deflate-option.js';
import type { DecodeOptions, DecodingOptions } from '../options/options.js';
import { DEFAULT_PREVIEW } from '../../traffic/toolbox/reading.js';
import { appOptions } from './app-options.js';
import { allCauses } from '../../traffic/causes/causes.js';
import { viewFor } from './views.js';

/** Bytes that a compressed message may have by default; extracted and searched ones are kept whole up to that. */
export const DEFAULT_MAX_MESSAGE = 64 * 1024 * 1024;

/** Throws a UsageError for what is wrong in them, before any input is read. */
export function checkReading(options: DecodingOptions): void {
  deflateOf(options.deflate);
  appOptions(options);
}

/** Which connections are read, and how, by the options of the command line. Their numbers begin at `first`. */
export function trafficOptions(options: DecodingOptions, first: number): ConversationsOptions {
  const { asWebsocket, shard, selection } = options;
  const apps = appOptions(options);
  return {
    first,
    reading: readingOptions(options),
    causes: allCauses,
    wants: connectionFilter(options),
    ...(options.quiet !== true && { legs: true as const }),
    ...(selection?.isStrained === false && { chosen: selection.chosen }),
    ...(asWebsocket && { webSocketPorts: new Set(asWebsocket) }),
    shard,
    ...(apps && { apps }),
  };
}

/** The same for a capture, of which millions of lines are drawn by default: nothing is kept that no line shows. */
export function captureOptions(options: DecodingOptions, first: number): ConversationsOptions {
  const all = trafficOptions(options, first);
  const { view, json, grep, extract, preview, write, html } = options;
  const showsLines = viewFor(view, 'capture').needs.payload === 'line' && !json;
  const takesWhole = grep !== undefined || [extract, write, html].some((name) => name !== undefined);
  if (!showsLines || takesWhole || preview !== undefined) return all;
  return { ...all, reading: { ...all.reading, previewBytes: MOST_SHOWN, messageBytes: MOST_SHOWN } };
}

function readingOptions(options: DecodeOptions): TranscriptOptions {
  const deflate = deflateOf(options.deflate);
  const { maxMessage = DEFAULT_MAX_MESSAGE, extract, grep, preview = DEFAULT_PREVIEW, direction, write } = options;
  const isWhole = grep !== undefined || write !== undefined;
  const whole = Math.max(preview, maxMessage);
  return {
    ...(deflate && { deflate }),
    ...(direction && { direction }),
    // What is read of a file is not written to: what is not used need not be unmasked.
    payloads: 'view',
    raw: lazyDeflate,
    acceptOf,
    previewBytes: isWhole ? whole : preview,
    messageBytes: isWhole || extract !== undefined ? whole : preview,
    maxMessageBytes: maxMessage,
  };
}
