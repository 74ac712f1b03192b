import { decodeUtf8, encodeUtf8 } from '../../codec/bytes/utf8.js';
import type { Refusal } from '../listener/policy.js';
import { messageFrame, type Peer } from './peer.js';
import { LONG_ROOM_NAME, roomNameOf } from './polling.js';
import type { Rooms } from './rooms.js';

export const MODES = ['echo', 'chat', 'broadcast', 'sink', 'silent'] as const;
export type ModeName = (typeof MODES)[number];

/** What all peers of a server share. */
export interface House {
  readonly peers: ReadonlySet<Peer>;
  readonly rooms: Rooms;
  now(): number;
  /** Something that a person should know. */
  notice(message: string): void;
  /** Ends a peer that does not read. */
  dropStalled(peer: Peer): void;
}

/** What a server does with its peers. */
export interface Mode {
  /** Undefined: it may come in. */
  enter?(target: URL, house: House): Refusal | undefined;
  opened?(peer: Peer, target: URL): void;
  message(peer: Peer, data: Uint8Array, isBinary: boolean): void;
  closed?(peer: Peer): void;
}

const CHAT_PATH = /^\/ws\/([^/]+)\/?$/;
const MOST_NICKNAME = 64;

/** The modes of `serve --mode`. */
export function modeNamed(name: ModeName, house: House): Mode {
  switch (name) {
    case 'echo':
      return {
        message(peer, data, isBinary) {
          peer.send(data, isBinary);
          peer.waitForReader();
        },
      };
    case 'broadcast':
      return { message: (_, data, isBinary) => tell(house, house.peers, data, isBinary) };
    // Both answer nothing; a sink does not even keep count.
    case 'sink':
    case 'silent':
      return { message: () => undefined };
    case 'chat':
      return new Chat(house);
  }
}

function tell(house: House, peers: Iterable<Peer>, data: Uint8Array, isBinary: boolean): void {
  const frame = messageFrame(data, isBinary);
  for (const peer of peers) {
    if (peer.isBehind()) house.dropStalled(peer);
    else peer.sendFrame(frame, data, isBinary);
  }
}

/** Everyone but the sender gets `{"sender","msg"}`; pollers are in the same room. */
class Chat implements Mode {
  /** By the names of rooms: the peers of each, and what ends hearing what is said there. */
  private readonly parties = new Map<string, { readonly guests: Map<string, Peer>; readonly leave: () => void }>();

  constructor(private readonly house: House) {}

  enter(target: URL): Refusal | undefined {
    const nickname = nicknameOf(target);
    if (nickname === undefined) return { status: 404, reason: 'chat is at /ws/<nickname>' };
    if (nickname === '' || nickname.length > MOST_NICKNAME) {
      return { status: 400, reason: `a nickname has 1 to ${MOST_NICKNAME} characters` };
    }
    const room = roomNameOf(target);
    if (room === undefined) return { status: 400, reason: LONG_ROOM_NAME };
    if (!this.house.rooms.canEnter(room)) return { status: 503, reason: 'there are too many rooms' };
    if (this.parties.get(room)?.guests.has(nickname))
      return { status: 409, reason: `the nickname ${nickname} is taken` };
    return undefined;
  }

  opened(peer: Peer, target: URL): void {
    const name = roomNameOf(target)!;
    const guests = this.parties.get(name)?.guests ?? this.gather(name);
    if (guests === undefined) return peer.close(1013, 'there are too many rooms');
    peer.nickname = nicknameOf(target)!;
    peer.room = name;
    guests.set(peer.nickname, peer);
  }

  message(peer: Peer, data: Uint8Array, isBinary: boolean): void {
    if (isBinary)
      return this.house.notice(`connection ${peer.number}: chat accepts text only: a binary message was ignored`);
    if (peer.room !== undefined) this.house.rooms.speak(peer.room, peer.nickname, decodeUtf8(data));
  }

  closed(peer: Peer): void {
    const party = peer.room === undefined ? undefined : this.parties.get(peer.room);
    if (party === undefined) return;
    party.guests.delete(peer.nickname);
    if (party.guests.size > 0) return;
    this.parties.delete(peer.room!);
    party.leave();
    this.house.rooms.left(peer.room!);
  }

  /** Enters a room: what is said there, by whomever, goes to all its peers. */
  private gather(name: string): Map<string, Peer> | undefined {
    const room = this.house.rooms.enter(name);
    if (room === undefined) return undefined;
    const guests = new Map<string, Peer>();
    const leave = room.listen(({ sender, msg }) => {
      const others = [...guests].flatMap(([nickname, peer]) => (nickname === sender ? [] : [peer]));
      tell(this.house, others, encodeUtf8(JSON.stringify({ sender, msg })), false);
    });
    this.parties.set(name, { guests, leave });
    return guests;
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
