import { createHash } from 'node:crypto';
import { scriptJson } from '../../describe/script-json.js';

/** The files of the page, as the build makes them. */
export interface PageParts {
  readonly html: string;
  readonly style: string;
  readonly icon: string;
  /** The modules by their names, each after those that it imports: the last is the page. */
  readonly scripts: ReadonlyMap<string, string>;
  /** Modules that are not in the file: to load one fails. */
  readonly leftOut: readonly string[];
}

/** What a report has in it. */
export interface ReportContent {
  /** JSON texts of records, in their order. */
  readonly records: readonly string[];
  /** What was left out; empty: nothing. */
  readonly note: string;
  /** What was reported about the reading, where the note has not all of it. */
  readonly inFull: readonly string[];
  readonly title: string;
}

/**
 * The page as one file that needs no other, and opens from a disk: it fetches nothing, and its policy allows its own
 * script and style alone, by their hashes. The records are JSON, which no browser runs.
 */
export function reportPage(parts: PageParts, { records, note, inFull, title }: ReportContent): string {
  const script = oneScript(parts.scripts, parts.leftOut);
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
  const feed = `{"title":${JSON.stringify(title)},"note":${JSON.stringify(note)},"inFull":${JSON.stringify(inFull)},"records":[${records.join(',\n')}]}`;
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

const IMPORT = /^import\s*(?:\{([^}]*)\}\s*from\s*)?"\.{1,2}\/([\w-]+\.js)";/;
const LAZY_IMPORT = /\bimport\("\.{1,2}\/([\w-]+\.js)"\)/g;
/** A licence may follow. */
const EXPORT = /\bexport\s*\{([^}]*)\};?\s*(\/\*![^]*\*\/\s*)?$/;
const AS = /([\w$]+)\s+as\s+([\w$]+)/g;
/** The build makes no names of that length. */
const NAME = 'wsinspectModule';

/**
 * The modules of the page as one script, which imports nothing: each is a function that is called when it is needed for the
 * first time, so that those that are loaded later cost nothing before.
 */
export function oneScript(scripts: ReadonlyMap<string, string>, leftOut: readonly string[] = []): string {
  const names = [...scripts.keys()];
  const nameOf = (file: string): string => {
    const at = names.indexOf(file);
    if (at < 0) throw new Error(`the page is built in another way: it imports ${file}`);
    return NAME + at;
  };
  const modules = [...scripts.values()].map((text, at) => {
    const { heads, rest } = withoutImports(text, nameOf);
    const body = rest.replace(LAZY_IMPORT, (_, file: string) =>
      leftOut.includes(file) ? 'Promise.reject(Error())' : `Promise.resolve().then(${nameOf(file)})`,
    );
    const exported = EXPORT.exec(body);
    if (exported === null) return `const ${NAME}${at}=()=>{${heads}${body}\n};`;
    const given = exported[1]!.replace(AS, (_, local: string, name: string) => `${name}:${local}`);
    return `const ${NAME}${at}=once(()=>{${heads}${body.slice(0, exported.index)}\nreturn{${given}}});${exported[2] ?? ''}`;
  });
  const once = 'const once=(make)=>{let made;return()=>made??=make()};';
  const script = `(()=>{${once}${modules.join('\n')}\n${NAME}${names.length - 1}();})();`;
  // None is in it today; in a string and in an expression without flags they mean the same.
  return script.replace(/<(?=\/script|!--)/gi, '\\x3c');
}

/** What a module imports, taken from the functions of the others. */
function withoutImports(
  text: string,
  nameOf: (file: string) => string,
): { readonly heads: string; readonly rest: string } {
  let [heads, rest] = ['', text];
  for (let found = IMPORT.exec(rest); found !== null; found = IMPORT.exec(rest)) {
    const [whole, taken = '', file = ''] = found;
    const names = taken.replace(AS, (_, name: string, local: string) => `${name}:${local}`);
    heads += `const{${names}}=${nameOf(file)}();`;
    rest = rest.slice(whole.length);
  }
  return { heads, rest };
}

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}
