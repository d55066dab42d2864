import type { JSX } from 'preact';
import { languages, type Language } from '../report-data';
import { themes, usePage, type Theme } from './page';

const names: Record<Language, string> = { en: 'English', ko: '한국어' };

/** Language, theme, and whether single keys do something. */
export function Settings(): JSX.Element {
  const { words, language, controls } = usePage();
  return (
    <div class="settings" role="group" aria-label={words.settings}>
      <label>
        <span class="unseen">{words.language}</span>
        <select
          name="language"
          value={language}
          onChange={({ currentTarget }) => controls?.chooseLanguage(currentTarget.value as Language)}
        >
          {languages.map((it) => (
            <option key={it} value={it} lang={it}>
              {names[it]}
            </option>
          ))}
        </select>
      </label>
      <label>
        <span class="unseen">{words.theme}</span>
        <select name="theme" value={controls?.theme} onChange={({ currentTarget }) => controls?.chooseTheme(currentTarget.value as Theme)}>
          {themes.map((it) => (
            <option key={it} value={it}>
              {words.themes[it]}
            </option>
          ))}
        </select>
      </label>
      <label class="shortcuts" title={words.shortcutsMean}>
        <input
          type="checkbox"
          name="shortcuts"
          checked={controls?.shortcuts}
          onChange={({ currentTarget }) => controls?.chooseShortcuts(currentTarget.checked)}
        />
        <span>{words.shortcuts}</span>
      </label>
    </div>
  );
}
