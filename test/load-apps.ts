import { vi } from 'vitest';

/** Tests run the sources: there is no file of the application protocols that could be required. */
vi.mock('../src/cli/entries/load-apps.js', async () => {
  const apps = await import('../src/cli/entries/apps.js');
  return { loadApps: () => apps };
});
