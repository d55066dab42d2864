import { render } from 'preact';
import type { ReportData } from '../report-data';
import { App } from './app';
import { restored, type Interned } from './interned';
import { applyTheme, rememberedTheme } from './remembered';
import { dictionary } from './words';

// at once, in the page's head: later, a dark page would flash
applyTheme(rememberedTheme());
document.addEventListener('DOMContentLoaded', () => void start());

/** Puts the living page in the place of the one that was rendered without a script. */
async function start(): Promise<void> {
  const root = document.getElementById('root');
  if (!root) return;
  try {
    const data = await unpacked(document.getElementById('data')?.textContent ?? '');
    root.replaceChildren();
    render(<App data={data} />, root);
  } catch (error) {
    const told = root.querySelector('.without-script');
    if (told) told.textContent = dictionary.en.broken;
    throw error;
  }
}

/** Undoes `pack`. */
async function unpacked(text: string): Promise<ReportData> {
  const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate'));
  return restored((await new Response(stream).json()) as Interned) as ReportData;
}
