/** The library for Node: everything of `index.browser.ts`, with the adapters around node:crypto and node:zlib. */
export * from './index.browser.js';
export { nodeDeflate } from './codec/zlib.js';
