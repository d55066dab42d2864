/** Name under which a run puts what stands behind the names that specs import. */
export const networkKey = Symbol.for('docker-network-conformance.network');
