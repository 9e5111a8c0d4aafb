import { changing, destructive, readOnly, unknown, words } from './finding.ts';
import type { Argument, Call, Finding, Rule } from './finding.ts';
import { readOptions } from './options.ts';

/** Programs that only read, whatever their arguments. */
export const READS = words(`
  [ test true false : echo printf cd pwd pushd popd dirs exit return break continue shift set shopt unset export local
  declare typeset readonly wait umask ulimit type which whereis hash let expr bc seq sleep jobs history times
  cat head grep egrep fgrep zgrep rg ag cut tr column paste comm diff cmp uniq wc nl fold fmt rev tac strings
  md5sum sha1sum sha256sum sha512sum cksum stat file ls ll dir tree basename dirname realpath readlink xxd od hexdump
  base64 jq uname whoami id groups users uptime free df du ps pgrep pidof lsof netstat ss dig nslookup host traceroute
  tracepath mtr getent locale w who last tty tput clear nproc lscpu lsblk lspci lsusb lsmod arch getconf logname zcat
  pg_isready redis-check-aof redis-check-rdb printenv tzselect cal factor
  json_pp numfmt shuf tsort join xmllint gzcat bzcat xzcat`);

/** Programs that change something, whatever their arguments. */
export const CHANGES = words(`
  mkdir touch cp mv ln chmod chown chgrp tee install rsync scp sftp useradd usermod groupadd groupmod adduser addgroup
  mount umount sysctl modprobe ldconfig update-alternatives setfacl split csplit mkfifo mktemp gzip gunzip bzip2 bunzip2
  xz unxz zip unzip patch make cmake ninja createdb createuser pg_restore alembic flyway liquibase logger wall write mail
  sendmail notify-send redis-benchmark ssh-keygen ssh-copy-id openssl gpg visudo newgrp at batch`);

/** Programs that take something away, whatever their arguments. */
export const RUINS = words(`
  rm rmdir dd shred truncate mkfs fdisk parted wipefs pkill killall reboot shutdown halt poweroff init userdel
  groupdel deluser dropdb dropuser iptables nft swapoff fuser unlink`);

export const EDITORS = words('vi vim nvim nano emacs pico ed joe micro code subl mcedit');
export const SCREENS = words(
  'top htop btop atop iotop nmon man info more less telnet ftp screen tmux mc passwd dialog glances',
);
export const BROWSERS = words('open xdg-open start sensible-browser');
export const SERVERS = words(`uvicorn gunicorn hypercorn daphne celery nginx httpd redis-server redis-sentinel qdrant
  prometheus grafana-server node-exporter`);

function follows(flags: readonly string[], instead: string): Rule {
  return ({ program, arguments: list }) => {
    const isEndless = readOptions(list).has(...flags);
    return readOnly(`${program} only reads`, isEndless ? { endless: `${program} ${flags[0]} follows`, instead } : {});
  };
}

/** `ping host` never ends on Linux. */
function judgePing({ arguments: list }: Call): Finding {
  const options = readOptions(list, { valued: words('-c -i -W -w -s -t -I -M -p -Q -S') });
  if (options.has('-c', '-w')) return readOnly('ping only asks');
  const host = options.operands.at(-1);
  const instead = `ping -c 4 ${host === undefined ? '' : shown(host)}`.trim();
  return readOnly('ping only asks', { endless: 'ping goes on until it is stopped', instead });
}

/** `iostat 5` never ends; `iostat 5 3` does. */
function judgeSampler({ program, arguments: list }: Call): Finding {
  const { operands } = readOptions(list, { valued: words('-p -o -f -g -j -s -e -P') });
  const numbers = operands.filter(({ text }) => /^\d+$/.test(text ?? '')).length;
  return readOnly(`${program} only reads`, numbers === 1 ? { endless: `${program} repeats until it is stopped` } : {});
}

function judgeSed({ arguments: list }: Call): Finding {
  const isInPlace = list.some(({ text }) => /^(?:-[a-zA-Z]*i|--in-place)/.test(text ?? ''));
  if (isInPlace) return changing('sed -i changes files');
  const writes = list.some(
    ({ text }) => text === undefined || /(?:^|[;{}/])\s*[we]\s|\/[gIip\d]*[we][\s;]|\/[gIip\d]*e$/.test(text),
  );
  return writes ? unknown('The sed script may write files or run commands') : readOnly('sed only prints');
}

function judgeAwk({ arguments: list }: Call): Finding {
  const { operands, has } = readOptions(list, { valued: words('-F -v -f --field-separator --assign --file') });
  const script = operands[0]?.text;
  if (has('-f', '--file') || script === undefined) return unknown('What the awk script does is not known');
  return /system\s*\(|getline|\bprintf?\b[^;}]*(?:>|\|(?!\|))|\|\s*"|\|&/.test(script)
    ? unknown('The awk script may write files or run commands')
    : readOnly('awk only prints');
}

function writesWith(...flags: readonly string[]): Rule {
  return ({ program, arguments: list }) => {
    const options = readOptions(list, { valued: words('-o --output -h -U -d -p -f --file -r --result-file -u') });
    return options.has(...flags) ? changing(`${program} writes a file`) : readOnly(`${program} only reads`);
  };
}

function judgeTar({ arguments: list }: Call): Finding {
  const mode = list.map(({ text }) => text ?? '').find((text, index) => index === 0 || /^-[a-zA-Z]/.test(text)) ?? '';
  const isList = /^-?[a-zA-Z]*t[a-zA-Z]*$/.test(mode) || list.some(({ text }) => text === '--list');
  return isList ? readOnly('tar -t only lists') : changing('tar writes files');
}

function judgeCrontab({ arguments: list }: Call): Finding {
  const options = readOptions(list, { valued: words('-u') });
  if (options.has('-l')) return readOnly('crontab -l only lists');
  if (options.has('-e')) return changing('crontab -e changes the table', { interactive: 'crontab -e opens an editor' });
  return options.has('-r') ? destructive('crontab -r deletes the table') : changing('crontab replaces the table');
}

function judgeJournal({ arguments: list }: Call): Finding {
  const options = readOptions(list, {
    valued: words('-u -n -o -p -t -S -U -b --unit --lines --output --since --until'),
  });
  const isCleaning = [...options.given.keys()].some((name) => /^--(?:vacuum|rotate|flush|sync)/.test(name));
  if (isCleaning) return destructive('journalctl deletes or moves logs');
  const endless = { endless: 'journalctl -f follows the log', instead: 'journalctl --lines 100 --no-pager' };
  return readOnly('journalctl only reads', options.has('-f', '--follow') ? endless : {});
}

function judgeBare(operandsChange: string): Rule {
  return ({ program, arguments: list }) =>
    readOptions(list).operands.length > 0
      ? changing(`${program} ${operandsChange}`)
      : readOnly(`${program} only reads`);
}

function judgeDate({ arguments: list }: Call): Finding {
  const options = readOptions(list, { valued: words('-d -r -f --date --reference --file') });
  return options.has('-s', '--set') ? changing('date -s sets the clock') : readOnly('date only reads');
}

/** `nc -z` only asks whether a port is open. */
function judgeNetcat({ arguments: list }: Call): Finding {
  return readOptions(list, { valued: words('-w -p -s') }).has('-z')
    ? readOnly('nc -z only asks')
    : unknown('nc sends whatever it is given');
}

function judgeDmesg(call: Call): Finding {
  const clears = readOptions(call.arguments).has('-c', '-C', '--clear', '--read-clear', '-D', '-E', '-n');
  return clears ? changing('dmesg clears or changes the log') : follows(['-w', '--follow'], 'dmesg')(call);
}

/** `kill -0` asks whether a process is there. */
function judgeKill({ arguments: list }: Call): Finding {
  const [first] = list;
  if (first?.text === '-0' || first?.text === '-l') return readOnly(`kill ${first.text} only asks`);
  return destructive('kill ends processes, or tells them to do something');
}

/** Writes its dump to the output, or to a file. */
const judgeDump = writesWith('-f', '--file', '-r', '--result-file');

function judgeRead({ arguments: list }: Call): Finding {
  return list.some(({ text }) => text === '-t')
    ? readOnly('read waits')
    : readOnly('read waits for input', { interactive: 'read waits for input' });
}

function readable(argument: Argument | undefined): string {
  return argument?.text ?? '';
}

/** As it was written, as far as that can be said. */
function shown({ text, word }: Argument): string {
  const parts = word?.parts ?? [];
  return (
    text ??
    parts.map((part) => (part.kind === 'text' ? part.text : part.kind === 'variable' ? `$${part.name}` : '…')).join('')
  );
}

export const PROGRAM_RULES: Readonly<Record<string, Rule>> = {
  ping: judgePing,
  ping6: judgePing,
  tail: follows(['-f', '-F', '--follow'], 'tail -n 100'),
  dmesg: judgeDmesg,
  iostat: judgeSampler,
  vmstat: judgeSampler,
  mpstat: judgeSampler,
  sar: judgeSampler,
  sed: judgeSed,
  awk: judgeAwk,
  gawk: judgeAwk,
  mawk: judgeAwk,
  sort: writesWith('-o', '--output'),
  yq: writesWith('-i', '--inplace'),
  tar: judgeTar,
  crontab: judgeCrontab,
  journalctl: judgeJournal,
  hostname: judgeBare('sets the name of the machine'),
  ifconfig: judgeBare('may change a network interface'),
  date: judgeDate,
  nc: judgeNetcat,
  read: judgeRead,
  kill: judgeKill,
  pg_dump: judgeDump,
  mysqldump: judgeDump,
  yes: () => readOnly('yes only prints', { endless: 'yes prints until it is stopped' }),
  source: ({ arguments: [file] }) => unknown(`The script ${readable(file)} may do anything`),
  '.': ({ arguments: [file] }) => unknown(`The script ${readable(file)} may do anything`),
};
