import type { Verdict } from '../../results/verdict';
import type { Step } from './report-data';

/** Characters of a text that a page quotes; of how scenes of a conforming claim came to be, least. All of it is in the results. */
const most = { sceneOfWhatConforms: 300, ofWhatConforms: 900, ofOthers: 4000 };

/** So much longer a text may be before it is cut: an end that says how much is missing is to save something. */
const slack = 1.3;

/** As many digits of an id as tell it from others; `docker ps` shows as many. */
const digitsOfId = 12;

/**
 * A step as a page quotes it: ids of 64 digits, which are most of what cannot be compressed, are shortened, and long texts
 * end with how much more the results have.
 */
export function quoted(step: Step, verdict: Verdict): Step {
  const room = verdict !== 'conforms' ? most.ofOthers : step.kind === 'note' ? most.sceneOfWhatConforms : most.ofWhatConforms;
  return { ...step, what: shortened(step.what, room), answer: shortened(step.answer, room) };
}

function shortened(text: string, room: number): string {
  const short = text.replace(/[0-9a-f]{64}/g, (id) => `${id.slice(0, digitsOfId)}…`);
  return short.length <= room * slack ? short : `${short.slice(0, room)} … (${short.length - room} more characters in the results)`;
}
