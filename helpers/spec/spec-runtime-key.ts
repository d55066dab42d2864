/** Name under which the Jest environment hands the spec runtime to the realm of a spec file. */
export const specRuntime = Symbol.for('docker-network-conformance.spec-runtime');
