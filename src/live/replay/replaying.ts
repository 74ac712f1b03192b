import type { ServerContext, Mode } from '../server/modes.js';
import type { Peer } from '../server/peer.js';
import { Player, type ReplayEnd } from './player.js';
import type { Script } from './script.js';

export interface Replaying {
  readonly script: Script;
  readonly speed: number;
  readonly autoPong: boolean;
  random(this: void, length: number): Uint8Array;
}

/** Plays the recorded server to each client: each of its messages after as many messages as had come before it in the recording. */
export class ReplayMode implements Mode {
  private readonly players = new Map<Peer, { readonly player: Player; readonly over: AbortController }>();

  constructor(
    private readonly replaying: Replaying,
    private readonly context: ServerContext,
  ) {}

  opened(peer: Peer): void {
    const { script, speed, autoPong, random } = this.replaying;
    const player = new Player(script, 'server', speakerOf(peer, autoPong), {
      ...{ speed, random, by: 'messages', patience: Infinity },
      now: () => performance.now(),
    });
    const over = new AbortController();
    this.players.set(peer, { player, over });
    void player.play(over.signal).then((isWhole) => {
      if (isWhole) this.context.notice('the recording is at its end', peer.number);
    });
  }

  message(peer: Peer): void {
    this.players.get(peer)?.player.messageReceived();
  }

  closed(peer: Peer): void {
    this.players.get(peer)?.over.abort();
    this.players.delete(peer);
  }
}

function speakerOf(peer: Peer, autoPong: boolean): ReplayEnd {
  const { socket } = peer;
  return {
    get isOpen() {
      return peer.isOpen;
    },
    compresses: socket.extensions !== '',
    autoPong,
    room: () => peer.taken(),
    flushed: () => peer.taken(0),
    message: (data, binary) => peer.send(data, binary),
    raw: (bytes) => peer.raw(bytes),
    ping: (payload) => socket.ping(payload),
    close: (code, reason) => socket.close(code, reason),
    end: (how) => (how === 'reset' ? peer.reset() : peer.finish()),
  };
}
