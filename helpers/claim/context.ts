import { readFileSync } from 'node:fs';
import type { EngineFacts } from './engine-facts';
import type { NewNetworks } from './engine-facts';
import type { Inapplicable } from './applicability';

/** Where the engine's host is, seen from this process; it says how the host's vantage point is entered. */
export type HostAccess =
  /** the engine's host has this process's network namespace */
  | {
      kind: 'here';
      /** whether it also has this process's PID namespace, so that the engine's process numbers are valid here */
      samePids: boolean;
      /** number of the engine's process here, where it is known which one that is */
      daemon?: string;
    }
  /** in other namespaces of this kernel, as a lab's is: commands run behind this prefix, in those namespaces */
  | {
      kind: 'lab';
      enter: string[];
      /** it is no lab, but an engine of somebody's on this kernel: it is looked at, and nothing there is changed */
      readOnly?: true;
    }
  /** out of reach: commands run in a helper container in host mode */
  | {
      kind: 'helper';
      containerId: string;
      /** the user allowed it to enter namespaces of the host, for diagnoses */
      privileged?: boolean;
    }
  /** not looked at, since the engine starts no helper container on it */
  | {
      kind: 'unseen';
      /** the reason of the claims that are blocked for that */
      why: string;
    };

/** What the user asks of a run, named as the options of the command line are. */
export interface Wishes {
  /** id, or unambiguous start of one, of an engine to run in a lab; without it Docker's own rules decide */
  engine?: string;
  /** the containers of a claim that failed stay up until the run is told to end */
  keepFailed?: boolean;
  privilegedDiagnosis?: boolean;
  fullEvidence?: boolean;
  /** the image that claims run on, of an engine that runs already */
  image?: string;
  /** what is to be reached from containers, as `host:port` */
  reach?: string;
  /** file for what became of mutants (helpers/mutants), with its whole path, as are the next two */
  mutants?: string;
  /** for what became of trials (helpers/faults/trials); only in a lab */
  trials?: string;
  /** for every call to the API; only in a lab */
  calls?: string;
}

/** What is known before any spec is loaded. It is written once by the run and read by every Jest worker. */
export interface RunContext {
  runId: string;
  /** labels that everything made by this run carries */
  labels: Record<string, string>;
  /** folder of this run for hand-over files; it is removed at the end */
  directory: string;
  engine: EngineFacts;
  /** how the engine was found, and where its host is seen from, in words */
  reachedBy: string;
  host: HostAccess;
  /** command prefix of a docker client that talks to this engine; absent where there is none */
  cli?: string[];
  /** who holds TCP port 80 of the engine's host; absent where it is free, or another run's that will end */
  hostPort80?: string;
  /** what a network gets that asks for nothing, where that was looked at */
  newNetworks?: NewNetworks;
  image: {
    reference: string;
    description: string;
    /** the suite's own image, with tools that the official one lacks; empty where no selected claim needs it, or it cannot be had */
    tools: string;
    /** why no server can be run on this engine; claims that need one are blocked at once, and wait for none */
    obstacle?: string;
  };
  /** whether the run may start testcontainers' own reaper, because its image is at hand */
  reaper: boolean;
  wishes: Wishes;
  /** ids of the claims that this run selected, in the order of the catalogue */
  selected: string[];
  /** selected claims that cannot be judged on this engine or from here, and why */
  inapplicable: Record<string, Inapplicable>;
  /** selected claims whose deviation a waiver accepts today */
  waived: string[];
}

/** Whether the check of a claim is made: it is judged, or tried to show what the engine does instead. */
export function isChecked(id: string, { inapplicable }: Pick<RunContext, 'inapplicable'>): boolean {
  return inapplicable[id] === undefined || inapplicable[id].tried === true;
}

/** Variable that holds the path of the context file. */
export const contextVariable = 'DOCKER_NETWORK_CONFORMANCE_CONTEXT';

/** Reads the context that the run wrote for its workers. */
export function readContext(): RunContext {
  const path = process.env[contextVariable];
  if (!path) throw new Error(`${contextVariable} is not set: specs are run by Jest with this project's configuration`);
  return JSON.parse(readFileSync(path, 'utf8')) as RunContext;
}
