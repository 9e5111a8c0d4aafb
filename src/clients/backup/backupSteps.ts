import { formatBytes } from '../../core/format.ts';
import type { BackUpRequest } from '../../core/backup/request.ts';
import type { PlanStep } from '../../core/operations/plan.ts';
import type { BackupSurvey } from './backupSurvey.ts';

/** The steps that take a backup, for a plan; their ids begin with `backup`. */
export function backupSteps(request: BackUpRequest, survey: BackupSurvey): readonly PlanStep[] {
  const { redisExport, redisSnapshot, gitTag } = request;
  const steps: PlanStep[] = [];
  if (redisExport) {
    const commands = survey.servers.map(
      ({ address }) => `${address}: SCAN … MATCH ${redisExport.pattern}, DUMP and PEXPIRETIME of each key (reads only)`,
    );
    steps.push({ id: 'backup export', title: 'Export the Redis keys', commands });
  }
  if (redisSnapshot) {
    const commands = survey.outlooks.flatMap(({ address }) => [
      `${address}: BGSAVE, then INFO persistence until it is done`,
      ...(redisSnapshot.fetch ? [`redis-cli -u redis://${address} --rdb dump.rdb`] : []),
    ]);
    steps.push({ id: 'backup snapshot', title: 'Save a Redis snapshot', commands });
  }
  for (const { name } of survey.collections) {
    const path = `/collections/${name}/snapshots`;
    const remove = request.keepSnapshots === true ? [] : [`DELETE ${path}/…`];
    const commands = [`POST ${path}?wait=true`, `GET ${path}/…`, ...remove];
    steps.push({ id: `backup collection ${name}`, title: `Take a snapshot of collection ${name}`, commands });
  }
  if (survey.files.length > 0) {
    const commands = survey.files.map(({ source }) => `cp -p ${source} ${survey.folder}/files/`);
    steps.push({ id: 'backup files', title: 'Copy the configuration files', commands });
  }
  if (gitTag !== undefined) {
    const commit = survey.git.kind === 'repository' ? (survey.git.commit ?? '') : '';
    steps.push({ id: 'backup tag', title: `Set the git tag ${gitTag}`, commands: [`git tag ${gitTag} ${commit}`] });
  }
  const title = 'Check what was written and give the folder its name';
  steps.push({ id: 'backup finish', title, commands: [`mv .unfinished ${survey.folder}`] });
  return steps;
}

/** `164 MB in 3 files` */
export function storedWords(bytes: number, files: number): string {
  return `${formatBytes(bytes)} in ${files === 1 ? '1 file' : `${files} files`}`;
}
