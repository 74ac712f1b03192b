export { openApp, payloadPacket } from '../../apps/readers.js';
