import { targetInWords, type Target } from './asked';

/** By which proxy a program that follows the variables of its environment would go. */
export interface ProxyOfEnvironment {
  variable: string;
  /** as it stands there, without a password */
  proxy: string;
  /** what curl is given, so that it follows them as a program does */
  environment: Record<string, string>;
  url: string;
}

/**
 * The proxy that variables of an environment name for a target; undefined where there is none, or where the target is
 * spoken to in something else than HTTP. What NO_PROXY leaves out is left to curl: then it goes without.
 */
export function proxyFor(environment: Record<string, string>, target: Target): ProxyOfEnvironment | undefined {
  if (target.greeting !== 'http' && target.greeting !== 'https') return undefined;
  const scheme = target.greeting;
  const names = [`${scheme}_proxy`, `${scheme.toUpperCase()}_PROXY`, 'all_proxy', 'ALL_PROXY'];
  const variable = names.find((name) => environment[name]);
  const value = variable === undefined ? undefined : environment[variable];
  if (variable === undefined || value === undefined) return undefined;
  const without = environment['no_proxy'] || environment['NO_PROXY'] || '';
  return {
    variable,
    proxy: value.replace(/\/\/[^@/]*@/, '//'),
    // curl reads HTTP_PROXY in small letters only; other programs read both
    environment: { [`${scheme}_proxy`]: value, no_proxy: without },
    url: target.url ?? `${scheme}://${targetInWords(target)}/`,
  };
}
