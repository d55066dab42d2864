/**
 * Start of an argv whose program the kernel kills when this process ends, however it ends: what a killed set-up started
 * must not go on writing where the next one already works.
 */
export const dieWithUs: readonly string[] = ['setpriv', '--pdeathsig', 'KILL'];
