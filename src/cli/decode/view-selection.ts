import type { View, ViewOptions } from '../../describe/view.js';
import type { Io } from '../host/io.js';
import type { DecodeOptions, DecodingOptions } from '../options/options.js';
import { DEFAULT_PREVIEW } from '../../traffic/toolbox/reading.js';
import { lookOf } from './look.js';
import { VIEW_DRAWINGS } from './view-drawing.js';
import { viewFor, type Layout } from './views.js';

/** What is known of the capture that is being read. */
export interface Seen {
  /** Time of the first packet, NaN where unknown. */
  readonly start: number;
  /** One more than the number of the newest connection. */
  readonly opened: number;
}

/** The requested view, or else the default for the input. `goesOn`: other records are printed before the first. */
export async function viewOf(
  layout: Layout,
  io: Io,
  options: DecodingOptions,
  seen: () => Seen | undefined,
  goesOn: boolean,
): Promise<View> {
  if (options.quiet || options.stats || options.undrawn) return () => undefined;
  const drawing = { ...drawingOptions(options, () => seen()?.start), captured: layout === 'capture' };
  const view = viewFor(options.view, layout);
  if (options.json) {
    const { jsonView } = await import('../entries/views.js');
    return jsonView(drawing, view.needs.json ?? view.needs.records);
  }
  const look = await lookOf(io, options);
  return VIEW_DRAWINGS[view.name]({ options: drawing, look, opened: () => seen()?.opened ?? 0, goesOn });
}

function drawingOptions(options: DecodeOptions, captureStart: () => number | undefined): ViewOptions {
  return {
    preview: options.preview ?? DEFAULT_PREVIEW,
    stretch: options.preview !== undefined,
    pretty: options.pretty === true,
    base64: options.base64 === true,
    verbose: options.verbose === true,
    ...(options.relativeTime && { since: captureStart }),
  };
}
