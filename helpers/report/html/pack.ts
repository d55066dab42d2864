import { deflateSync } from 'node:zlib';
import { interned } from './page/interned';

/** Data as text that may stand in any element: JSON, each text once, compressed in the zlib format, in base64. The same data give the same text. */
export function pack(data: unknown): string {
  return deflateSync(JSON.stringify(interned(data)), { level: 9 }).toString('base64');
}
