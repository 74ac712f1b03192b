// A port for a server that has to be told its port. One that the system hands out may be the near end of a connection of
// another program by the time it is used, so it is taken from below those.
import { randomInt } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';

/** Ports from here on need no rights, and few services that people run are above. */
const LOWEST = 10_240;
/** Where the ports of outgoing connections begin if the system does not say: RFC 6335 §6. */
const DYNAMIC = 49_152;

function firstDynamic() {
  try {
    return Number(readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'utf8').trim().split(/\s+/)[0]);
  } catch {
    return DYNAMIC;
  }
}

const isFree = (port) =>
  new Promise((resolve) => {
    const server = createServer();
    server.on('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });

/** A port of 127.0.0.1 that nobody listens on, and that no outgoing connection will take. */
export async function freePort() {
  const end = Math.max(firstDynamic(), LOWEST + 1000);
  for (;;) {
    const port = randomInt(LOWEST, end);
    if (await isFree(port)) return port;
  }
}
