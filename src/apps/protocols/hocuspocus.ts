import type { AppMessage, AppPacket, AppProtocol, AppReader } from '../packet.js';
import { YjsDocument, type YjsSaid } from './yjs/document.js';
import type { Lib0Reader } from './yjs/lib0.js';
import { readYjsMessage } from './yjs/read-message.js';
import { YJS_RULES, type YjsBreak } from './yjs/rules.js';

const NAME = 'hocuspocus';
const TYPES = [
  'Sync',
  'Awareness',
  'Auth',
  'QueryAwareness',
  'SyncReply',
  'Stateless',
  'BroadcastStateless',
  'CLOSE',
  'SyncStatus',
  'Ping',
  'Pong',
] as const;
const AUTHS = ['Token', 'PermissionDenied', 'Authenticated'] as const;
const MOST_DOCUMENTS = 1000;

/** Several documents share a connection: each message begins with the name of one. */
class HocuspocusReader implements AppReader {
  private readonly documents = new Map<string, YjsDocument>();

  constructor(private isPartial: boolean) {}

  lost(): void {
    this.isPartial = true;
  }

  read(message: AppMessage): readonly AppPacket[] {
    if (message.isText) return [];
    const packet = readYjsMessage(NAME, message, (reader, broke) => {
      const id = reader.field(
        'document',
        () => reader.text('document'),
        (value) => value,
      );
      const start = reader.at;
      const number = reader.field(
        'type',
        () => reader.varuint('type'),
        (value) => TYPES[value] ?? value,
      );
      const type = TYPES[number];
      if (type !== undefined) return { type, id, ...this.said(type, id, reader, message, broke) };
      broke('unknown-type', start, reader.at, { what: 'message type', type: number });
      return { type: 'invalid', id, summary: '' };
    });
    return [packet];
  }

  private said(
    type: (typeof TYPES)[number],
    id: string,
    reader: Lib0Reader,
    { direction }: AppMessage,
    broke: YjsBreak,
  ): YjsSaid & { readonly isError?: boolean } {
    switch (type) {
      case 'Sync':
      case 'SyncReply':
        return this.document(id).sync(reader, direction, broke);
      case 'Awareness':
        return this.document(id).awareness(reader, direction, broke);
      case 'Auth':
        return authOf(reader, id, broke);
      case 'Stateless':
      case 'BroadcastStateless': {
        const payload = reader.field(
          'payload',
          () => reader.text('payload'),
          (value) => value,
        );
        return { summary: JSON.stringify(payload.slice(0, 200)), payload };
      }
      case 'CLOSE': {
        if (reader.left === 0) return { summary: '' };
        const payload = reader.field(
          'reason',
          () => reader.text('reason'),
          (value) => value,
        );
        return { summary: JSON.stringify(payload), payload };
      }
      case 'SyncStatus': {
        const saved = reader.field(
          'status',
          () => reader.varuint('status'),
          (value) => value,
        );
        return { summary: saved === 1 ? 'saved' : 'not saved', payload: saved };
      }
      default:
        return { summary: '' };
    }
  }

  private document(id: string): YjsDocument {
    let document = this.documents.get(id);
    if (document !== undefined) return document;
    document = new YjsDocument(`sync ${id} `, () => this.isPartial);
    // What the documents after these did before is not known.
    if (this.documents.size < MOST_DOCUMENTS) this.documents.set(id, document);
    else this.isPartial = true;
    return document;
  }
}

function authOf(reader: Lib0Reader, id: string, broke: YjsBreak): YjsSaid & { readonly isError?: boolean } {
  const start = reader.at;
  const number = reader.field(
    'auth type',
    () => reader.varuint('auth type'),
    (value) => AUTHS[value] ?? value,
  );
  const name = AUTHS[number];
  const key = `auth ${id}`;
  switch (name) {
    case 'Token': {
      reader.field(
        'token',
        () => reader.text('token'),
        (value) => value,
      );
      const hasVersion = reader.left > 0;
      const version = hasVersion
        ? reader.field(
            'version',
            () => reader.text('version'),
            (value) => value,
          )
        : '';
      return { name, summary: hasVersion ? `provider ${version}` : '', asks: key };
    }
    case 'PermissionDenied': {
      const reason = reader.field(
        'reason',
        () => reader.text('reason'),
        (value) => value,
      );
      return { name, summary: JSON.stringify(reason), payload: reason, answers: [{ key }], isError: true };
    }
    case 'Authenticated': {
      const scope = reader.field(
        'scope',
        () => reader.text('scope'),
        (value) => value,
      );
      return { name, summary: scope, payload: scope, answers: [{ key }] };
    }
    default:
      broke('unknown-type', start, reader.at, { what: 'auth type', type: number });
      return { summary: '' };
  }
}

export const HOCUSPOCUS: AppProtocol = {
  name: NAME,
  title: 'Hocuspocus',
  rules: YJS_RULES,
  open: ({ isJoined }) => new HocuspocusReader(isJoined),
};
