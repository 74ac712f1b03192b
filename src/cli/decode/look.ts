import { DEFAULT_WIDTH, type Look } from '../../terminal/layout.js';
import { createTheme, wantsColor } from '../../terminal/theme.js';
import type { Io } from '../host/io.js';
import type { CommonOptions } from '../options/options.js';

/** Below this nothing is readable. */
const MIN_WIDTH = 40;

/** Theme and width of the standard output. Without a terminal `COLUMNS` sets the width of tables and dumps. */
export async function lookOf(io: Io, options: CommonOptions): Promise<Look> {
  const theme = await createTheme(wantsColor(options.color, io.env, io.stdout.isTTY));
  const { columns = columnsOf(io.env['COLUMNS']), isTTY } = io.stdout;
  return { theme, width: Math.max(MIN_WIDTH, columns ?? DEFAULT_WIDTH), isOpen: !isTTY };
}

function columnsOf(text: string | undefined): number | undefined {
  return text !== undefined && /^[1-9]\d{0,3}$/.test(text) ? Number(text) : undefined;
}
