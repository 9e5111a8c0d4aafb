import { changing, destructive, readOnly, unknown, words } from './finding.ts';
import type { Argument, Call, Finding } from './finding.ts';
import { readOptions } from './options.ts';
import type { Options } from './options.ts';

const CURL_VALUED = words(`-A -b -c -C -d -D -e -E -F -H -K -m -o -P -Q -r -t -T -u -U -w -x -X -y -Y -z
  --cacert --capath --cert --cert-type --ciphers --config --connect-timeout --connect-to --cookie --cookie-jar --data
  --data-ascii --data-binary --data-raw --data-urlencode --dump-header --form --form-string --header --interface --json
  --key --limit-rate --max-filesize --max-redirs --max-time --netrc-file --noproxy --output --output-dir --pass --proxy
  --proxy-user --range --referer --request --resolve --retry --retry-delay --retry-max-time --stderr --time-cond
  --tls-max --unix-socket --upload-file --url --url-query --user --user-agent --write-out --oauth2-bearer --aws-sigv4`);

const SENDS = [
  '-d',
  '-F',
  '--data',
  '--data-ascii',
  '--data-binary',
  '--data-raw',
  '--data-urlencode',
  '--form',
  '--form-string',
  '--json',
];
const CLEARS = /\/(?:[\w-]*[-_])?(?:clear|flush|flushall|purge|invalidate|delete|drop|wipe|reset)(?:[-_/?][^\s]*)?$/i;
/** Questions that are asked with POST: of Prometheus, and of Qdrant. */
const ASKS =
  /\/api\/v1\/(?:query|query_range|query_exemplars|series|labels)(?:\?|$)|\/points\/(?:count|scroll|search|query|recommend|discover)(?:\/\w+)?(?:\?|$)/;

/** `curl`: by its method, else by what it sends, and by the files it writes. */
export function judgeCurl({ arguments: list }: Call): Finding {
  const options = readOptions(list, { valued: CURL_VALUED });
  if (options.has('-K', '--config')) return unknown('curl takes its options from a file');
  if (options.has('--next', '-:')) return unknown('curl sends several different requests');
  if (options.has('-V', '--version', '--help')) return readOnly('It says what curl is');
  const finding = judgeRequest(methodOf(options), addresses(options));
  const secret = secretOf(list, options);
  return { ...worseBy(finding, writes(options)), ...(secret === undefined ? {} : { secretOnCommandLine: secret }) };
}

function methodOf(options: Options): string | undefined {
  for (const name of ['-X', '--request']) if (options.has(name)) return options.given.get(name)?.toUpperCase();
  if (options.has('-T', '--upload-file')) return 'PUT';
  if (options.has('-I', '--head')) return 'HEAD';
  return options.has(...SENDS) && !options.has('-G', '--get') ? 'POST' : 'GET';
}

function addresses({ operands, given }: Options): readonly string[] {
  return [...operands.map(readable), given.get('--url') ?? ''];
}

/** The address as far as it can be read: variables as `*`. */
function readable({ text, word }: Argument): string {
  return text ?? word?.parts.map((part) => (part.kind === 'text' ? part.text : '*')).join('') ?? '';
}

function judgeRequest(method: string | undefined, urls: readonly string[]): Finding {
  if (method === undefined) return unknown('The method of the request is not known before it runs');
  const clears = urls.find((url) => CLEARS.test(url.replace(/[?#].*$/, '')));
  if (method === 'GET' || method === 'HEAD' || method === 'OPTIONS') {
    if (clears !== undefined) return unknown(`${clears} sounds as if it deleted something, even with ${method}`);
    const endless = urls.some((url) => /[?&](?:watch|follow)=(?:1|true)\b/.test(url));
    return readOnly(`A ${method} request only reads`, endless ? { endless: 'The server goes on sending' } : {});
  }
  if (method === 'DELETE') return destructive('A DELETE request deletes');
  if (clears !== undefined) return destructive(`${method} ${clears} deletes or clears`);
  if (method === 'POST' && urls.some((url) => ASKS.test(url))) return readOnly('This POST request only asks');
  return changing(`A ${method} request changes something`);
}

function writes(options: Options): Finding | undefined {
  if (options.has('-O', '--remote-name', '--remote-name-all', '-J')) return changing('curl writes a file');
  for (const name of ['-o', '--output', '-c', '--cookie-jar', '-D', '--dump-header']) {
    const file = options.all(name).find((one) => one !== '-' && one !== '/dev/null');
    if (file !== undefined || options.all(name).includes(undefined)) return changing(`curl writes ${file ?? 'a file'}`);
  }
  return undefined;
}

function worseBy(finding: Finding, other: Finding | undefined): Finding {
  return other !== undefined && finding.class === 'readOnly' ? { ...finding, ...other } : finding;
}

const SECRET_HEADER = /^(?:authorization|proxy-authorization|cookie|api-key|x-api-key|x-auth-token|private-token)\s*:/i;

function secretOf(list: readonly Argument[], options: Options): string | undefined {
  for (const name of ['-u', '--user', '--proxy-user', '-U', '--oauth2-bearer'])
    if (options.has(name)) return `curl ${name}`;
  const header = list.map(readable).find((text) => SECRET_HEADER.test(text.replace(/^(?:-H|--header=)\s*/, '')));
  return header === undefined
    ? undefined
    : `curl -H "${header.replace(/^(?:-H|--header=)\s*/, '').split(':')[0] ?? ''}"`;
}

const WGET_VALUED =
  words(`-O -o -a -e -t -T -w -Q -P -U -l -A -R -D -I -X -i -B --output-document --output-file --tries --timeout
  --wait --directory-prefix --user-agent --header --method --body-data --body-file --post-data --post-file --user
  --password --input-file --level`);

export function judgeWget({ arguments: list }: Call): Finding {
  const options = readOptions(list, { valued: WGET_VALUED });
  const file = options.given.get('-O') ?? options.given.get('--output-document');
  const method = options.has('--post-data', '--post-file')
    ? 'POST'
    : (options.given.get('--method') ?? 'GET').toUpperCase();
  const request = judgeRequest(method, addresses(options));
  const secret = options.has('--password') ? { secretOnCommandLine: 'wget --password' } : {};
  const isShown = options.has('--spider') || file === '-' || file === '/dev/null';
  return { ...worseBy(request, isShown ? undefined : changing('wget writes a file')), ...secret };
}
