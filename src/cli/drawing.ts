import { DEFAULT_PREVIEW } from '../codec/assembling.js';
import { annotatedView } from '../render/annotated.js';
import { jsonView } from '../render/json.js';
import type { Look } from '../render/layout.js';
import { messagesView } from '../render/messages.js';
import { summaryView } from '../render/summary.js';
import { createTheme, wantsColor } from '../render/theme.js';
import type { View, ViewOptions } from '../render/view.js';
import type { Io } from './io.js';
import type { CommonOptions, DecodeOptions } from './options.js';

/** Columns where the output is no terminal. */
const DEFAULT_WIDTH = 80;
/** Below this nothing is readable anyway. */
const MIN_WIDTH = 40;

export type ViewName = 'annotated' | 'summary' | 'messages';

/** Theme and width of the standard output. */
export async function lookOf(io: Io, options: CommonOptions): Promise<Look> {
  const theme = await createTheme(wantsColor(options.color, io.env, io.stdout.isTTY));
  return { theme, width: Math.max(MIN_WIDTH, io.stdout.columns ?? DEFAULT_WIDTH) };
}

/** The view that was asked for. */
export async function viewOf(name: ViewName, io: Io, options: CommonOptions, view: ViewOptions): Promise<View> {
  if (options.quiet) return () => '';
  if (options.json) return jsonView(view, name === 'messages');
  const look = await lookOf(io, options);
  if (name === 'annotated') return annotatedView(view, look);
  return name === 'summary' ? summaryView(view, look) : messagesView(view, look);
}

/** The view that was asked for, or else the default that the input calls for, made when the first record comes. */
export type LazyView = (byDefault: ViewName) => Promise<View>;

export function lazyView(io: Io, options: DecodeOptions): LazyView {
  let made: Promise<View> | undefined;
  const drawing: ViewOptions = {
    preview: options.preview ?? DEFAULT_PREVIEW,
    pretty: options.pretty === true,
    base64: options.base64 === true,
    verbose: options.verbose === true,
  };
  return (byDefault) => (made ??= viewOf(options.view ?? byDefault, io, options, drawing));
}
