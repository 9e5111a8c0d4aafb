import { chmod, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** The state of each is in $PLATFORMS/NAME/platform; where a file `down` lies there, nobody answers. */
const kubectl = `#!/bin/sh
# A stand-in for kubectl and the cluster of a context: one workload with one variable, and its revisions.
while :; do
  case $1 in
    --context) state=$PLATFORMS/$2/platform ;;
    --namespace) ;;
    *) break ;;
  esac
  shift 2
done
say() { echo "$1" >&2; exit 1; }
put() { printf %s "$2" >"$state/.$1" && mv "$state/.$1" "$state/$1"; }
roll() { put value "$1"; put revision $(($(cat "$state/revision") + 1)); put "revision-$(cat "$state/revision")" "$1"; }
container() { printf '{"name":"main","env":[{"name":"CACHE_ENABLED","value":"%s"}]}' "$(cat "$state/$1")"; }
test ! -e "$state/down" || say "The connection to the server 127.0.0.1:6443 was refused - did you specify the right host or port?"
case "$*" in
  "auth can-i"*) test ! -e "$state/forbidden" || { echo no; exit 1; }; echo yes ;;
  "get pods"*)
    printf '{"items":[{"metadata":{"name":"desk-1"},"spec":{"containers":[%s]},"status":{"conditions":[{"type":"Ready","status":"True"}]}}]}' "$(container running)" ;;
  "get "*)
    printf '{"metadata":{"name":"desk","uid":"1","annotations":{"deployment.kubernetes.io/revision":"%s"}},' "$(cat "$state/revision")"
    printf '"spec":{"selector":{"matchLabels":{"app":"desk"}},"template":{"spec":{"containers":[%s]}}}}' "$(container value)" ;;
  "set env"*)
    test ! -e "$state/forbidden" || say 'Error from server (Forbidden): deployments.apps "desk" is forbidden: User "view" cannot patch resource "deployments"'
    roll "$(echo "$4" | sed 's/^CACHE_ENABLED=//')" ;;
  "rollout status"*) put running "$(cat "$state/value")"; echo 'deployment "desk" successfully rolled out' ;;
  "rollout restart"*) roll "$(cat "$state/value")" ;;
  "rollout undo"*) roll "$(cat "$state/revision-\${4#--to-revision=}")" ;;
  "rollout history"*) for one in "$state"/revision-*; do echo "\${one##*-}  <none>"; done ;;
  *) say "not known here: $*" ;;
esac
`;

const docker = `#!/bin/sh
# A stand-in for docker, Compose and the engine of a context: one service, whose container has what .env said at "up".
state=$PLATFORMS/$DOCKER_CONTEXT/platform
test "$1" != compose || shift
case "$*" in
  version) echo 2; exit ;;
  config*)
    printf '{"services":{"desk":{"environment":{"CACHE_ENABLED":"%s"}}}}' "$(sed -n 's/^CACHE_ENABLED=//p' .env)"
    exit ;;
esac
test ! -e "$state/down" || { echo "Cannot connect to the Docker daemon at unix://$state/socket. Is the docker daemon running?" >&2; exit 1; }
case "$*" in
  up*) sed -n 's/^CACHE_ENABLED=//p' .env >"$state/.running" && mv "$state/.running" "$state/running" ;;
  ps*) echo 1 ;;
  inspect*) printf '["CACHE_ENABLED=%s"]\\n' "$(cat "$state/running")" ;;
  *) echo 1 ;;
esac
`;

const ssh = `#!/bin/sh
# A stand-in for ssh: what it is given for the other machine is read by a shell, as there. Where a file "cut" lies there,
# the connection breaks before all of a file that is sent has arrived.
for words do :; done
for host do test "$host" = "$words" || state=$PLATFORMS/$host/platform; done
test ! -e "$state/down" || { echo "ssh: connect to host desk port 22: Connection refused" >&2; exit 255; }
export state XDG_CONFIG_HOME="$state/config"
case "$words" in
  *.new*) test ! -e "$state/cut" || { head -c 20 | /bin/sh -c "$words"; exit 255; } ;;
esac
exec /bin/sh -c "$words"
`;

const systemctl = `#!/bin/sh
# A stand-in for systemctl on that machine: the unit has what its drop-ins said when they were last read.
case "$*" in
  *daemon-reload*) cat "$XDG_CONFIG_HOME"/systemd/user/desk.service.d/*.conf >"$state/read" 2>/dev/null || : ;;
  *restart*) curl -fsS "$(cat "$state/restart")" ;;
  *show*)
    echo LoadState=loaded
    echo ActiveState=active
    echo "Environment=$(sed -n 's/^Environment=//p' "$state/read" 2>/dev/null | tr '\\n' ' ')" ;;
esac
`;

/** Stand-ins for programs whose other side cannot be had, or killed and started again, within milliseconds. */
export async function writePrograms(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const [name, text] of Object.entries({ kubectl, docker, ssh, systemctl })) {
    await writeFile(path.join(folder, name), text);
    await chmod(path.join(folder, name), 0o755);
  }
}
