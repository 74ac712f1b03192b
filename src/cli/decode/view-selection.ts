import { DEFAULT_WIDTH, type Look } from '../../terminal/layout.js';
import { createTheme, wantsColor } from '../../terminal/theme.js';
import type { View, ViewOptions } from '../../describe/view.js';
import type { Io } from '../host/io.js';
import type { CommonOptions, DecodeOptions, DecodingOptions } from '../options/options.js';
import { DEFAULT_PREVIEW } from '../../traffic/toolbox/reading.js';
import { viewFor, type Layout } from './views.js';

/** Below this nothing is readable. */
const MIN_WIDTH = 40;

/** What is known of the capture that is being read. */
export interface Seen {
  /** Time of the first packet, NaN where unknown. */
  readonly start: number;
  /** One more than the number of the newest connection. */
  readonly opened: number;
}

/** Theme and width of the standard output. Without a terminal `COLUMNS` sets the width of tables and dumps. */
export async function lookOf(io: Io, options: CommonOptions): Promise<Look> {
  const theme = await createTheme(wantsColor(options.color, io.env, io.stdout.isTTY));
  const { columns = columnsOf(io.env['COLUMNS']), isTTY } = io.stdout;
  return { theme, width: Math.max(MIN_WIDTH, columns ?? DEFAULT_WIDTH), isOpen: !isTTY };
}

function columnsOf(text: string | undefined): number | undefined {
  return text !== undefined && /^[1-9]\d{0,3}$/.test(text) ? Number(text) : undefined;
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
  return view.draw({ options: drawing, look: await lookOf(io, options), opened: () => seen()?.opened ?? 0, goesOn });
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
