Health checks from the first to the last. Steps whose output depends on the machine of the recording are left out.
# needs: busybox
  $ S=${DOCKER_HOST:-unix:///var/run/docker.sock}; S=${S#unix://}; api() { curl -s --unix-socket "$S" -w ' %{http_code}\n' "$@" | sed -E 's/[0-9a-f]{64}/CID/g'; }; J='Content-Type: application/json'
  $ docker run -d --name en-h --health-cmd 'test -f /ok' --health-interval 1s --health-retries 2 --health-timeout 1s busybox sleep 600 >/dev/null; docker inspect -f '{{json .State.Health}}' en-h
  {"Status":"starting","FailingStreak":0,"Log":[]}
  $ docker ps --filter name=en-h --format '{{.Status}}' | sed 's/Up .* (/Up (/'
  Up (health: starting)
  $ sleep 3.5; docker inspect -f '{{.State.Health.Status}} {{.State.Health.FailingStreak}} {{len .State.Health.Log}} {{(index .State.Health.Log 0).ExitCode}} {{json (index .State.Health.Log 0).Output}}' en-h
  unhealthy 3 3 1 ""
  $ docker exec en-h touch /ok; sleep 1.5; docker inspect -f '{{.State.Health.Status}} {{.State.Health.FailingStreak}}' en-h; docker ps --filter health=healthy --filter name=en-h --format '{{.Names}}'
  healthy 0
  en-h
  $ docker stop -t 0 en-h >/dev/null; docker inspect -f '{{.State.Health.Status}} {{.State.Health.FailingStreak}}' en-h; docker ps -a --filter name=en-h --format '{{.State}}'
  unhealthy 0
  exited
  $ docker run -d --name en-t --health-cmd 'echo begin; sleep 30' --health-interval 1s --health-timeout 1s --health-retries 1 busybox sleep 600 >/dev/null; sleep 3.6; docker inspect -f '{{.State.Health.Status}} {{(index .State.Health.Log 0).ExitCode}} {{json (index .State.Health.Log 0).Output}}' en-t; docker rm -f en-t
  unhealthy -1 "Health check exceeded timeout (1s): begin\n"
  en-t
  $ docker run -d --name en-n --health-cmd 'nosuchcmd' --health-interval 1s --health-retries 1 busybox sleep 600 >/dev/null; sleep 2.5; docker inspect -f '{{.State.Health.Status}} {{(index .State.Health.Log 0).ExitCode}} {{json (index .State.Health.Log 0).Output}}' en-n; docker rm -f en-n
  unhealthy 127 "/bin/sh: nosuchcmd: not found\n"
  en-n
  $ docker run -d --name en-s --health-cmd 'exit 1' --health-interval 1s --health-retries 1 --health-start-period 30s --health-start-interval 1s busybox sleep 600 >/dev/null; sleep 3.5; docker inspect -f '{{.State.Health.Status}} {{.State.Health.FailingStreak}} {{len .State.Health.Log}}' en-s; docker rm -f en-s
  starting 0 3
  en-s
  $ docker run -d --name en-no --no-healthcheck busybox sleep 600 >/dev/null; docker inspect -f '{{json .Config.Healthcheck}} {{json .State.Health}}' en-no; docker rm -f en-no
  {"Test":["NONE"]} null
  en-no
  $ docker run --health-interval 1us --health-cmd true busybox true
  docker: Error response from daemon: Interval in Healthcheck cannot be less than 1ms
  
  Run 'docker run --help' for more information
  [125]
  $ docker run --health-retries -1 --health-cmd true busybox true
  docker: --health-retries cannot be negative
  
  Run 'docker run --help' for more information
  [125]
  $ docker create --name en-x --health-interval 2s busybox true >/dev/null; docker inspect -f '{{json .Config.Healthcheck}}' en-x; docker rm en-x
  {"Interval":2000000000}
  en-x
  $ api -X POST -H "$J" -d '{"Image":"busybox","Healthcheck":{"Test":["BAD","x"]}}' 'http://d/containers/create?name=en-y'; docker start en-y; docker inspect -f '{{json .State.Health}}' en-y; docker rm -f en-y
  {"Id":"CID","Warnings":[]}
   201
  en-y
  null
  en-y
  $ docker run -d --name en-big --health-cmd 'i=0; while [ $i -lt 500 ]; do echo 0123456789; i=$((i+1)); done' --health-interval 1s busybox sleep 600 >/dev/null; sleep 2.5; docker inspect -f '{{(index .State.Health.Log 0).Output}}' en-big | tail -c 30; docker inspect -f '{{len (index .State.Health.Log 0).Output}}' en-big; docker rm -f en-big
  0123456789
  0123456789
  0123...
  4099
  en-big
