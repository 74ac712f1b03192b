/** The library for Node: everything of `index.browser.ts`, with the adapters around node:crypto and node:zlib. */
export * from './index.browser.js';
export { acceptKey, acceptSteps, type AcceptSteps } from './codec/accept-key.js';
export { nodeDeflate } from './codec/zlib.js';
