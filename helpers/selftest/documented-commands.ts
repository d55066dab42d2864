/** What becomes of a command that a document shows. */
export type Treatment =
  /** it is run where results of two engines and of two shards lie, and must end with this status */
  | { status: number }
  /** .ci/run runs it: for each step of its, the words that the step must have */
  | { ci: Record<string, string | readonly string[]> }
  /** nothing runs it as it stands */
  | { not: string };

const another = 'It needs an engine that is elsewhere; the ways to reach one are tried by helpers/selftest/ways.';
const lab = (test: string): Treatment => ({ not: `It starts an engine, which ${test} does with the same options.` });
const traced: Treatment = { not: 'It needs containers of a user; helpers/selftest/trace starts some, and traces between them.' };
const ownSpecs: Treatment = lab('helpers/selftest/own-network.test.ts');
const placeholder: Treatment = { not: 'It names something that the reader has just written.' };

/**
 * Every command that README and docs show in a block of `sh` or `console`. Those that cost little are run by the test beside
 * this file; those that start an engine are run by .ci/run, or say here why not. That the suite understands their options
 * is tested for all of them (ci-commands.test.ts).
 */
export const documentedCommands: Record<string, Treatment> = {
  'npm ci && npm test': { ci: { install: 'npm ci', main_job: 'npm test' } },
  'npm test': { ci: { main_job: 'npm test' } },
  'npm run selftest': { ci: { own_tests: 'npm run selftest' } },
  'npm run format': { not: 'It changes files; npm run lint, which .ci/run runs, says whether it would.' },
  'npm run lint && npm run typecheck': { ci: { lint_and_type_check: ['npm run lint', 'npm run typecheck'] } },
  'npm run selftest -- --testPathIgnorePatterns selftest/broken selftest/ci-lab helpers/lab': { not: 'It is a part of what .ci/run runs.' },
  'npm run mutation -- --mutate helpers/diagnosis/layers/filters.ts': {
    not: 'It takes some minutes, and says something about tests and not about the suite.',
  },
  'CONFIGURATIONS=mtu+own-dns,vfs npm run selftest -- helpers/selftest/configurations': {
    not: 'It judges all claims twice; the self-test tries some of the configurations.',
  },
  'npm run configurations': { not: 'It takes more than an hour; the self-test tries some of the configurations.' },

  'npx docker-network-conformance list --area document --level must': { status: 0 },
  'npx docker-network-conformance engines': { status: 0 },
  'npx docker-network-conformance explain bridge.default.peers-reach-each-other': { status: 0 },
  'npx docker-network-conformance diff before.json after.json --markdown': { status: 1 },
  'npx docker-network-conformance merge one.json two.json': { status: 0 },
  'npx docker-network-conformance merge one.json two.json --history last-week': {
    not: 'It needs a report of last week; helpers/cli/merge.test.ts makes three, each of which goes on from the one before.',
  },
  'npx docker-network-conformance matrix --output this-week --history last-week': {
    not: 'It judges all claims on all engines; helpers/cli/merge.test.ts goes on from earlier reports.',
  },
  'rm -r ~/.cache/docker-network-conformance': { status: 0 },

  'npx docker-network-conformance run --json baseline.json || true': lab('the main job of .ci/run'),
  'npx docker-network-conformance run --baseline baseline.json': {
    not: 'It judges all claims; helpers/run/baseline.test.ts has the comparison.',
  },
  'npx docker-network-conformance run --waivers waivers.json --strict': lab('helpers/selftest/broken-off.test.ts'),
  'npx docker-network-conformance run --engine docker-26 --json before.json || true': lab('the step "several engines" of .ci/run'),
  'npx docker-network-conformance run --engine docker-28 --json after.json || true': lab('the step "several engines" of .ci/run'),
  'npx docker-network-conformance run --engine docker-28 --profile core': lab('the main job of .ci/run'),
  'npx docker-network-conformance run --engine ./docker-29.7.2.tgz': lab('helpers/selftest/archive-engine.test.ts'),
  'npx docker-network-conformance run --engine ./bundles/binary-daemon --area publishing': lab('helpers/selftest/archive-engine.test.ts'),
  'npx docker-network-conformance bisect --claim mac.generated.is-another-after-a-restart --good docker-20.10.24 --bad docker-28': lab(
    'helpers/selftest/archive-engine.test.ts',
  ),
  'npx docker-network-conformance run --kernel --claim ipvlan.neighbours.reach-the-container': lab('helpers/lab/kernel-lab.test.ts'),
  'npx docker-network-conformance matrix --engine docker-28 docker-28+kernel --area macvlan': {
    not: 'It judges an area on a processor that may be emulated, which takes minutes.',
  },
  'npx docker-network-conformance engines export engines.tgz': lab('helpers/selftest/air-gapped.test.ts'),
  'npx docker-network-conformance engines import engines.tgz': lab('helpers/selftest/air-gapped.test.ts'),
  'npx docker-network-conformance engines fetch docker-29.7.2': {
    not: "It downloads from Docker's site; helpers/lab/download.test.ts does so from a server of its own.",
  },
  'npx docker-network-conformance matrix': {
    not: 'It judges every engine, and takes half an hour; the workflow "engines" does so each week.',
  },
  'npx docker-network-conformance matrix --engine docker-28 podman-5.8': lab('the step "several engines" of .ci/run'),
  'npx docker-network-conformance matrix --engine docker-28 --modes': {
    not: 'It judges all claims in each mode; helpers/lab/modes.test.ts tries the modes.',
  },
  'npm test -- --shard 1/2 --json one.json': lab('helpers/selftest/broken-matrix.test.ts'),
  'npm test -- --shard 2/2 --json two.json': lab('helpers/selftest/broken-matrix.test.ts'),
  'DOCKER_HOST=tcp://build-7:2375 npm test': { not: another },
  'DOCKER_CONTEXT=desktop-linux npm test': { not: another },
  'npm test -- --engine docker-20.10.24 --json old.json': lab('the step "several engines" of .ci/run'),
  'npm test -- --engine docker-28+ipv6-default-bridge': lab('helpers/lab/modes.test.ts'),
  'sudo npm test -- --engine docker-28 --claim bridge.default.peers-reach-each-other': lab('the step "two runs at once" of .ci/run'),

  'npx docker-network-conformance trace web db:5432': traced,
  'npx docker-network-conformance trace web db:5432 --json works.json': traced,
  'npx docker-network-conformance trace web db:5432 --compare works.json --html now.html': traced,

  'npm install --save-dev docker-network-conformance': {
    not: 'It takes what is published; the step "installed package" of .ci/run installs the packed file.',
  },
  'npx docker-network-conformance run --specs ./network': ownSpecs,
  'npx docker-network-conformance list --specs ./network': ownSpecs,
  'npx docker-network-conformance init': ownSpecs,

  'UPDATE_CLAIMS=1 npm run selftest -- helpers/report/text/claims-document': {
    not: 'It writes into the checkout; .ci/run runs the same test, which compares.',
  },
  'UPDATE_COVERAGE=1 npm run selftest -- helpers/selftest/repository/coverage': {
    not: 'It writes into the checkout; .ci/run runs the same test, which compares.',
  },
  'npx docker-network-conformance faults': { not: 'It takes some minutes; the step "some faults" of .ci/run runs a fifth.' },
  'npx docker-network-conformance faults --fault veth.servers-is-down': lab('the step "some faults" of .ci/run'),
  'npx docker-network-conformance faults --engine docker-20.10.24 --json matrix.json --markdown matrix.md': lab(
    'helpers/selftest/broken-faults.test.ts',
  ),
  'npx docker-network-conformance faults --sample 2/5': { ci: { some_faults: 'faults --sample' } },
  'npx docker-network-conformance faults --claim YOUR.CLAIM': placeholder,
  'for i in $(seq 10); do npm test -- --claim YOUR.CLAIM --engine docker-28 || break; done': placeholder,
  'npm test -- --claim YOUR.CLAIM --engine docker-20.10.24': placeholder,
  'npm run selftest -- helpers/lab/modes.test.ts -t YOUR-MODE': placeholder,
  'npm test -- --engine docker-28+YOUR-MODE': placeholder,
};
