import { messagePacket } from '../build-packet.js';
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

type HocuspocusSaid = YjsSaid & { readonly isError?: boolean };

/** Several documents share a connection: each message begins with the name of one. */
class HocuspocusReader implements AppReader {
  private readonly documents = new Map<string, YjsDocument>();
  /** Documents for which the server asks again for the token. */
  private readonly tokensAsked = new Set<string>();

  constructor(private isPartial: boolean) {}

  lost(): void {
    this.isPartial = true;
  }

  read(message: AppMessage): readonly AppPacket[] {
    if (message.isText) return [];
    const beat = message.length === 1 ? BEATS[message.bytes[0]!] : undefined;
    if (beat !== undefined) return [beatPacket(message, beat)];
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
  ): HocuspocusSaid {
    switch (type) {
      case 'Sync':
      case 'SyncReply':
        return this.document(id).sync(reader, direction, broke);
      case 'Awareness':
        return this.document(id).awareness(reader, direction, broke);
      case 'Auth':
        return direction === 'client' ? this.token(reader, id, broke) : this.asked(reader, id, broke);
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

  /** The server asks for a token by the type alone; the client's answer has no answer in its turn. */
  private asked(reader: Lib0Reader, id: string, broke: YjsBreak): HocuspocusSaid {
    const said = authOf(reader, id, broke);
    if (said.name !== 'TokenSync') return said;
    if (this.tokensAsked.size < MOST_DOCUMENTS) this.tokensAsked.add(id);
    return { ...said, asks: `token ${id}` };
  }

  private token(reader: Lib0Reader, id: string, broke: YjsBreak): HocuspocusSaid {
    const { asks, ...said } = authOf(reader, id, broke);
    if (this.tokensAsked.delete(id)) return { ...said, answers: [{ key: `token ${id}` }] };
    return { ...said, ...(asks !== undefined && { asks }) };
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

/** Of the connection, not of a document: the type alone. */
const BEATS: Readonly<Record<number, 'Ping' | 'Pong'>> = { 9: 'Ping', 10: 'Pong' };

function beatPacket(message: AppMessage, type: 'Ping' | 'Pong'): AppPacket {
  const fields = [{ name: 'type', span: { start: 0, end: 1 }, value: type }];
  const links = type === 'Ping' ? { asks: 'ping' } : { answers: [{ key: 'ping' }] };
  return messagePacket(message, { protocol: NAME, type, fields: () => fields, ...links });
}

function authOf(reader: Lib0Reader, id: string, broke: YjsBreak): HocuspocusSaid {
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
      if (reader.left === 0) return { name: 'TokenSync', summary: 'the token is asked for' };
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
