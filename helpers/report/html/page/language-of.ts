import type { Language } from '../report-data';

/** The language of a text of results: English, unless a run was asked for another one (`--lang`). */
export const languageOf = (text: string): Language => (/[가-힣]/.test(text) ? 'ko' : 'en');
