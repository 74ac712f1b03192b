// node websocket-client.js URL: drives the client of the package `websocket` through all cases.
import { drive } from './drive.js';
import { peer } from './from.js';

const { w3cwebsocket: Client } = peer('websocket');
const limits = { maxReceivedFrameSize: 64 * 1024 * 1024, maxReceivedMessageSize: 64 * 1024 * 1024 };
await drive(process.argv[2], 'websocket', (address) => new Client(address, [], undefined, {}, {}, limits));
