import { DEFAULT_HEAD_LIMIT } from '../../codec/http1/head-reader.js';

/**
 * The limits of `ws` that the standard does not have: with its own values legal traffic would end in an error of ours.
 * The remaining limits bound memory, and are reported as a limit of this end (`isOwnLimit`).
 */
export const WS_LIMITS = {
  /** Frames of a message (RFC 6455 §5.4 has no limit). Each that is not empty is kept until the message is whole. */
  maxFragments: 128 * 1024,
  /** Chunks in which one frame may come. */
  maxBufferedChunks: 1024 * 1024,
} as const;

/** Bytes of a head, in either direction: the limit of `check`, `decode` and browsers. */
export const MOST_HEAD = DEFAULT_HEAD_LIMIT;

/** A limit of this end: the close code that `ws` sends for it, and its meaning, in words. */
interface OwnLimit {
  readonly closeCode: number;
  readonly words: string;
}

const { maxFragments, maxBufferedChunks } = WS_LIMITS;
const OWN_LIMITS: ReadonlyMap<string, OwnLimit> = new Map([
  ['WS_ERR_UNSUPPORTED_MESSAGE_LENGTH', { closeCode: 1009, words: 'the message is larger than this end takes' }],
  ['WS_ERR_UNSUPPORTED_DATA_PAYLOAD_LENGTH', { closeCode: 1009, words: 'this end takes no frame above 2^53-1 bytes' }],
  [
    'WS_ERR_TOO_MANY_BUFFERED_PARTS',
    {
      closeCode: 1008,
      words: `this end takes up to ${maxFragments} fragments a message, and ${maxBufferedChunks} chunks a frame`,
    },
  ],
]);

/** Which limit of ours an error of `ws` concerns; undefined: none. */
export function ownLimit(code: string): OwnLimit | undefined {
  return OWN_LIMITS.get(code);
}
