import type { ObservedTopology } from '../../results/results';
import { oneLine } from '../../base/text';
import { boxesOf } from './boxes';
import { describeTopology } from './describe';
import { edgesOf } from './edges';
import { labels, type PictureLanguage } from './labels';
import { layOut } from './layout';
import { drawingOf } from './drawing';
import { svgOf } from './svg';

export { describeTopology } from './describe';
export type { PictureLanguage } from './labels';

/**
 * The picture of a topology as an SVG element to put into an HTML page. It is as wide as it has to be, and shrinks to
 * the width of what it stands in. Text has the page's `currentColor` and typeface; the page may set the custom
 * properties `--pic-host`, `--pic-container`, `--pic-bridge`, `--pic-link`, `--pic-socket` and `--pic-publish`, each with
 * its `-fill`, or style the classes, all of which begin with `pic-`.
 * @param language of labels and of the description that a screen reader tells
 */
export async function drawTopology(topology: ObservedTopology, language: PictureLanguage): Promise<string> {
  const drawing = drawingOf(topology);
  const words = labels[language];
  const layout = await layOut(boxesOf(drawing, words), edgesOf(drawing, words));
  return svgOf(layout, oneLine(words.topology(topology.name)), oneLine(describeTopology(topology, language)));
}
