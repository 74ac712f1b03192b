// node undici-client.js URL: drives the WebSocket of `undici` through all cases.
import { drive } from './drive.js';
import { peer } from './from.js';

const { WebSocket } = peer('undici');
await drive(process.argv[2], 'undici', (address) => new WebSocket(address));
