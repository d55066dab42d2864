import { settingUp } from '../claim/set-up';
import type { NetworkObject } from '../engine/client';
import { granted, type ApiAnswer, type Ask } from './ask';

/** Whom a network is to be connected to: a container, or what the engine knows it by. */
export type Connectable = { id: string } | string;

/** A network that a claim made. */
export class OwnNetwork {
  constructor(
    readonly id: string,
    readonly name: string,
    private readonly ask: Ask,
    /** whether it is the claim's own matter that containers can be connected to it, and disconnected */
    private readonly isClaimed = false,
  ) {}

  /** The network object as the API gives it now. @throws Refused */
  async inspect(): Promise<NetworkObject & Record<string, unknown>> {
    return granted(`inspecting ${this.name}`, await this.ask<NetworkObject & Record<string, unknown>>('GET', `/networks/${this.id}`));
  }

  /**
   * Connects a container, running or not (`POST /networks/{id}/connect`).
   * @param endpoint the API's EndpointSettings
   * @throws SetUpFailed, or Refused where the network was made as a claim's own matter
   */
  connect(container: Connectable, endpoint: object = {}): Promise<void> {
    return this.grant(
      'connected to a network',
      async () => void granted(`connecting ${nameOf(container)} to ${this.name}`, await this.tryConnect(container, endpoint)),
    );
  }

  /** As {@link connect}; what the engine says is the answer, whatever it is. */
  tryConnect(container: Connectable, endpoint: object = {}): Promise<ApiAnswer<unknown>> {
    return this.ask('POST', `/networks/${this.id}/connect`, { Container: idOf(container), EndpointConfig: endpoint });
  }

  /** Disconnects a container. @throws as {@link connect} */
  disconnect(container: Connectable, force = false): Promise<void> {
    return this.grant(
      'disconnected from a network',
      async () =>
        void granted(
          `disconnecting ${nameOf(container)} from ${this.name}`,
          await this.ask('POST', `/networks/${this.id}/disconnect`, { Container: idOf(container), Force: force }),
        ),
    );
  }

  /** Removes it now, and answers what the engine says. */
  remove(): Promise<ApiAnswer<unknown>> {
    return this.ask('DELETE', `/networks/${this.id}`);
  }

  private grant(what: string, action: () => Promise<void>): Promise<void> {
    return this.isClaimed ? action() : settingUp(`a container that the claim needs could not be ${what}`, action);
  }
}

function idOf(container: Connectable): string {
  return typeof container === 'string' ? container : container.id;
}

function nameOf(container: Connectable): string {
  return typeof container === 'string' ? container : ((container as { name?: string }).name ?? container.id.slice(0, 12));
}

/**
 * The part of a container's body that starts it in a network (`docker run --network`).
 * @param more what else its HostConfig has
 */
export function attachedTo({ name }: { readonly name: string }, more: object = {}): { HostConfig: { NetworkMode: string } } {
  return { HostConfig: { NetworkMode: name, ...more } };
}
