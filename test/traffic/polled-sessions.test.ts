import { describe, expect, it } from 'vitest';
import { PolledSessions, type PolledMessage } from '../../src/traffic/apps/polled-sessions.js';

const MB = 1024 * 1024;

const message = (text: string, size = text.length): PolledMessage => ({
  direction: 'client',
  isText: true,
  bytes: new TextEncoder().encode(text.padEnd(size, '.')),
  time: 1,
});

/** What a session hands on from now on, in short. */
function joined(sessions: PolledSessions, key: string): string[] {
  const said: string[] = [];
  sessions.join(key, ({ bytes }) => said.push(new TextDecoder().decode(bytes.subarray(0, 1))));
  return said;
}

describe('sessions of what was polled', () => {
  it('give their WebSocket what was said before it, and after', () => {
    const sessions = new PolledSessions();
    expect(sessions.isUsed).toBe(false);
    sessions.said('x', message('a'));
    sessions.said('y', message('b'));
    sessions.said('x', message('c'));
    const said = joined(sessions, 'x');
    expect(said).toEqual(['a', 'c']);
    sessions.said('x', message('d'));
    sessions.said('y', message('e'));
    expect(said).toEqual(['a', 'c', 'd']);
    sessions.leave('x');
    sessions.said('x', message('f'));
    expect(said).toEqual(['a', 'c', 'd']);
    expect(sessions.isUsed).toBe(true);
  });

  it('hold 16 MiB for WebSockets that may come: the oldest session is given up', () => {
    const sessions = new PolledSessions();
    const open = joined(sessions, 'open');
    for (let i = 0; i < 20; i++) sessions.said(`session ${i}`, message(String.fromCharCode(0x61 + i), MB));
    expect(joined(sessions, 'session 0')).toEqual([]);
    expect(joined(sessions, 'session 4')).toEqual([]);
    expect(joined(sessions, 'session 5')).toEqual(['f']);
    expect(joined(sessions, 'session 19')).toEqual(['t']);
    sessions.said('open', message('z'));
    expect(open).toEqual(['z']);
  });

  it('are 10,000 at most', () => {
    const sessions = new PolledSessions();
    for (let i = 0; i < 10_001; i++) sessions.said(`session ${i}`, message('a'));
    expect(joined(sessions, 'session 0')).toEqual([]);
    expect(joined(sessions, 'session 1')).toEqual(['a']);
  });
});
