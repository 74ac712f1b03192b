import { CASES } from '../../conformance/all-cases.js';
import type { Case } from '../../conformance/case.js';
import type { BelowTrace } from './frames.js';
import type { CheckOptions } from '../options/check-options.js';

/** Those about HTTP/2 are loaded where they are needed. */
async function withHttp2(): Promise<readonly Case[]> {
  const { HTTP2_CASES } = await import('../entries/check-http2.js');
  return [...HTTP2_CASES, ...CASES];
}

/** All cases that these options can select. */
export async function allCases({ http2 }: Pick<CheckOptions, 'http2'>): Promise<readonly Case[]> {
  return http2 ? withHttp2() : CASES;
}

/** What draws the layer below the WebSockets. */
export async function belowOf({ http2 }: Pick<CheckOptions, 'http2'>): Promise<BelowTrace | undefined> {
  return http2 && (await import('../entries/check-http2.js')).HTTP2_TRACE;
}

/** All cases, for files of results that name these. */
export async function casesNamed(ids: readonly string[]): Promise<readonly Case[]> {
  return ids.some((id) => id.startsWith('h2')) ? withHttp2() : CASES;
}
