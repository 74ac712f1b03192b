// node faye-client.js URL: drives the client of `faye-websocket` through all cases.
import { drive } from './drive.js';
import { peer } from './from.js';

const { Client } = peer('faye-websocket');
await drive(process.argv[2], 'faye-websocket', (address) => new Client(address));
