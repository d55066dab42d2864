import type { Controls } from './page';
import { formatRoute, type Route } from './route';

/** What keys do wherever the focus is; see the page's help. */
export function onKey(event: KeyboardEvent, route: Route, { replace, openHelp, shortcuts }: Controls): void {
  const { target, key } = event;
  if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector('dialog[open]')) return;
  const search = document.getElementById('search');
  if (key === 'Escape') {
    if (target === search && route.filters.text !== '') replace({ ...route, filters: { ...route.filters, text: '' } });
    else if (target === search) search?.blur();
    else if (route.view !== 'matrix') location.hash = formatRoute({ ...route, view: 'matrix', engine: undefined });
    else return;
    event.preventDefault();
  } else if (!shortcuts || isTyping(target)) {
    return;
  } else if (key === '?') {
    event.preventDefault();
    openHelp();
  } else if (key === '/') {
    event.preventDefault();
    if (search) search.focus();
    else {
      addEventListener('hashchange', () => setTimeout(() => document.getElementById('search')?.focus()), { once: true });
      location.hash = formatRoute({ ...route, view: 'matrix', engine: undefined });
    }
  }
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.matches('input:not([type=checkbox]), textarea, select');
}
