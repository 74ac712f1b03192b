// node ws-client.js URL [deflate]: drives `ws` as a client through all cases.
import { WebSocket } from 'ws';
import { drive } from './drive.js';

const [url, deflate] = process.argv.slice(2);
const perMessageDeflate = deflate === 'deflate';
const options = { perMessageDeflate, maxPayload: 64 * 1024 * 1024, maxFragments: 0, maxBufferedChunks: 0 };
await drive(url, 'ws', (address) => new WebSocket(address, options));
