import { openSource } from '../capture/detect.js';
import { Flows } from '../capture/flows.js';
import type { InputProblem, SourceEvent } from '../capture/types.js';
import type { Side } from '../codec/connection.js';
import type { Direction } from '../codec/records.js';
import { encodeUtf8 } from '../codec/utf8.js';
import { ConnectionJudge } from '../rules/connection-judge.js';
import { ConnectionInspector, Inspector } from '../rules/inspector.js';
import { acceptOf, itemOfJudged, type Item } from './items.js';
import type { Judged } from '../rules/judged.js';

export interface Pasted {
  /** What the text was taken for. */
  readonly form: string | undefined;
  readonly items: readonly Item[];
  readonly notices: readonly string[];
  /** Why it can't be read any further. */
  readonly problem?: string;
}

const PREVIEW = 1024;

/** Reads what `decode` reads: hex in any spelling, hex dumps, packets as text; the frames and handshakes in it. */
export function readPasted(text: string, direction: Direction): Pasted {
  const reading = new PasteReading(direction);
  const source = openSource('auto');
  for (const event of [...source.push(encodeUtf8(text)), ...source.end()]) reading.take(event);
  reading.end();
  const { judged, notices, problem } = reading;
  const form = source.kind();
  return { form, items: judged.map(itemOfJudged), notices, ...(problem !== undefined && { problem }) };
}

class PasteReading {
  readonly judged: Judged[] = [];
  readonly notices: string[] = [];
  problem: string | undefined;
  private bare: Inspector | undefined;
  private readonly streams = new Map<number, ConnectionInspector>();
  private flows: Flows | undefined;
  private readonly options = { acceptOf, previewBytes: PREVIEW, messageBytes: PREVIEW };

  constructor(private readonly direction: Direction) {}

  take(event: SourceEvent): void {
    switch (event.type) {
      case 'bytes':
        if (event.side === undefined) this.judged.push(...this.bareBytes().push(event.bytes, event.time));
        else this.judged.push(...this.stream(event.stream ?? 0).push(event.side, event.bytes, event.time));
        break;
      case 'packet':
        (this.flows ??= this.packets()).push(event.packet);
        break;
      case 'notice':
        this.notices.push(event.message);
        break;
      case 'damage':
        this.notices.push(placed(event.problem));
        break;
      case 'problem':
        this.problem = placed(event.problem);
    }
  }

  end(): void {
    this.judged.push(...(this.bare?.end() ?? []));
    for (const stream of this.streams.values()) this.judged.push(...stream.end());
    this.flows?.end();
  }

  private bareBytes(): Inspector {
    return (this.bare ??= new Inspector({ ...this.options, direction: this.direction }));
  }

  private stream(number: number): ConnectionInspector {
    let stream = this.streams.get(number);
    if (stream === undefined) {
      stream = new ConnectionInspector({ ...this.options, connection: number });
      this.streams.set(number, stream);
    }
    return stream;
  }

  /** TCP is put together again, each connection read on its own. */
  private packets(): Flows {
    return new Flows({
      open: ({ number }) => {
        const judge = new ConnectionJudge({ ...this.options, capture: 'any' }, number, (record) =>
          this.judged.push(record),
        );
        return {
          data: (side: Side, bytes, start, end, _offset, time) => judge.read(side, bytes, start, end, time),
          gap: (side: Side, _offset, length) => judge.gap(side, length, NaN),
          fin: () => undefined,
          reset: () => undefined,
          close: () => judge.end(NaN),
        };
      },
    });
  }
}

function placed({ line, column, message }: InputProblem): string {
  return line === undefined ? message : `line ${line}, column ${column}: ${message}`;
}
