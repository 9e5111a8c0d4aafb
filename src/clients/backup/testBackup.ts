import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { describeBackup } from '../../core/backup/backups.ts';
import type { Backup } from '../../core/backup/backups.ts';
import { filesOf, partsOf, sizeOf } from '../../core/backup/manifest.ts';
import type { PartOf } from '../../core/backup/manifest.ts';
import type { TestRequest } from '../../core/backup/request.ts';
import { verdictOf } from '../../core/backup/testFindings.ts';
import type { Finding } from '../../core/backup/testFindings.ts';
import type { Environment } from '../../core/environment/environment.ts';
import { OpsError, explain } from '../../core/errors.ts';
import type { ServiceIdentity } from '../../core/operations/identity.ts';
import type {
  Operation,
  PlanContext,
  RunContext,
  RunReport,
  StepContext,
  Verification,
} from '../../core/operations/operation.ts';
import type { Plan, PlanDraft, PlanStep } from '../../core/operations/plan.ts';
import { checkFiles, updateManifest } from './backupFolder.ts';
import { QdrantSnapshots } from './qdrantSnapshots.ts';
import { makeScratchFolder } from './scratchFolder.ts';
import { startScratchQdrant } from './scratchServer.ts';
import type { StoreServices } from './services.ts';
import { findMeans } from './testMeans.ts';
import type { TestMeans } from './testMeans.ts';
import { isScratchCollection, tryCollection, tryExport, tryRdb } from './tryRestore.ts';

/** Restores a backup elsewhere, compares, and writes into its manifest what that has shown. */
export class TestBackup implements Operation<TestMeans> {
  readonly kind = 'testBackup';
  readonly title: string;
  readonly environment: Environment;
  readonly request: TestRequest;
  tested: Backup | undefined;
  readonly #backup: Backup;
  readonly #services: StoreServices;
  readonly #findings: Finding[] = [];

  constructor(request: TestRequest, backup: Backup, services: StoreServices) {
    this.request = request;
    this.environment = services.environment;
    this.title = `Test the backup ${backup.manifest.id}`;
    this.#backup = backup;
    this.#services = services;
  }

  /** Only a scratch collection touches anything of the environment. */
  identify(signal: AbortSignal): Promise<readonly ServiceIdentity[]> {
    const qdrant =
      this.request.qdrant === 'scratchCollection' && partsOf(this.#backup.manifest, 'qdrantSnapshot').length > 0;
    return this.#services.identify({ redis: false, qdrant }, signal);
  }

  async plan({ signal, clock }: PlanContext): Promise<PlanDraft<TestMeans>> {
    const means = await findMeans(this.request.qdrant, this.#backup, this.#services, signal);
    const { manifest, folder } = this.#backup;
    const onServer =
      this.request.qdrant === 'scratchCollection' && partsOf(this.#backup.manifest, 'qdrantSnapshot').length > 0;
    return {
      effect: 'changing',
      summary: `${describeBackup(this.#backup, clock.wallMs())}: restored into scratch servers on this machine and compared`,
      targets: [
        { what: folder, detail: 'its manifest.json gets what the test has shown' },
        ...(onServer
          ? partsOf(this.#backup.manifest, 'qdrantSnapshot').map(({ collection, points }) => ({
              what: `Qdrant: a scratch collection beside ${collection}, removed afterwards`,
              count: { value: points, unit: 'points', exact: true },
            }))
          : []),
      ],
      irreversible: [],
      undo: 'Nothing is left to undo: what is scratch is removed.',
      warnings: [...means.untried.values(), ...(onServer ? await this.#serverWarnings(signal) : [])],
      steps: this.#steps(means),
      ...(filesOf(manifest).length === 0 && manifest.parts.every(({ kind }) => kind !== 'redisSnapshot')
        ? { nothingToDo: 'There is nothing in this backup that could be tested.' }
        : {}),
      detail: means,
    };
  }

  async run(plan: Plan<TestMeans>, context: RunContext): Promise<void> {
    this.#findings.length = 0;
    await context.step('files', async (step) => {
      const total = sizeOf(this.#backup.manifest);
      const onProgress = (done: number): void => step.report({ done, total, unit: 'bytes' });
      const wrong = await checkFiles(this.#backup, step.signal, onProgress);
      this.#findings.push(...wrong.map((words): Finding => ({ verdict: 'failed', words })));
      if (wrong.length === 0)
        this.#findings.push({ verdict: 'passed', words: 'Every file is as it was written (SHA-256).' });
    });
    for (const { id } of plan.steps.filter(({ skip }) => skip !== undefined)) {
      await context.step(id, () => Promise.resolve());
      this.#findings.push({ verdict: 'inconclusive', words: plan.detail.untried.get(id) ?? '' });
    }
    if (verdictOf(this.#findings) !== 'failed') await this.#tryParts(plan, context);
    await context.step('manifest', async () => {
      const test = {
        atMs: context.clock.wallMs(),
        verdict: verdictOf(this.#findings),
        findings: this.#findings.map(({ words }) => words),
      };
      this.tested = await updateManifest(this.#backup, { tests: [...this.#backup.manifest.tests, test] });
    });
  }

  verify(_plan: Plan<TestMeans>, report: RunReport): Promise<Verification> {
    const findings = this.#findings.map(({ words }) => words);
    if (!this.tested) {
      const why = report.why ?? 'it was not tested to the end';
      return Promise.resolve({ verdict: { kind: 'inconclusive', why }, findings });
    }
    const verdict = verdictOf(this.#findings);
    const why = this.#findings.find((one) => one.verdict === verdict)?.words ?? '';
    return Promise.resolve({
      verdict: verdict === 'passed' ? { kind: 'passed' } : { kind: verdict, why },
      findings,
    });
  }

  close(): void {
    this.#services.close();
  }

  async #serverWarnings(signal: AbortSignal): Promise<readonly string[]> {
    const qdrant = await this.#services.qdrant();
    const left = (await qdrant.collections(signal)).filter(isScratchCollection);
    return [
      `${this.environment.name} holds each collection twice while it is tested.`,
      ...left.map((name) => `${name} is of another test. If none is under way, it was interrupted: remove it by hand.`),
    ];
  }

  #steps({ untried, redisServer = 'redis-server', qdrant = 'qdrant' }: TestMeans): readonly PlanStep[] {
    const scratch = `${redisServer} --port 0 --unixsocket …/s --save ''`;
    const all: PlanStep[] = [
      { id: 'files', title: 'Check every file by its SHA-256', commands: [`sha256sum ${this.#backup.folder}/…`] },
      ...partsOf(this.#backup.manifest, 'redisExport').map((_, index) => ({
        id: `export ${index}`,
        title: 'Restore the Redis export into a scratch server and compare',
        commands: [scratch, 'RESTORE … ABSTTL for each key', 'DBSIZE; DUMP of a sample'],
      })),
      ...partsOf(this.#backup.manifest, 'redisSnapshot').map((_, index) => ({
        id: `snapshot ${index}`,
        title: 'Load the RDB file in a scratch server',
        commands: [`${redisServer} --port 0 --unixsocket …/s --dbfilename dump.rdb`],
      })),
      ...partsOf(this.#backup.manifest, 'qdrantSnapshot').map(({ collection }) => ({
        id: `collection ${collection}`,
        title: `Restore collection ${collection} and count its points`,
        commands: [
          ...(this.request.qdrant === 'scratchServer' ? [qdrant] : []),
          `POST /collections/…/snapshots/upload?priority=snapshot`,
        ],
      })),
      { id: 'manifest', title: 'Write into its manifest what was found', commands: [] },
    ];
    return all.map((step) => {
      const skip = untried.get(step.id);
      return skip === undefined ? step : { ...step, skip };
    });
  }

  async #tryParts({ detail, steps }: Plan<TestMeans>, context: RunContext): Promise<void> {
    const { folder } = this.#backup;
    const wanted = (id: string): boolean => steps.some((step) => step.id === id && step.skip === undefined);
    const program = detail.redisServer ?? '';
    for (const [index, part] of partsOf(this.#backup.manifest, 'redisExport').entries()) {
      if (!wanted(`export ${index}`)) continue;
      await this.#try(context, `export ${index}`, (step) =>
        tryExport({ part, folder, program }, this.#services.clock, step),
      );
    }
    for (const [index, { servers }] of partsOf(this.#backup.manifest, 'redisSnapshot').entries()) {
      if (!wanted(`snapshot ${index}`)) continue;
      for (const server of servers) {
        await this.#try(context, `snapshot ${index}`, (step) =>
          tryRdb({ part: server, folder, program }, this.#services.clock, step),
        );
      }
    }
    for (const part of partsOf(this.#backup.manifest, 'qdrantSnapshot')) {
      const id = `collection ${part.collection}`;
      if (wanted(id)) await this.#try(context, id, (step) => this.#tryCollection(part, detail, step));
    }
  }

  /** What cannot be restored is what is to be found out: it ends nothing but this part. */
  async #try(context: RunContext, id: string, work: (step: StepContext) => Promise<Finding>): Promise<void> {
    const finding = await context.step(id, async (step): Promise<Finding> => {
      try {
        return await work(step);
      } catch (error) {
        if (step.signal.aborted || (error instanceof OpsError && error.code === 'cancelled')) throw error;
        // A server that does not come up says nothing of the backup.
        const isBackups = error instanceof OpsError && ['file', 'conflict', 'protocol'].includes(error.code);
        return { verdict: isBackups ? 'failed' : 'inconclusive', words: explain(error) };
      }
    });
    if (finding) this.#findings.push(finding);
  }

  async #tryCollection(
    part: PartOf<'qdrantSnapshot'>,
    { qdrant = '' }: TestMeans,
    step: StepContext,
  ): Promise<Finding> {
    const { folder } = this.#backup;
    if (this.request.qdrant !== 'scratchServer') {
      return tryCollection(
        { part, folder, qdrant: await this.#services.qdrant(), where: 'a scratch collection' },
        step,
      );
    }
    const server = await startScratchQdrant(qdrant, await makeScratchFolder(), step.signal);
    const agents = { plain: new HttpAgent(), secure: new HttpsAgent() };
    const headers = { 'api-key': server.apiKey };
    const close = (): void => {
      agents.plain.destroy();
      agents.secure.destroy();
    };
    const client = new QdrantSnapshots({ baseUrl: server.url, headers, agents, secrets: [server.apiKey], close });
    try {
      return await tryCollection({ part, folder, qdrant: client, where: 'a scratch server' }, step);
    } finally {
      client.close();
      await server.close();
    }
  }
}
