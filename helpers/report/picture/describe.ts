import type { ObservedTopology } from '../results';

/** Languages that a picture can be labelled and described in. */
export type PictureLanguage = 'en' | 'ko';

/** The whole picture of a topology in sentences, for whoever cannot see it. Plain text: it is not escaped. */
export function describeTopology({ name, containers }: ObservedTopology, language: PictureLanguage): string {
  const members = containers.map((container) => container.name).join(', ');
  return language === 'en' ? `The topology ${name} has the containers ${members}.` : `토폴로지 ${name}의 컨테이너: ${members}.`;
}
