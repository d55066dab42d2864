/** Id of the claim that a test of Jest's judges: its title is `<id>: <title of the claim>`. */
export const claimIdOf = (title: string): string => title.split(': ', 1)[0] ?? '';
