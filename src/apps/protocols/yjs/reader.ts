import type { Direction } from '../../../codec/messages/records.js';
import type { AppMessage, AppPacket, AppProtocol, AppReader } from '../../packet.js';
import { YjsDocument } from './document.js';
import { readYjsMessage } from './read-message.js';
import { YJS_RULES } from './rules.js';

const NAME = 'yjs';
const TYPES = ['sync', 'awareness', 'auth', 'query awareness'] as const;

class YjsReader implements AppReader {
  private readonly document: YjsDocument;

  /** Sides whose messages fit: before both do, one that does not shows another protocol, as its signs are few bytes. */
  private readonly fit = new Set<Direction>();

  constructor(
    private isPartial: boolean,
    private readonly isStated: boolean,
  ) {
    this.document = new YjsDocument('sync ', () => this.isPartial);
  }

  lost(): void {
    this.isPartial = true;
  }

  read(message: AppMessage): readonly AppPacket[] | undefined {
    if (message.isText) return [];
    const { direction } = message;
    const packet = readYjsMessage(NAME, message, (reader, broke) => {
      const number = reader.field(
        'type',
        () => reader.varuint('type'),
        (value) => TYPES[value] ?? value,
      );
      const type = TYPES[number];
      switch (type) {
        case 'sync':
          return { type, ...this.document.sync(reader, direction, broke) };
        case 'awareness':
          return { type, ...this.document.awareness(reader, direction, broke) };
        case 'auth': {
          const start = reader.at;
          const sub = reader.field(
            'auth type',
            () => reader.varuint('auth type'),
            (value) => value,
          );
          if (sub !== 0) {
            broke('unknown-type', start, reader.at, { what: 'auth type', type: sub });
            return { type, summary: '' };
          }
          const reason = reader.field(
            'reason',
            () => reader.text('reason'),
            (value) => value,
          );
          return { type, name: 'permission denied', summary: JSON.stringify(reason), payload: reason };
        }
        case 'query awareness':
          return { type, summary: '' };
        default:
          broke('unknown-type', 0, reader.at, { what: 'message type', type: number });
          return { type: 'invalid', summary: '' };
      }
    });
    if (packet.diagnostics.length === 0) this.fit.add(direction);
    else if (!this.isStated && this.fit.size < 2) return undefined;
    return [packet];
  }
}

export const YJS: AppProtocol = {
  name: NAME,
  title: 'Yjs (y-websocket)',
  rules: YJS_RULES,
  open: ({ isJoined, isStated = false }) => new YjsReader(isJoined, isStated),
};
