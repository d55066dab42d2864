/** Code of a cause that was looked for and not found; everything that was collected is its evidence. */
export const unknownCause = 'unknown';
