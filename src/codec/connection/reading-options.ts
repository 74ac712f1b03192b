import type { DeflateParameters } from '../handshake/deflate-params.js';
import type { DeflateWindows } from '../deflate/windows.js';
import { MessageInflater, type DirectionDeflate, type RawDeflate } from '../deflate/message-deflate.js';
import type { SearchBudget } from '../resync/frame-search.js';
import { MessageAssembler, type MessageNeed } from '../messages/assembler.js';
import type { PayloadMemory } from '../bytes/payload-memory.js';
import type { Side } from '../bytes/stream-taker.js';
import type { Direction } from '../messages/records.js';

/** What is kept of frames and messages, and what inflates them: the same for every way that bytes come in. */
export interface ReadingOptions extends PayloadMemory {
  /** permessage-deflate as negotiated, for bytes without a handshake. */
  readonly deflate?: DeflateParameters;
  /** The DEFLATE library; without one, compressed messages are reported as compressed. */
  readonly raw?: RawDeflate;
  /** Computes an accept value; without it that of the response is not checked. */
  readonly acceptOf?: (key: string) => string;
  /** Payload bytes kept of each frame; 4096 by default. */
  readonly previewBytes?: number;
  /** Bytes kept of each message; 4096 by default. */
  readonly messageBytes?: number;
  /** What is needed of each message at the moment, where that can be more than `messageBytes`. */
  readonly need?: MessageNeed;
  /**
   * The bytes are recorded traffic: they may begin anywhere, have holes, and be no WebSocket. `websocket`: that it is
   * WebSocket is known.
   */
  readonly capture?: 'any' | 'websocket';
  /**
   * Heads come from a recording that may leave out headers, or the answer as a whole: what is not there may have been sent,
   * and both heads come before the first frame.
   */
  readonly partialHeads?: boolean;
  /** The side of the client, whatever it masks; by default a head or the masking shows it. */
  readonly client?: Side;
  /** The stream of this side begins with a head, whatever its bytes are: the reader's caller wrote it. */
  readonly headOf?: Side;
  /** Bytes that all searches for frames together may hold. */
  readonly searchBudget?: SearchBudget;
  /** What the windows of all compressed directions together may hold. */
  readonly windows?: DeflateWindows;
  /** Bytes that a compressed message may have, compressed and inflated; 64 MiB by default. */
  readonly maxMessageBytes?: number;
}

/** Payload bytes that are kept and shown where nothing is said. */
export const DEFAULT_PREVIEW = 4096;
const DEFAULT_MAX_MESSAGE = 64 * 1024 * 1024;

/** An assembler for one sender's frames. `fromStart` is false where the stream was joined in its middle. */
export function createAssembler(
  direction: Direction,
  parameters: DeflateParameters | undefined,
  options: ReadingOptions,
  fromStart = true,
): MessageAssembler {
  const { previewBytes = DEFAULT_PREVIEW, messageBytes = DEFAULT_PREVIEW, raw } = options;
  const { maxMessageBytes = DEFAULT_MAX_MESSAGE, windows, capture, payloads, unmask, need } = options;
  const assembler = new MessageAssembler({
    direction,
    previewBytes,
    messageBytes,
    ...(need && { need }),
    maxCompressedBytes: maxMessageBytes,
    joined: !fromStart && capture !== undefined,
    ...(payloads && { payloads }),
    ...(unmask && { unmask }),
  });
  if (parameters && raw) {
    const sender = senderParameters(parameters, direction);
    assembler.inflater = new MessageInflater(raw, sender, maxMessageBytes, fromStart, windows);
  }
  return assembler;
}

/** What the negotiated parameters mean for one sender. Where it is unknown, what reads both: the larger window, kept. */
export function senderParameters(parameters: DeflateParameters, direction: Direction): DirectionDeflate {
  const { clientMaxWindowBits, serverMaxWindowBits, clientNoContextTakeover, serverNoContextTakeover } = parameters;
  if (direction === 'client') return { windowBits: clientMaxWindowBits, noContextTakeover: clientNoContextTakeover };
  if (direction === 'server') return { windowBits: serverMaxWindowBits, noContextTakeover: serverNoContextTakeover };
  return {
    windowBits: Math.max(clientMaxWindowBits, serverMaxWindowBits),
    noContextTakeover: clientNoContextTakeover && serverNoContextTakeover,
  };
}
