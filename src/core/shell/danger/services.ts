import { changing, destructive, readOnly, unknown, words } from './finding.ts';
import type { Call, Finding, Rule } from './finding.ts';
import { readOptions } from './options.ts';

interface Verbs {
  readonly valued?: string;
  readonly reads: string;
  readonly changes: string;
  readonly ruins: string;
  /** What happens without a verb. */
  readonly alone?: Finding;
  /** Which operand is the verb: of `service redis status` the second. */
  readonly at?: number;
}

/** A program whose first operand says what it does. */
function byVerb({ valued = '', reads, changes, ruins, alone, at = 0 }: Verbs): Rule {
  const lists = { valued: words(valued), reads: words(reads), changes: words(changes), ruins: words(ruins) };
  return ({ program, arguments: list }: Call) => {
    const { operands } = readOptions(list, { valued: lists.valued });
    const verb = operands[at];
    if (verb === undefined && alone !== undefined) return alone;
    if (verb?.text === undefined) return unknown(`What ${program} is asked to do is not known`);
    const said = `${program} ${verb.text}`;
    if (lists.reads.has(verb.text)) return readOnly(`${said} only reads`);
    if (lists.ruins.has(verb.text)) return destructive(`${said} takes something away`);
    return lists.changes.has(verb.text) ? changing(`${said} changes something`) : unknown(`${said} is not known`);
  };
}

const systemctl = byVerb({
  valued: '-t -p -H -M -n -o --type --property --host --machine --lines --output --state',
  reads: `status is-active is-enabled is-failed is-system-running show cat list-units list-unit-files list-timers
    list-sockets list-dependencies list-jobs get-default show-environment help`,
  changes: `start stop restart reload try-restart reload-or-restart enable disable reenable mask unmask daemon-reload
    daemon-reexec set-property set-default edit reset-failed link preset set-environment unset-environment`,
  ruins: 'kill poweroff reboot halt rescue emergency isolate suspend hibernate revert',
  alone: readOnly('systemctl lists units'),
});

export const SERVICE_RULES: Readonly<Record<string, Rule>> = {
  systemctl: (call) => {
    const finding = systemctl(call);
    const edits = call.arguments.some(({ text }) => text === 'edit');
    return edits ? { ...finding, interactive: 'systemctl edit opens an editor' } : finding;
  },
  service: byVerb({ reads: 'status', changes: 'start stop restart reload force-reload', ruins: '', at: 1 }),
  supervisorctl: byVerb({
    valued: '-c -s -u -p',
    reads: 'status tail pid avail maintail version help',
    changes: 'start stop restart reread update reload add signal clear',
    ruins: 'shutdown remove',
    alone: unknown('supervisorctl waits for commands', { interactive: 'supervisorctl waits for commands' }),
  }),
  pm2: (call) => {
    const verb = call.arguments.find(({ text }) => text !== undefined && !text.startsWith('-'))?.text;
    const isEndless =
      (verb === 'logs' || verb === 'log' || verb === 'monit') &&
      !call.arguments.some(({ text }) => text === '--nostream');
    return {
      ...pm2(call),
      ...(isEndless ? { endless: `pm2 ${verb} follows the log`, instead: 'pm2 logs --nostream' } : {}),
    };
  },
  promtool: byVerb({ reads: 'check query test', changes: 'tsdb push', ruins: '' }),
  amtool: byVerb({ reads: 'alert check-config config cluster', changes: 'silence', ruins: '' }),
  helm: byVerb({
    valued: '-n -f --namespace --values --set --kube-context --kubeconfig --version',
    reads: 'list ls status get history template show search version env lint verify',
    changes: 'install upgrade rollback repo dependency pull package push plugin test create',
    ruins: 'uninstall delete',
  }),
  terraform: byVerb({
    reads: 'plan show output validate version providers graph',
    changes: 'init apply import fmt get workspace refresh',
    ruins: 'destroy state taint force-unlock',
  }),
  ufw: byVerb({
    reads: 'status version',
    changes: 'allow deny limit reject enable reload',
    ruins: 'disable delete reset',
  }),
  ip: ({ arguments: list }) => {
    const [, action] = readOptions(list).operands;
    const only = action === undefined || words('show list ls get').has(action.text ?? '');
    return only ? readOnly('ip only shows') : changing('ip changes the network');
  },
};

const pm2 = byVerb({
  reads: 'list ls l status show describe info logs log monit jlist prettylist prettylist env ping report',
  changes: 'start stop restart reload save startup resurrect scale update set reset gracefulReload',
  ruins: 'delete del kill flush unstartup',
});

const APT = {
  valued: '-t -o -c -a --target-release',
  reads: 'list show search policy depends rdepends changelog madison info outdated view ls check freeze',
  changes: `install update upgrade dist-upgrade full-upgrade reinstall download build-dep ci add i sync makecache
    tap link pin lock fetch hash wheel config refresh`,
  ruins: 'remove purge autoremove autopurge clean autoclean uninstall rm r un erase prune cache',
};

export const PACKAGE_PROGRAMS = words(
  'apt apt-get apt-cache yum dnf apk brew snap pip pip3 npm yarn pnpm gem conda poetry uv',
);
export const judgePackages: Rule = byVerb({ ...APT, alone: readOnly('It says how it is used') });
