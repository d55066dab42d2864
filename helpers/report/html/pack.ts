import { deflateSync } from 'node:zlib';

/** Data as text that may stand in any element: JSON, compressed in the zlib format, in base64. The same data give the same text. */
export function pack(data: unknown): string {
  return deflateSync(JSON.stringify(data), { level: 9 }).toString('base64');
}
