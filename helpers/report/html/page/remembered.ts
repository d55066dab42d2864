import { languageOf } from './route';
import type { Language } from '../report-data';
import { themes, type Theme } from './page';

const prefix = 'docker-network-conformance.';

/** What the reader chose earlier; browsers may keep nothing for a file, and then nothing was chosen. */
function recall(name: string): string | null {
  try {
    return localStorage.getItem(prefix + name);
  } catch {
    return null;
  }
}

function remember(name: string, value: string): void {
  try {
    localStorage.setItem(prefix + name, value);
  } catch {
    // the choice lasts as long as the page
  }
}

export function rememberedTheme(): Theme {
  const theme = recall('theme');
  return themes.find((it) => it === theme) ?? 'system';
}

/** Shows the page in a theme, and the same one next time. */
export function chooseTheme(theme: Theme): void {
  remember('theme', theme);
  applyTheme(theme);
}

export function applyTheme(theme: Theme): void {
  document.documentElement.dataset['theme'] = theme;
}

/** Whether keys without Ctrl or Alt do something: yes, until the reader turns that off. */
export function rememberedShortcuts(): boolean {
  return recall('shortcuts') !== 'off';
}

export function rememberShortcuts(on: boolean): void {
  remember('shortcuts', on ? 'on' : 'off');
}

/** The language for an address that names none in its hash: `?lang=`, else what was chosen earlier, else what the browser asks for. */
export function preferredLanguage(): Language {
  const wanted = [new URLSearchParams(location.search).get('lang'), recall('language'), ...navigator.languages];
  for (const tag of wanted) {
    const language = languageOf(tag);
    if (language) return language;
  }
  return 'en';
}

export function rememberLanguage(language: Language): void {
  remember('language', language);
}
