import type { Direction } from '../codec/messages/records.js';
import type { AppContext, AppMessage, AppPacket, AppReader, EndDiagnostic } from './packet.js';
import { AppRecognition } from './recognition.js';
import { APP_SIGNS } from './sign-table.js';

type AppOpening = (name: string, context: AppContext) => AppReader | undefined;

/** The context of a reader whose protocol may carry others, which `open` opens as well. */
export function withNested(open: AppOpening, context: Omit<AppContext, 'nested'>): AppContext {
  const whole: AppContext = { ...context, nested: (inner) => new NestedReading(open, whole, inner) };
  return whole;
}

/** A protocol inside another: what the outer one carries are its messages. It is stated, or recognised by them. */
class NestedReading implements AppReader {
  private reader: AppReader | undefined;
  private recognition: AppRecognition | undefined;

  constructor(
    private readonly opening: AppOpening,
    private readonly context: AppContext,
    stated: string | undefined,
  ) {
    if (stated === undefined) this.recognition = new AppRecognition(APP_SIGNS);
    else this.reader = opening(stated, context);
  }

  read(message: AppMessage): readonly AppPacket[] {
    const name = this.recognition?.message(message);
    if (name !== undefined) {
      this.recognition = undefined;
      this.reader = this.opening(name, this.context);
    }
    const packets = this.reader?.read(message);
    if (packets === undefined) this.reader = undefined;
    return packets ?? [];
  }

  lost(direction: Direction): void {
    this.reader?.lost?.(direction);
  }

  end(): readonly EndDiagnostic[] {
    return this.reader?.end?.() ?? [];
  }
}
