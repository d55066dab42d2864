import type { ObservedTopology } from '../results';
import { escapeMarkup, plain } from '../text';
import { describeTopology, type PictureLanguage } from './describe';

export { describeTopology, type PictureLanguage } from './describe';

/**
 * The picture of a topology as an SVG element to put into an HTML page. It is drawn with `currentColor`; everything in
 * it has a class that begins with `pic-`, by which the page may style it.
 * @param language of labels and of the description that a screen reader tells
 */
export function drawTopology(topology: ObservedTopology, language: PictureLanguage): Promise<string> {
  const description = escapeMarkup(plain(describeTopology(topology, language)));
  return Promise.resolve(`<svg class="pic" role="img" viewBox="0 0 640 40"><title>${escapeMarkup(plain(topology.name))}</title><desc>${description}</desc><text class="pic-label" x="8" y="24" fill="currentColor">${description}</text></svg>`);
}
