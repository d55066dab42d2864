import { z } from 'zod';
import { sizes } from './limits';

/** A list, no longer than any engine in use has. */
const listOf = <T extends z.ZodType>(member: T) => z.array(member).max(sizes.list);

const id = z.string().min(1, 'an id').max(1024, 'an id');
const name = z.string().max(4096, 'a name');

/** Labels as an engine gives them: Podman gives null for none. */
const labels = z.record(z.string(), z.string()).nullish();

/** `GET /version`: what the suite takes from it. */
export const versionShape = z.looseObject({
  Version: z.string().regex(/^\D{0,20}\d+(\.\d+){0,3}\b.{0,100}$/s, 'a version such as 28.5.2'),
  ApiVersion: z.string().regex(/^\d{1,4}\.\d{1,4}$/, 'a version such as 1.51'),
  Components: listOf(z.looseObject({ Name: name })).nullish(),
});

/** `GET /info`: what the suite takes from it. */
export const infoShape = z.looseObject({
  ID: z.string().nullish(),
  KernelVersion: name.nullish(),
  SecurityOptions: listOf(z.string()).nullish(),
  // Podman's own field; 4.3 has nothing in the one before
  Rootless: z.boolean().nullish(),
  FirewallBackend: z.looseObject({ Driver: name.nullish() }).nullish(),
  IPv4Forwarding: z.boolean().nullish(),
  Swarm: z.looseObject({ LocalNodeState: name.nullish() }).nullish(),
  Plugins: z.looseObject({ Network: listOf(name).nullish() }).nullish(),
  DefaultAddressPools: listOf(z.looseObject({ Base: name, Size: z.number() })).nullish(),
});

/** `GET /networks/{id}`: what the suite takes from it. */
export const networkShape = z.looseObject({
  Id: id,
  Driver: name.nullish(),
  EnableIPv6: z.boolean().nullish(),
  Options: z.record(z.string(), z.string()).nullish(),
  IPAM: z
    .looseObject({
      Config: listOf(
        z.looseObject({ Subnet: name.nullish(), Gateway: name.nullish(), AuxiliaryAddresses: z.record(z.string(), z.string()).nullish() }),
      ).nullish(),
    })
    .nullish(),
});

const containerSummary = z.looseObject({ Id: id, Names: listOf(name).nullish(), Labels: labels, Created: z.number().nullish() });
const networkSummary = z.looseObject({ Id: id, Name: name, Labels: labels, Created: z.string().nullish() });
const volumeSummary = z.looseObject({ Name: name, Labels: labels });
const made = z.looseObject({ Id: id });
const anObject = z.looseObject({});

/**
 * The answers that the suite itself relies on, whatever it judges: by method and path, without a version and a query. What
 * only a claim reads is judged by the claim.
 */
const shapes: readonly (readonly [RegExp, z.ZodType])[] = [
  [/^GET \/version$/, versionShape],
  [/^GET \/info$/, infoShape],
  [/^GET \/containers\/json$/, listOf(containerSummary)],
  [/^GET \/networks$/, listOf(networkSummary)],
  [/^GET \/volumes$/, z.looseObject({ Volumes: listOf(volumeSummary).nullish() })],
  [/^GET \/images\/json$/, listOf(z.looseObject({ RepoTags: listOf(name).nullish() }))],
  [/^GET \/networks\/[^/]+$/, anObject],
  [/^GET \/containers\/[^/]+\/json$/, z.looseObject({ State: anObject })],
  [/^GET \/images\/.+\/json$/, z.looseObject({ Id: id, RepoDigests: listOf(name).nullish() })],
  [/^GET \/exec\/[^/]+\/json$/, z.looseObject({ ExitCode: z.number().nullish() })],
  [/^POST \/containers\/create$/, made],
  [/^POST \/networks\/create$/, made],
  [/^POST \/containers\/[^/]+\/exec$/, made],
];

/** The shape of a successful answer to a call; undefined where the suite relies on none. */
export function shapeOf(method: string, path: string): z.ZodType | undefined {
  const call = `${method} ${path.split('?')[0]?.replace(/^\/v\d+\.\d+\//, '/')}`;
  return shapes.find(([pattern]) => pattern.test(call))?.[1];
}
