/** Whether a refusal says that there is no address range left for a network that names none. */
export function isOutOfRanges(message: string): boolean {
  return /address pools have been fully subnetted|non-overlapping IPv[46] address pool/.test(message);
}
