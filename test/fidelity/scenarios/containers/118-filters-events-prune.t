Filters of lists, events, prunes, verbs of what is not there. Steps whose output depends on the machine of the recording are left out.
# needs: busybox
  $ S=${DOCKER_HOST:-unix:///var/run/docker.sock}; S=${S#unix://}; api() { curl -s --unix-socket "$S" -w ' %{http_code}\n' "$@" | sed -E 's/[0-9a-f]{64}/CID/g'; }; J='Content-Type: application/json'
  $ docker run -d --name p1 -l a=1 -l b=2 -p 8081:80 -v pv:/d --network bridge busybox sleep 1000 >/dev/null; docker create --name p2 -l a=2 --expose 99/udp busybox true >/dev/null; docker run --name p3 busybox sh -c 'exit 5'; docker run -d --name p4 --network none busybox sleep 1000 >/dev/null; docker pause p4 >/dev/null
  $ for f in status=running status=exited status=created status=paused status=bogus exited=5 exited=x label=a label=a=1 label=z name=p name='^/p1$' id=zzz ancestor=busybox ancestor=nosuch before=p3 since=p2 before=nosuch volume=pv volume=/d volume=nosuch network=bridge network=none network=nosuch publish=8081 publish=80/tcp publish=8081-8082 publish=x expose=99/udp expose=80 health=none health=bogus is-task=true is-task=bogus isolation=default bogus=1; do echo "$f: $(docker ps -a --filter "$f" --format '{{.Names}}' 2>&1 | sort | tr '\n' ' ')"; done
  status=running: p1
  status=exited: p3
  status=created: p2
  status=paused: p4
  status=bogus: Error response from daemon: invalid filter 'status=bogus': invalid value for state (bogus): must be one of created, running, paused, restarting, removing, exited, dead
  exited=5: p3
  exited=x: Error response from daemon: invalid filter 'exited=x': strconv.Atoi: parsing "x": invalid syntax
  label=a: p1 p2
  label=a=1: p1
  label=z:
  name=p: p1 p2 p3 p4
  name=^/p1$: p1
  id=zzz:
  ancestor=busybox: p1 p2 p3 p4
  ancestor=nosuch:
  before=p3: p1 p2
  since=p2: p3 p4
  before=nosuch: Error response from daemon: No such container: nosuch
  volume=pv: p1
  volume=/d: p1
  volume=nosuch:
  network=bridge: p1 p2 p3
  network=none: p4
  network=nosuch:
  publish=8081: p1
  publish=80/tcp:
  publish=8081-8082: p1
  publish=x: Error response from daemon: error while looking up for publish x: strconv.ParseUint: parsing "x": invalid syntax
  expose=99/udp:
  expose=80: p1
  health=none: p1 p2 p3 p4
  health=bogus: Error response from daemon: invalid filter 'health=bogus': invalid value for health (bogus): must be one of none, starting, healthy, unhealthy
  is-task=true:
  is-task=bogus: Error response from daemon: invalid filter 'is-task=[bogus]'
  isolation=default: p1 p2 p3 p4
  bogus=1: Error response from daemon: invalid filter 'bogus'
  $ docker ps -a --filter status=running --filter status=exited --filter name=p --format '{{.Names}}' | sort | tr '\n' ' '; docker ps -aq --filter label=a --filter label=b | wc -l; docker ps -n 2 --format '{{.Names}}'; docker ps -l --format '{{.Names}}'; docker ps -a --format '{{.Names}} {{.Ports}} {{.Mounts}} {{.Networks}} {{.Labels}} {{.LocalVolumes}} {{.State}}' | sort
  p1 p3 1
  p4
  p3
  p4
  p1 0.0.0.0:8081->80/tcp, [::]:8081->80/tcp pv bridge a=1,b=2 1 running
  p2  bridge a=2 0 created
  p3  bridge  0 exited
  p4  none  0 paused
  $ docker ps -s --format '{{.Names}} {{.Size}}' | sed -E 's/[0-9.]+[kM]?B/N/g' | sort; docker port p1; docker port p1 80; docker port p1 80/tcp; docker port p1 81; docker port p2; docker port nosuchc
  p1 N (virtual N)
  p4 N (virtual N)
  80/tcp -> 0.0.0.0:8081
  80/tcp -> [::]:8081
  0.0.0.0:8081
  [::]:8081
  0.0.0.0:8081
  [::]:8081
  Error: No public port '81' published for p1
  Error response from daemon: No such container: nosuchc
  [1]
  $ docker container prune -f --filter label=nosuch; docker container prune -f --filter until=bogus; docker container prune -f --filter bogus=1; docker container prune -f --filter 'label!=a' | sed -E 's/^[0-9a-f]{64}$/ID/;s/[0-9.]+[kM]?B/N/'; docker ps -a --format '{{.Names}}' | sort
  Total reclaimed space: 0B
  Error response from daemon: failed to parse value as time or duration: "bogus"
  Error response from daemon: invalid filter 'bogus'
  Deleted Containers:
  ID
  
  Total reclaimed space: N
  p1
  p2
  p4
  $ docker events --since bogus --until 1; docker events --until 1 --filter bogus=1; docker events --since 10 --until 5
  failed to parse value as time or duration: "bogus"
  Error response from daemon: `since` time (10) cannot be after `until` time (5)
  [1]
  $ docker unpause p4 >/dev/null; docker stop -t 0 p4 p2 nosuchc; docker start p2 nosuchc; docker restart -t 0 nosuchc; docker kill p2; docker kill -s BOGUS p4; docker kill -s 99 p4; docker pause p2; docker unpause p2; docker rm p4 p2 nosuchc; docker rm -f nosuchc; docker rm -v; docker stop -s BOGUS p2
  p4
  p2
  Error response from daemon: No such container: nosuchc
  p2
  Error response from daemon: No such container: nosuchc
  Error: failed to start containers: nosuchc
  Error response from daemon: No such container: nosuchc
  Error response from daemon: cannot kill container: p2: container <id> is not running
  Error response from daemon: cannot kill container: p4: invalid signal: BOGUS
  Error response from daemon: cannot kill container: p4: the linux daemon does not support signal 99
  Error response from daemon: container <id> is not running
  Error response from daemon: Container <id> is not paused
  p4
  p2
  Error response from daemon: No such container: nosuchc
  Error response from daemon: No such container: nosuchc
  docker: 'docker rm' requires at least 1 argument
  
  Usage:  docker rm [OPTIONS] CONTAINER [CONTAINER...]
  
  See 'docker rm --help' for more information
  Error response from daemon: No such container: p2
  [1]
