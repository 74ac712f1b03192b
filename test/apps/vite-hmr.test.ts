import { describe, expect, it } from 'vitest';
import { survivesHostile, talk, violations, type Line } from './talk.js';

const NAME = 'vite-hmr';
const CONNECTED: Line = ['s', { type: 'connected' }];

describe('vite-hmr', () => {
  violations(NAME, [
    ['a session', [CONNECTED, ['c', { type: 'ping' }], ['s', { type: 'full-reload', path: '*' }]], []],
    ['no JSON', [['s', 'x']], ['json']],
    ['an unknown type', [CONNECTED, ['s', { type: 'constructor' }]], ['unknown-type']],
    ['a message of the server', [CONNECTED, ['c', { type: 'prune', paths: [] }]], ['sender']],
    ['no updates', [CONNECTED, ['s', { type: 'update' }]], ['missing-field']],
    ['no err', [CONNECTED, ['s', { type: 'error' }]], ['missing-field']],
    ['update before connected', [['s', { type: 'update', updates: [] }]], ['connected-first']],
  ]);
  violations(NAME, [['joined', [['s', { type: 'update', updates: [] }]], []]], { isJoined: true });

  it('shows paths, and pairs invocations', () => {
    const packets = talk(NAME, [
      CONNECTED,
      [
        's',
        {
          type: 'update',
          updates: [
            { type: 'js-update', path: '/a.ts' },
            { type: 'css-update', path: '/b.css' },
          ],
        },
      ],
      ['c', { type: 'custom', event: 'vite:invoke', data: { name: 'fetchModule', id: 'send:1', data: [] } }],
      ['s', { type: 'custom', event: 'vite:invoke', data: { name: 'fetchModule', id: 'response:1', data: {} } }],
    ]);
    expect(packets[1]!.summary).toBe('js-update /a.ts, css-update /b.css');
    expect(packets[3]!.answers).toEqual([{ key: packets[2]!.asks }]);
  });

  survivesHostile(NAME);
});
