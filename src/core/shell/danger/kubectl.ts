import { changing, destructive, readOnly, unknown, words, worst } from './finding.ts';
import type { Argument, Call, Finding } from './finding.ts';
import { readOptions } from './options.ts';
import type { Options } from './options.ts';

const VALUED = words(`-n -o -l -f -c -s -L -k --namespace --context --kubeconfig --cluster --user --token --server
  --output --selector --filename --container --tail --since --since-time --timeout --for --replicas --image --port
  --type --field-selector --sort-by --as --as-group --from-literal --from-file --from-env-file --kustomize --revision
  --to-revision --limits --requests --current-replicas --patch -p --overrides --name --target-port --grace-period
  --cache-dir --request-timeout --certificate-authority --client-certificate --client-key -v --limit-bytes`);

const READS = words(`get describe logs top explain version api-resources api-versions cluster-info diff events wait
  options completion kustomize`);
const CHANGES = words(`apply create set patch scale label annotate expose run autoscale cordon uncordon taint cp
  convert certificate`);
const DELETES = words('delete drain');

/** Groups whose next word decides: `rollout status` reads, `rollout restart` changes. */
const GROUPS: Readonly<Record<string, ReadonlySet<string>>> = {
  rollout: words('status history'),
  config: words('view current-context get-contexts get-clusters get-users'),
  auth: words('can-i whoami'),
  plugin: words('list'),
};

export function judgeKubectl(call: Call): Finding {
  const options = readOptions(call.arguments, { valued: VALUED });
  const [verb, next] = options.operands;
  if (verb?.text === undefined) return unknown('What kubectl is asked to do is not known');
  const secret = secretOf(verb.text, next, options);
  return {
    ...judgeVerb(verb.text, next?.text, options, call),
    ...(secret === undefined ? {} : { secretOnCommandLine: secret }),
  };
}

function judgeVerb(verb: string, next: string | undefined, options: Options, call: Call): Finding {
  const dryRun = options.given.get('--dry-run');
  if (options.has('--dry-run') && dryRun !== 'none') return readOnly(`kubectl ${verb} --dry-run only shows`);
  if (DELETES.has(verb)) return destructive(`kubectl ${verb} removes something from the cluster`);
  if (verb === 'replace') {
    return options.has('--force')
      ? destructive('kubectl replace --force deletes first')
      : changing('kubectl replace changes');
  }
  if (verb === 'exec') return judgeExec(call);
  if (READS.has(verb)) return readOnly(`kubectl ${verb} only reads`, following(verb, options));
  if (verb === 'run' && call.arguments.some(({ text }) => text === '--')) {
    return worst([changing('kubectl run starts a pod'), judgeExec(call)]);
  }
  if (CHANGES.has(verb)) return changing(`kubectl ${verb} changes the cluster`);
  const reads = GROUPS[verb];
  if (reads !== undefined) {
    return next !== undefined && reads.has(next)
      ? readOnly(`kubectl ${verb} ${next} only reads`)
      : changing(`kubectl ${verb} ${next ?? ''} changes something`);
  }
  return judgeWaiting(verb);
}

function following(verb: string, options: Options): Partial<Finding> {
  if (verb === 'logs' && options.has('-f', '--follow')) {
    return { endless: 'kubectl logs -f follows the log', instead: 'kubectl logs --tail 100' };
  }
  // `-f` of other verbs names a file.
  return verb === 'get' && options.has('-w', '--watch') ? { endless: 'kubectl get -w goes on watching' } : {};
}

function judgeWaiting(verb: string): Finding {
  if (verb === 'edit')
    return changing('kubectl edit changes the cluster', { interactive: 'kubectl edit opens an editor' });
  if (verb === 'attach')
    return unknown('kubectl attach joins a process', { interactive: 'kubectl attach joins a process' });
  if (verb === 'debug')
    return changing('kubectl debug starts a container', { interactive: 'kubectl debug opens a shell' });
  if (verb === 'port-forward' || verb === 'proxy') {
    return readOnly(`kubectl ${verb} opens a way to the cluster`, {
      endless: `kubectl ${verb} stays until it is stopped`,
    });
  }
  return unknown(`kubectl ${verb} is not known`);
}

/** What runs in the pod: behind `--`, or, in the old form, behind the pod's name. */
function judgeExec(call: Call): Finding {
  const list = call.arguments;
  const dashes = list.findIndex(({ text }) => text === '--');
  const before = readOptions(dashes < 0 ? list : list.slice(0, dashes), { valued: VALUED });
  const command = dashes < 0 ? commandAfterPod(list) : list.slice(dashes + 1);
  if (command.length === 0) return unknown('The command in the pod is not known');
  const finding = call.nested(command);
  return before.has('-t', '--tty') &&
    finding.interactive === undefined &&
    /^(?:ba|z|a)?sh$/.test(command[0]?.text ?? '')
    ? { ...finding, interactive: 'kubectl exec opens a shell' }
    : finding;
}

function commandAfterPod(list: readonly Argument[]): readonly Argument[] {
  const verb = list.findIndex(({ text }) => text === 'exec');
  const { operands } = readOptions(list.slice(verb + 1), { valued: VALUED, stopsAtOperand: true });
  return operands.slice(1);
}

function secretOf(verb: string, next: Argument | undefined, options: Options): string | undefined {
  if (options.has('--token')) return 'kubectl --token';
  return verb === 'create' && next?.text === 'secret' && options.has('--from-literal')
    ? 'kubectl create secret --from-literal'
    : undefined;
}
