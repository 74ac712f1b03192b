import { WebSocket } from 'ws';
import { expect, it } from 'vitest';
import { wsinspect } from '../cli/binary.js';

/** The subprotocol that is selected for a client that offers these. */
async function selected(url: string, offered: string[]): Promise<string> {
  const socket = new WebSocket(url, offered);
  let protocol = '';
  socket.on('open', () => (protocol = socket.protocol));
  socket.on('error', (error) => (protocol = error.message));
  await new Promise((resolve) => socket.on('close', resolve));
  return protocol;
}

it('check --listen -s selects what is offered, and nothing else', async () => {
  const seen: string[] = [];
  let asked = false;
  await wsinspect(['check', '--listen', '127.0.0.1:0', '--json', '-s', 'chat', '--only', '1.1.1', '--allow-partial'], {
    during: (child, printed) => {
      const [, base] = /"url":"([^"]+)"/.exec(printed) ?? [];
      if (!base || asked) return;
      asked = true;
      const ask = async (): Promise<void> => {
        seen.push(await selected(`${base}getCaseCount`, ['other', 'chat']));
        seen.push(await selected(`${base}getCaseCount`, ['other']));
        child.kill('SIGINT');
      };
      void ask();
    },
  });
  expect(seen).toEqual(['chat', 'Server sent no subprotocol']);
});
