import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDeployment, openFlagStore } from '../../src/clients/flags/open.ts';
import { revisionUndo } from '../../src/clients/rollback/deploy.ts';
import { systemClock } from '../../src/core/clock.ts';
import { OpsError } from '../../src/core/errors.ts';
import { SetFlag } from '../../src/core/flags/setFlag.ts';
import { OperationRunner } from '../../src/core/operations/runner.ts';
import { RollBack } from '../../src/core/rollback/rollBack.ts';
import type { Deployment, FlagStore } from '../../src/core/flags/target.ts';
import { findInPath } from '../sandbox/install.ts';
import { isKubernetesBuilt } from '../sandbox/kubernetes/build.ts';
import { startKubernetes } from '../sandbox/kubernetes/cluster.ts';
import type { KubernetesCluster } from '../sandbox/kubernetes/cluster.ts';
import { noMeans, ran } from './support/desk.ts';
import { flagSurroundings, testOperator } from './support/operations.ts';
import { environmentOf } from './support/runs.ts';

const never = new AbortController().signal;

describe('flags in Kubernetes', function () {
  this.timeout(120_000);
  let folder: string;
  let cluster: KubernetesCluster;

  before(async function () {
    const skip = await whyNot();
    if (skip !== undefined) {
      console.log(`    skipped: ${skip}`);
      return this.skip();
    }
    folder = await mkdtemp(join(tmpdir(), 'cache-ops-kubernetes-'));
    cluster = await startKubernetes(join(folder, 'cluster'), (line) => console.log(`    ${line}`));
  });
  after(async () => {
    await cluster?.stop();
    if (folder) await rm(folder, { recursive: true, force: true });
  });

  interface Given {
    readonly target?: object;
    readonly flag?: object;
  }
  const surroundings = ({ target = {}, flag = {} }: Given) => ({
    environment: environmentOf({
      target: {
        kind: 'kubernetes',
        context: 'lab',
        namespace: 'default',
        workload: 'deployment/desk',
        kubeconfig: cluster.kubeconfig,
        settleWithin: '20s',
        ...target,
      },
      flags: { CACHE_ENABLED: { on: '1', off: '0', ...flag } },
    }),
    directory: folder,
    secret: () => Promise.resolve(undefined),
    clock: systemClock,
  });
  const store = (given: Given = {}): FlagStore => openFlagStore('CACHE_ENABLED', surroundings(given));
  const deployment = (given: Given = {}): Deployment => {
    const found = openDeployment(surroundings(given));
    assert.ok(found);
    return found;
  };
  const apply = async (more: object = {}, env: readonly object[] = [{ name: 'CACHE_ENABLED', value: '1' }]) => {
    await cluster.kubectl('delete', 'deployment', 'desk', '--ignore-not-found', '--wait=true');
    const manifest = {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'desk', namespace: 'default', ...more },
      spec: {
        replicas: 2,
        progressDeadlineSeconds: 5,
        selector: { matchLabels: { app: 'desk' } },
        template: {
          metadata: { labels: { app: 'desk' } },
          spec: { containers: [{ name: 'main', image: 'desk:1', env }] },
        },
      },
    };
    await writeAndApply(cluster, join(folder, 'desk.json'), manifest);
    await deployment().restart(true, { signal: never, onProgress: () => {} });
  };

  it('set env, then the rollout awaited with its progress; the pods say what they run with', async () => {
    await apply();
    const flag = store();
    const desk = deployment();
    const { obstacles, warnings, revision } = await flag.inspect(never);
    assert.deepEqual([obstacles, warnings, revision], [[], [], '1']);
    assert.equal(await flag.read(never), '1');
    assert.equal(await desk.effective?.('CACHE_ENABLED', never), '1');
    await flag.write({ expected: '1', value: '0' }, never);
    const said: string[] = [];
    await desk.restart(flag.rollsOut, { signal: never, onProgress: (line) => void said.push(line) });
    assert.match(said.join('\n'), /Waiting for .*desk/);
    assert.equal(await desk.effective?.('CACHE_ENABLED', never), '0');
    await assert.rejects(flag.write({ expected: '1', value: '0' }, never), /says 0 now, not 1 as shown/);
  });

  it('back to the revision that was recorded, though there was a restart since', async () => {
    await apply();
    const flag = store();
    const desk = deployment();
    const { revision = '' } = await desk.inspect(never);
    await flag.write({ expected: '1', value: '0' }, never);
    await desk.restart(true, { signal: never, onProgress: () => {} });
    await desk.restart(false, { signal: never, onProgress: () => {} });
    assert.deepEqual(await desk.undoTo?.revisions(never), ['1', '2', '3']);
    await desk.undoTo?.run(revision, { signal: never, onProgress: () => {} });
    assert.equal(await flag.read(never), '1');
    assert.equal(await desk.effective?.('CACHE_ENABLED', never), '1');
  });

  it('a rollout that fails says that the old pods go on serving', async () => {
    await apply({}, [
      { name: 'CACHE_ENABLED', value: '1' },
      { name: 'FAIL', value: '0' },
    ]);
    await cluster.kubectl('set', 'env', 'deployment/desk', 'FAIL=1');
    const desk = deployment();
    await assert.rejects(
      desk.restart(true, { signal: never, onProgress: () => {} }),
      (error) => error instanceof OpsError && error.code === 'timedOut' && /old ones go on serving/.test(error.message),
    );
    assert.equal(await desk.effective?.('CACHE_ENABLED', never), '1');
  });

  it('a missing right, context, workload is said before anything changes', async () => {
    await apply();
    const viewer = { target: { context: 'view' } };
    const { obstacles } = await store(viewer).inspect(never);
    assert.match(obstacles.join(' '), /context view may not patch deployment\/desk in namespace default/);
    assert.equal(await store(viewer).read(never), '1');
    await assert.rejects(
      store(viewer).write({ expected: '1', value: '0' }, never),
      (error) => error instanceof OpsError && error.code === 'permission',
    );
    assert.equal(await store().read(never), '1');
    await assert.rejects(store({ target: { context: 'gone' } }).read(never), /gone/);
    await assert.rejects(store({ target: { workload: 'deployment/gone' } }).read(never), /not found/);
  });

  it('what Argo CD or Flux manages is warned about', async () => {
    await apply({ labels: { 'argocd.argoproj.io/instance': 'desk' } });
    assert.match(
      (await store().inspect(never)).warnings.join(' '),
      /managed by Argo CD: it will put the old value back/,
    );
    await apply({ labels: { 'kustomize.toolkit.fluxcd.io/name': 'desk' } });
    assert.match((await store().inspect(never)).warnings.join(' '), /managed by Flux/);
  });

  it('Set Flag and Roll Back do the same as operations, and say what the pods run with', async () => {
    await apply();
    const given = surroundings({});
    const flags = flagSurroundings(given.environment, folder);
    const operator = testOperator();
    const runner = new OperationRunner(operator.ports);
    const set = ran(await runner.run(new SetFlag(flags, { name: 'CACHE_ENABLED', value: '0' })));
    assert.deepEqual(set.verification.verdict, { kind: 'passed' });
    assert.deepEqual(
      set.plan.identities.map(({ service }) => service),
      ['Kubernetes'],
    );
    assert.match(set.verification.findings.join(' '), /runs with CACHE_ENABLED 0, says deployment\/desk/);
    assert.match(JSON.stringify(operator.journal), /Revision before: 1\./);
    const revision = flags.deployment && revisionUndo(flags.deployment, '1', systemClock);
    const back = ran(
      await runner.run(
        new RollBack(
          flags,
          { ...noMeans, revision },
          { way: 'revision', revision: '1', skipped: new Map(), show: () => {} },
        ),
      ),
    );
    assert.deepEqual(back.verification.verdict, { kind: 'passed' });
    assert.equal(await flags.deployment?.effective?.('CACHE_ENABLED', never), '1');
  });

  it('an operation that may not patch is not begun', async () => {
    await apply();
    const flags = flagSurroundings(surroundings({ target: { context: 'view' } }).environment, folder);
    const wish = { way: 'immediate' as const, skipped: new Map(), show: () => {} };
    await assert.rejects(
      new OperationRunner(testOperator().ports).run(new RollBack(flags, noMeans, wish)),
      /was not begun.*may not patch deployment\/desk/s,
    );
    assert.equal(await store().read(never), '1');
  });

  it('a ConfigMap: the server compares, the pods restart', async () => {
    await apply({}, [
      { name: 'CACHE_ENABLED', valueFrom: { configMapKeyRef: { name: 'desk', key: 'CACHE_ENABLED' } } },
    ]);
    await writeAndApply(cluster, join(folder, 'map.json'), {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'desk', namespace: 'default' },
      data: { CACHE_ENABLED: '1', OTHER: 'x' },
    });
    await assert.rejects(store().read(never), /comes from a configMapKeyRef/);
    const flag = store({ target: { configMap: 'desk' } });
    assert.deepEqual((await flag.inspect(never)).obstacles, []);
    await flag.write({ expected: '1', value: '0' }, never);
    assert.equal(await flag.read(never), '0');
    assert.match(await cluster.kubectl('get', 'configmap', 'desk', '-o', 'jsonpath={.data.OTHER}'), /^x$/);
    await assert.rejects(flag.write({ expected: '1', value: '0' }, never), /says 0 now/);
    const before = await cluster.kubectl('get', 'pods', '-o', 'name', '-l', 'app=desk');
    await deployment().restart(flag.rollsOut, { signal: never, onProgress: () => {} });
    assert.notEqual(await cluster.kubectl('get', 'pods', '-o', 'name', '-l', 'app=desk'), before);
  });
});

async function writeAndApply(cluster: KubernetesCluster, file: string, manifest: object): Promise<void> {
  const { writeFile } = await import('node:fs/promises');
  await writeFile(file, JSON.stringify(manifest));
  await cluster.kubectl('apply', '-f', file);
}

/** Building takes minutes: whoever wants it asks for it once. */
async function whyNot(): Promise<string | undefined> {
  if ((await findInPath(['kubectl'])) === undefined) return 'there is no kubectl in PATH';
  if (process.platform !== 'linux' || process.arch !== 'x64') return 'a control plane is built on Linux on x64 only';
  if (!(await isKubernetesBuilt()) && process.env['CACHE_OPS_BUILD_KUBERNETES'] !== '1')
    return 'no control plane is built; CACHE_OPS_BUILD_KUBERNETES=1 builds one, once, in about three minutes';
  return undefined;
}
