import { PcapngWriter } from '../../src/sources/files/pcapng-writer.js';
import { clientFirst, type StreamOpener } from '../../src/codec/bytes/stream-taker.js';
import { acceptKey } from '../../src/codec/handshake/accept-key.js';
import { nodeDeflate } from '../../src/codec/deflate/node-zlib.js';
import { NdjsonWriter } from '../../src/describe/recordings/ndjson-writer.js';
import { concat } from '../sources/packets.js';
import type { Dice } from './dice.js';
import { REQUESTS, RESPONSES, type Inputs } from './inputs.js';
import { cut } from './probe.js';

const latin1 = (text: string): Uint8Array => Uint8Array.from(text, (char) => char.charCodeAt(0));
const ENDS = [{}, { client: '10.0.0.1:40000', server: '10.1.0.1:80' }, { client: '[::1]:1', server: '/run/a.sock' }];

/** Recordings of random conversations, each in one of the kinds that --record writes. */
export class Recordings {
  constructor(private readonly inputs: Inputs) {}

  recording(dice: Dice): Uint8Array {
    if (dice.once(3)) return latin1(this.archive(dice));
    const pieces: Uint8Array[] = [];
    const emit = (bytes: Uint8Array): void => void pieces.push(bytes);
    const reading = { raw: nodeDeflate, acceptOf: acceptKey };
    const most = dice.once(3) ? dice.roll(20) : 1000;
    this.converse(dice, dice.once(4) ? new PcapngWriter(emit) : new NdjsonWriter(emit, { reading, most }));
    return concat(...pieces);
  }

  private converse(dice: Dice, opener: StreamOpener): void {
    const count = 1 + dice.roll(3);
    let time = 1_700_000_000 + dice.roll(1000) / 8;
    const takers = Array.from({ length: count }, (_, i) => opener.opened(clientFirst(i, dice.pick(ENDS)), time)!);
    const heads = dice.once(4) ? [] : [latin1(dice.pick(REQUESTS)), latin1(dice.pick(RESPONSES))];
    for (const taker of takers) heads.forEach((head, side) => taker.data(side as 0 | 1, head, 0, head.length, time));
    for (let turns = dice.roll(8); turns > 0; turns--) {
      const [taker, side] = [takers[dice.roll(count)]!, dice.roll(2) as 0 | 1];
      time += dice.roll(100) / 64;
      for (const bytes of cut(dice, this.inputs.wire(dice), 100)) taker.data(side, bytes, 0, bytes.length, time);
    }
    for (const taker of takers) {
      if (dice.once(3)) continue;
      const side = dice.roll(2) as 0 | 1;
      const isReset = dice.once(3);
      if (isReset) taker.reset(side, time);
      else for (const each of [side, side === 0 ? 1 : 0] as const) taker.fin(each, time);
      taker.close(isReset ? 'reset' : 'fin', time);
    }
  }

  private archive(dice: Dice): string {
    const messages = Array.from({ length: dice.roll(5) }, () => ({
      type: dice.pick(['send', 'receive', 'error']),
      time: 1_700_000_000 + dice.roll(100) / 8,
      opcode: dice.pick([1, 1, 2, 2, 8, 9, 0, -1, 'x']),
      data: dice.pick(['', 'Hello', '{"a":1}', 'AAEC', '\x1b[2J', 'x'.repeat(130), 5]),
    }));
    const headers = [
      { name: 'Host', value: 'a' },
      { name: dice.pick(['X', ':path', 5]), value: dice.pick(['y', '\r\n']) },
    ];
    const entry = {
      ...(dice.once(2) && { _webSocketMessages: messages }),
      request: { method: 'GET', url: dice.pick(['ws://a/b?c', 'wss://[::1]:9/', 'x', '']), headers },
      response: { status: dice.pick([101, 200, 403]), statusText: 'x', headers },
      startedDateTime: dice.pick(['2026-11-22T15:12:37.000Z', 'never']),
      serverIPAddress: dice.pick(['10.1.0.1', '::1', '']),
      ...(dice.once(2) && { _webSocketMessages: messages }),
    };
    const entries = Array.from({ length: dice.roll(3) }, () => entry);
    return JSON.stringify({ log: { version: '1.2', entries } }, undefined, dice.once(2) ? 2 : 0);
  }
}
