/** Where and why input can't be read. Lines and columns count from 1 (columns in characters), `offset` in bytes of the input. */
export interface InputProblem {
  readonly message: string;
  readonly offset: number;
  readonly line?: number;
  readonly column?: number;
}

/** Kind of the first header of a captured packet; `unknown` where a text dump does not say (infer it from the bytes). */
export type LinkType = 'ethernet' | 'sll' | 'sll2' | 'null' | 'loop' | 'raw' | 'pppoe' | 'unknown';

/** A captured packet: `bytes` from the first header on, possibly cut by the capture's snap length. */
export interface Packet {
  readonly link: LinkType;
  readonly bytes: Uint8Array;
  /** Seconds since the epoch, where known. */
  readonly time?: number;
  /** Length on the wire; more than `bytes.length` when the capture cut it. */
  readonly originalLength: number;
  /** It was pasted as bytes, and the user regards it as WebSocket. */
  readonly isPasted?: boolean;
}

/** What a source of recorded bytes yields. */
export type SourceEvent =
  /**
   * Bytes of a stream without packets (hex, a dump of bare bytes, follow output). `side` distinguishes two interleaved
   * directions: 0 is the first that sent anything. `stream` counts from 0 the connections that a text distinguishes (socat,
   * tcpflow, several follows in a row); without it there is one.
   */
  | {
      readonly type: 'bytes';
      readonly bytes: Uint8Array;
      readonly side?: 0 | 1;
      readonly stream?: number;
      readonly time?: number;
    }
  | { readonly type: 'packet'; readonly packet: Packet }
  /** For stderr: a byte order that was swapped back, bytes that were passed over. */
  | { readonly type: 'notice'; readonly message: string }
  /** A part that can't be read and was left out, a packet or a line (`isLine`): reading continues after it. */
  | { readonly type: 'damage'; readonly problem: InputProblem; readonly isLine?: true }
  /** The input can't be read from here on. No event follows. */
  | { readonly type: 'problem'; readonly problem: InputProblem };

/** An incremental reader of one form of recorded bytes: all that was complete comes out of `push`; `end` gives the rest. Never throws on any input; memory is bounded. */
export interface Source {
  push(chunk: Uint8Array): SourceEvent[];
  end(): SourceEvent[];
}
