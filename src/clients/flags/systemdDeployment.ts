import { setTimeout as wait } from 'node:timers/promises';
import { OpsError } from '../../core/errors.ts';
import { commandWords } from '../../core/flags/commandWords.ts';
import type { Deployment } from '../../core/flags/target.ts';
import { fine, settleMs } from '../../core/flags/target.ts';
import { Machine } from './machine.ts';
import type { SystemdTarget } from './machine.ts';
import { showUnit, systemctl } from './systemdStore.ts';

const askEveryMs = 250;

/** A unit, restarted and watched until it is active. */
export function systemdDeployment(target: SystemdTarget): Deployment {
  const machine = new Machine(target);
  const where = `${target.unit} on ${machine.name}`;
  const restart = systemctl(target, 'restart', target.unit);
  return {
    where,
    identify: async (signal) => {
      const id = (await machine.run(['cat', '/etc/machine-id'], signal)).trim();
      return { service: 'systemd', address: where, marks: { 'machine id': id } };
    },
    // The rights are looked at with the flag.
    inspect: () => Promise.resolve(fine),
    restartCommands: () => [commandWords(machine.args(restart, { root: true }))],
    restart: async (_begun, { signal, onProgress }) => {
      const deadline = performance.now() + (target.settleWithin ?? settleMs);
      await machine.asRoot(restart, signal, { timeoutMs: target.settleWithin ?? settleMs, onLine: onProgress });
      for (;;) {
        const { ActiveState: state = 'unknown', Result: result = '' } = await showUnit(machine, target, signal);
        onProgress(state);
        if (state === 'active') return;
        if (state === 'failed' || performance.now() > deadline)
          throw new OpsError(
            state === 'failed' ? 'protocol' : 'timedOut',
            `${where} is ${state} (${result}) after the restart.`,
            {
              next: `Look at “journalctl -u ${target.unit}”.`,
            },
          );
        await wait(askEveryMs, undefined, { signal });
      }
    },
    effective: async (name, signal) => {
      const { MainPID: pid = '0' } = await showUnit(machine, target, signal);
      if (pid === '0') throw new OpsError('busy', `${where} is not running.`);
      const environment = await machine.asRoot(['cat', `/proc/${pid}/environ`], signal);
      const found = environment.split('\0').findLast((one) => one.startsWith(`${name}=`));
      return found?.slice(name.length + 1);
    },
  };
}
