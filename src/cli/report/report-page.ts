import { createHash } from 'node:crypto';
import { scriptJson } from '../../describe/script-json.js';

/** The files of the page, as the build makes them. */
export interface PageParts {
  readonly html: string;
  readonly style: string;
  readonly core: string;
  readonly app: string;
  readonly icon: string;
}

/** What a report has in it. */
export interface ReportContent {
  /** JSON texts of records, in their order. */
  readonly records: readonly string[];
  /** What was left out; empty: nothing. */
  readonly note: string;
  readonly title: string;
}

/**
 * The page as one file that needs no other, and opens from a disk: it fetches nothing, and its policy allows its own
 * script and style alone, by their hashes. The records are JSON, which no browser runs.
 */
export function reportPage(parts: PageParts, { records, note, title }: ReportContent): string {
  const script = oneScript(parts.core, parts.app);
  const icon = `data:image/svg+xml;base64,${Buffer.from(parts.icon).toString('base64')}`;
  const policy = [
    "default-src 'none'",
    `script-src '${hashOf(script)}'`,
    `style-src '${hashOf(parts.style)}'`,
    'img-src data:',
    // The script itself, as a worker, reads a file that is dropped.
    'worker-src blob:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  const head = `<meta http-equiv="Content-Security-Policy" content="${policy}" />`;
  const feed = `{"title":${JSON.stringify(title)},"note":${JSON.stringify(note)},"records":[${records.join(',\n')}]}`;
  const page = [
    [/<meta charset="utf-8" \/>/, (all: string) => `${all}\n    ${head}`],
    [/<link rel="stylesheet"[^>]*>/, () => `<style>${parts.style}</style>`],
    [/<script type="module"[^>]*><\/script>/, () => ''],
    [/data-feed="serve"/, () => 'data-feed="report"'],
    [
      /<\/body>/,
      () =>
        `  <script id="feed" type="application/json">${scriptJson(feed)}</script>\n<script type="module">${script}</script>\n</body>`,
    ],
  ] as const;
  const whole = page.reduce((text, [pattern, by]) => replacedOnce(text, pattern, by), parts.html);
  return whole.replaceAll('/icon.svg', icon);
}

function replacedOnce(text: string, pattern: RegExp, by: (all: string) => string): string {
  if (!pattern.test(text)) throw new Error(`the page has no ${pattern.source}`);
  return text.replace(pattern, by);
}

const IMPORT = /^import\s*\{([^}]*)\}\s*from\s*"\.\.\/core\.js";/;
const EXPORT = /\bexport\s*\{([^}]*)\};?\s*$/;

/** The two modules of the page as one, which imports nothing. */
export function oneScript(core: string, app: string): string {
  const exported = EXPORT.exec(core);
  const imported = IMPORT.exec(app);
  if (exported === null || imported === null) throw new Error('the page is built in another way');
  const given = exported[1]!.replace(AS, (_, local: string, name: string) => `${name}:${local}`);
  const taken = imported[1]!.replace(AS, (_, name: string, local: string) => `${name}:${local}`);
  const script = `const{${taken}}=(()=>{${core.slice(0, exported.index)}\nreturn{${given}}})();${app.slice(imported[0].length)}`;
  // None is in it today; in a string and in an expression without flags they mean the same.
  return script.replace(/<(?=\/script|!--)/gi, '\\x3c');
}

const AS = /([\w$]+)\s+as\s+([\w$]+)/g;

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}
