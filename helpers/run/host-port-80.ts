import type Dockerode from 'dockerode';
import { hostPort80Name } from '../containers/nginx';
import { listeningAt, listensOn } from '../vantage/procfs';
import type { VantagePoint } from '../world/vantage-point';
import { runLabel } from './objects';

/**
 * Who listens on TCP port 80 of the engine's host, in words for a reason; undefined where nobody does, or where it is
 * another run of this suite, for whose end claims wait.
 */
export async function holderOfPort80(docker: Dockerode, host: VantagePoint): Promise<string | undefined> {
  if (!listensOn(await listeningAt(host), 80)) return undefined;
  const containers = await docker.listContainers();
  const nameOf = ({ Names, Id }: Dockerode.ContainerInfo) => Names[0]?.slice(1) ?? Id.slice(0, 12);
  if (containers.some((container) => nameOf(container) === hostPort80Name)) return undefined;
  const publishing = containers.filter(({ Ports }) => Ports.some(({ PublicPort, Type }) => PublicPort === 80 && Type === 'tcp'));
  if (publishing.length > 0) return `the container ${publishing.map(nameOf).join(', ')}, which publishes it`;
  const inHostMode = containers.filter(({ HostConfig, Labels }) => HostConfig.NetworkMode === 'host' && !Labels[runLabel]).map(nameOf);
  if (inHostMode.length > 0)
    return `a container in host mode, presumably ${inHostMode.length === 1 ? '' : 'one of '}${inHostMode.join(', ')}`;
  return 'a process of the host that is no container';
}
