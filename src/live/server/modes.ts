import { decodeUtf8, encodeUtf8 } from '../../codec/bytes/utf8.js';
import type { PolicyRefusal } from '../listener/policy.js';
import { messageFrame, type Peer } from './peer.js';
import { LONG_ROOM_NAME, roomNameOf } from './polling.js';
import type { Rooms } from './rooms.js';

export const MODES = ['echo', 'chat', 'broadcast', 'sink', 'silent'] as const;
export type ModeName = (typeof MODES)[number];

/** The state that all peers of a server share. */
export interface ServerContext {
  readonly peers: ReadonlySet<Peer>;
  readonly rooms: Rooms;
  now(): number;
  /** A notice for the user: about a connection, or the server. */
  notice(message: string, connection?: number): void;
  /** Ends a peer that does not read. */
  dropStalled(peer: Peer): void;
}

/** The behaviour of a server towards its peers. */
export interface Mode {
  /** Undefined: it is accepted. */
  enter?(target: URL, context: ServerContext): PolicyRefusal | undefined;
  opened?(peer: Peer, target: URL): void;
  message(peer: Peer, data: Buffer, isBinary: boolean): void;
  closed?(peer: Peer): void;
}

const CHAT_PATH = /^\/ws\/([^/]+)\/?$/;
const MOST_NICKNAME = 64;

/** The modes of `serve --mode`. */
export function modeNamed(name: ModeName, context: ServerContext): Mode {
  switch (name) {
    case 'echo':
      return {
        message(peer, data, isBinary) {
          peer.send(data, isBinary);
          peer.waitForReader();
        },
      };
    case 'broadcast':
      return { message: (_, data, isBinary) => sendToAll(context, context.peers, data, isBinary) };
    // Both answer nothing; a sink does not even count.
    case 'sink':
    case 'silent':
      return { message: () => undefined };
    case 'chat':
      return new Chat(context);
  }
}

function sendToAll(context: ServerContext, peers: Iterable<Peer>, data: Uint8Array, isBinary: boolean): void {
  const frame = messageFrame(data, isBinary);
  for (const peer of peers) {
    if (peer.isStalledNow()) context.dropStalled(peer);
    else peer.sendFrame(frame, data, isBinary);
  }
}

/** Everyone but the sender gets `{"sender","msg"}`; pollers are in the same room. */
class Chat implements Mode {
  /** By the names of rooms: the peers of each, and the function that ends the listening. */
  private readonly groups = new Map<string, { readonly members: Map<string, Peer>; readonly leave: () => void }>();

  constructor(private readonly context: ServerContext) {}

  enter(target: URL): PolicyRefusal | undefined {
    const nickname = nicknameOf(target);
    if (nickname === undefined) return { status: 404, reason: 'chat is at /ws/<nickname>' };
    if (nickname === '' || nickname.length > MOST_NICKNAME) {
      return { status: 400, reason: `a nickname has 1 to ${MOST_NICKNAME} characters` };
    }
    const room = roomNameOf(target);
    if (room === undefined) return { status: 400, reason: LONG_ROOM_NAME };
    if (!this.context.rooms.canEnter(room)) return { status: 503, reason: 'there are too many rooms' };
    if (this.groups.get(room)?.members.has(nickname))
      return { status: 409, reason: `the nickname ${nickname} is taken` };
    return undefined;
  }

  opened(peer: Peer, target: URL): void {
    const name = roomNameOf(target)!;
    const members = this.groups.get(name)?.members ?? this.gather(name);
    if (members === undefined) return peer.close(1013, 'there are too many rooms');
    peer.nickname = nicknameOf(target)!;
    peer.room = name;
    members.set(peer.nickname, peer);
  }

  message(peer: Peer, data: Uint8Array, isBinary: boolean): void {
    if (isBinary) return this.context.notice('chat accepts text only: a binary message was ignored', peer.number);
    if (peer.room !== undefined) this.context.rooms.speak(peer.room, peer.nickname, decodeUtf8(data));
  }

  closed(peer: Peer): void {
    const group = peer.room === undefined ? undefined : this.groups.get(peer.room);
    if (group === undefined) return;
    group.members.delete(peer.nickname);
    if (group.members.size > 0) return;
    this.groups.delete(peer.room!);
    group.leave();
    this.context.rooms.left(peer.room!);
  }

  /** Enters a room: every message in it, from any sender, goes to all its peers. */
  private gather(name: string): Map<string, Peer> | undefined {
    const room = this.context.rooms.enter(name);
    if (room === undefined) return undefined;
    const members = new Map<string, Peer>();
    const leave = room.listen(({ sender, msg }) => {
      const others = [...members].flatMap(([nickname, peer]) => (nickname === sender ? [] : [peer]));
      sendToAll(this.context, others, encodeUtf8(JSON.stringify({ sender, msg })), false);
    });
    this.groups.set(name, { members: members, leave });
    return members;
  }
}

/** Of `/ws/<nickname>`; undefined for any other path. */
function nicknameOf({ pathname }: URL): string | undefined {
  const [, encoded] = CHAT_PATH.exec(pathname) ?? [];
  if (encoded === undefined) return undefined;
  try {
    return decodeURIComponent(encoded);
  } catch {
    return '';
  }
}
