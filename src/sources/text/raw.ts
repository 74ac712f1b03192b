import type { Source, SourceEvent } from '../bytes/types.js';

/** Passes bytes on as they are. */
export class RawSource implements Source {
  readonly kind = 'raw bytes';

  push(chunk: Uint8Array): SourceEvent[] {
    return chunk.length > 0 ? [{ type: 'bytes', bytes: chunk }] : [];
  }

  end(): SourceEvent[] {
    return [];
  }
}

/** Says why the input is not read. */
export class RefusedSource implements Source {
  private isReported = false;

  constructor(
    readonly kind: string,
    private readonly reason: string,
  ) {}

  push(): SourceEvent[] {
    if (this.isReported) return [];
    this.isReported = true;
    return [{ type: 'problem', problem: { message: this.reason, offset: 0 } }];
  }

  end(): SourceEvent[] {
    return this.push();
  }
}
