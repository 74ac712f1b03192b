/** One panel at a time; `opened` is called with its name. Gives what opens one. */
export function setUpTabs(opened: (name: string) => void, signal: AbortSignal): (name: string) => void {
  // Beside each other from this width on: the connect panel is always there, and the other three are tabs.
  const wide = matchMedia('(min-width: 1080px)');
  const list = document.querySelector<HTMLElement>('[role="tablist"]')!;
  const tabs = [...list.querySelectorAll<HTMLElement>('[role="tab"]')];
  const shown = (): HTMLElement[] => tabs.filter((tab) => getComputedStyle(tab).display !== 'none');

  const open = (tab: HTMLElement): void => {
    for (const other of tabs) {
      other.setAttribute('aria-selected', String(other === tab));
      other.tabIndex = other === tab ? 0 : -1;
    }
    const name = tab.dataset['tab']!;
    document.body.dataset['tab'] = name;
    opened(name);
  };
  list.addEventListener('click', (event) => {
    const tab = (event.target as Element).closest<HTMLElement>('[role="tab"]');
    if (tab !== null) open(tab);
  });
  list.addEventListener('keydown', (event) => {
    const move = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    const all = shown();
    const to = all[(all.indexOf(event.target as HTMLElement) + move + all.length) % all.length];
    if (move === 0 || to === undefined) return;
    event.preventDefault();
    open(to);
    to.focus();
  });
  const fit = (): void => {
    const current = document.body.dataset['tab'];
    openNamed(wide.matches && current === 'chat' ? 'inspector' : current);
  };
  const openNamed = (name: string | undefined): void => open(tabs.find(({ dataset }) => dataset['tab'] === name)!);
  wide.addEventListener('change', fit, { signal });
  fit();
  return openNamed;
}
