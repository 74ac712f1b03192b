import { chromium, type Browser, type BrowserContext, type BrowserContextOptions, type Page } from 'playwright-core';
import { BROWSER } from '../tools.js';

/**
 * What a page would start processes for: a spare one for each context, and another one where the address changes from
 * `about:blank` to ours. The rest are those that Playwright turns off: the last list counts.
 */
const FEATURES = [
  ...['SpareRendererForSitePerProcess', 'IsolateOrigins', 'site-per-process'],
  ...['HttpsUpgrades', 'MediaRouter', 'NetworkTimeServiceQuerying', 'OptimizationHints', 'PaintHolding'],
  ...['PreconnectToSearch', 'RenderDocument', 'ThirdPartyStoragePartitioning', 'Translate'],
];

function launch(args: readonly string[]): Promise<Browser> {
  // Without a sandbox: tests may run as root, and look only at our own page.
  const own = ['--no-sandbox', '--disable-gpu', '--disable-site-isolation-trials'];
  const features = `--disable-features=${FEATURES.join(',')}`;
  return chromium.launch({ executablePath: BROWSER!, args: [...own, features, ...args] });
}

/** One browser for all files that a process runs: it ends with the process. */
let shared: Promise<Browser> | undefined;

async function sharedBrowser(): Promise<Browser> {
  const running = await shared;
  if (running?.isConnected() !== true) shared = launch([]);
  return shared!;
}

/** Opens pages, and keeps what they complain about. */
export class Pages {
  /** Messages of the console, violations of the policy among them, and errors that were not caught. */
  readonly complaints: string[] = [];
  private browser: Browser | undefined;
  private readonly contexts: BrowserContext[] = [];
  private readonly args: readonly string[];

  constructor(...args: readonly string[]) {
    this.args = args;
  }

  async start(): Promise<void> {
    this.browser = await (this.args.length === 0 ? sharedBrowser() : launch(this.args));
  }

  async open(url: string, options: BrowserContextOptions = {}): Promise<Page> {
    const context = await this.browser!.newContext({ viewport: { width: 1440, height: 900 }, ...options });
    this.contexts.push(context);
    const page = await context.newPage();
    // Only what hangs is to end by it: machines may be busy.
    page.setDefaultTimeout(60_000);
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') this.complaints.push(message.text());
    });
    page.on('pageerror', ({ message }) => this.complaints.push(message));
    await page.goto(url);
    return page;
  }

  async end(): Promise<void> {
    if (this.args.length > 0) await this.browser?.close();
    else for (const context of this.contexts) await context.close();
  }
}
