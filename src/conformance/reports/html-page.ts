import { STYLE, STYLE_HASH } from './html-style.js';
import { clipped, markup, Markup } from './html-text.js';

/** What is in a page of results. */
export interface HtmlPage {
  /** What it is about, in the title. */
  readonly title: string;
  /** What came of it, in a few words. */
  readonly headline: string;
  /** There is nothing in it that needs attention. */
  readonly isGood: boolean;
  readonly main: Markup;
  /** After it. */
  readonly panels?: Markup;
}

/** One page without scripts that fetches nothing. */
export function htmlPage({ title, headline, isGood, main, panels = markup`` }: HtmlPage): string {
  const policy = `default-src 'none'; style-src '${STYLE_HASH}'; base-uri 'none'; form-action 'none'`;
  const page = markup`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${policy}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="referrer" content="no-referrer" />
        <title>${headline} · ${clipped(title, 200)}</title>
        <style>
          ${new Markup(STYLE)}
        </style>
      </head>
      <body>
        <header class="top">
          <h1>WebSocket conformance <span class="verdict ${isGood ? 'good' : 'bad'}">${headline}</span></h1>
        </header>
        <main>${main}</main>
        ${panels}
      </body>
    </html> `;
  return page.text;
}
