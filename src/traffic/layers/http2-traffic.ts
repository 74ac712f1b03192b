import { Http2Layer, type Http2Start } from '../../codec/http2/http2-layer.js';
import type { Http2Opener } from '../../codec/http2/http2-taker.js';
import type { LayerTaker } from './layers.js';

/** What opens HTTP/2: of the input of `Conversations`. */
export function openHttp2(opener: Http2Opener, start?: Http2Start): LayerTaker {
  return new Http2Layer(opener, start);
}
