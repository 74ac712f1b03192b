/** What a line at the prompt requests. */
export type Typed =
  | {
      readonly kind: 'message';
      readonly data: Uint8Array;
      readonly binary: boolean;
      /** It has its terminator, where its protocol wants one. */
      readonly isWhole?: true;
    }
  | { readonly kind: 'ping' | 'raw'; readonly data: Uint8Array }
  | { readonly kind: 'close'; readonly code: number | undefined; readonly reason: string }
  /** Bytes of each frame from now on; undefined: messages stay whole. */
  | { readonly kind: 'fragment'; readonly bytes: number | undefined }
  | { readonly kind: 'help' | 'quit' }
  | { readonly kind: 'mistake'; readonly reason: string };
