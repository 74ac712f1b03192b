import { decodeUtf8, encodeUtf8 } from '../codec/utf8.js';
import type { Refusal } from './gate.js';
import { messageFrame, type Peer } from './peer.js';
import type { Room, Rooms } from './room.js';

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
  private readonly guests = new Map<Room, Map<string, Peer>>();

  constructor(private readonly house: House) {}

  enter(target: URL): Refusal | undefined {
    const nickname = nicknameOf(target);
    if (nickname === undefined) return { status: 404, reason: 'chat is at /ws/<nickname>' };
    if (nickname === '' || nickname.length > MOST_NICKNAME) {
      return { status: 400, reason: `a nickname has 1 to ${MOST_NICKNAME} characters` };
    }
    const room = this.roomOf(target);
    if (room === undefined) return { status: 503, reason: 'there are too many rooms' };
    if (this.guestsOf(room).has(nickname)) return { status: 409, reason: `the nickname ${nickname} is taken` };
    return undefined;
  }

  opened(peer: Peer, target: URL): void {
    peer.nickname = nicknameOf(target)!;
    const room = this.roomOf(target)!;
    this.guestsOf(room).set(peer.nickname, peer);
    this.listen(room);
    peer.room = room;
  }

  message(peer: Peer, data: Uint8Array, isBinary: boolean): void {
    if (isBinary)
      return this.house.notice(`connection ${peer.number}: chat takes text, and passes over a binary message`);
    peer.room?.speak(peer.nickname, decodeUtf8(data), this.house.now());
  }

  closed(peer: Peer): void {
    if (peer.room) this.guestsOf(peer.room).delete(peer.nickname);
  }

  /** What is said in a room, by whomever, goes to all its peers. */
  private listen(room: Room): void {
    if (this.heard.has(room)) return;
    this.heard.add(room);
    room.listen(({ sender, msg }) => {
      const others = [...this.guestsOf(room)].flatMap(([name, peer]) => (name === sender ? [] : [peer]));
      tell(this.house, others, encodeUtf8(JSON.stringify({ sender, msg })), false);
    });
  }
  private readonly heard = new Set<Room>();

  private guestsOf(room: Room): Map<string, Peer> {
    let guests = this.guests.get(room);
    if (!guests) this.guests.set(room, (guests = new Map<string, Peer>()));
    return guests;
  }

  private roomOf(target: URL): Room | undefined {
    return this.house.rooms.named(target.searchParams.get('room') ?? 'main');
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
