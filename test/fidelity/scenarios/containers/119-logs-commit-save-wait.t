logs, stats, commit, import, save, load, tag, wait. Steps whose output depends on the machine of the recording are left out.
# needs: busybox
  $ S=${DOCKER_HOST:-unix:///var/run/docker.sock}; S=${S#unix://}; api() { curl -s --unix-socket "$S" -w ' %{http_code}\n' "$@" | sed -E 's/[0-9a-f]{64}/CID/g'; }; J='Content-Type: application/json'
  $ docker run -d --name s1 busybox sh -c 'i=0; while [ $i -lt 5 ]; do echo line $i; i=$((i+1)); sleep 0.2; done; sleep 1000' >/dev/null; sleep 2
  $ docker logs s1; docker logs -n 2 s1; docker logs --tail 0 s1; docker logs --tail all s1 | wc -l; docker logs --tail -1 s1 | wc -l; docker logs --tail x s1 | wc -l; docker logs -t -n 1 s1 | sed -E 's/^[0-9TZ:.-]+/T/'; docker logs --since 1h s1 | wc -l; docker logs --since 2020-01-01 s1 | wc -l; docker logs --until 2020-01-01 s1 | wc -l; docker logs --since bogus s1; docker logs --until bogus s1; docker logs nosuch; docker logs --details s1 | head -1
  line 0
  line 1
  line 2
  line 3
  line 4
  line 3
  line 4
  5
  5
  5
  T line 4
  5
  5
  0
  invalid value for "since": failed to parse value as time or duration: "bogus"
  invalid value for "until": failed to parse value as time or duration: "bogus"
  Error response from daemon: No such container: nosuch
   line 0
  $ docker stats --no-stream --format '{{.Name}} {{.Container}} {{.PIDs}}' s1 | sed -E 's/[0-9a-f]{12}/ID/'; docker stats --no-stream nosuch; docker stats --no-stream s1 --format 'table {{.Name}}\t{{.PIDs}}'
  s1 s1 1
  Error response from daemon: No such container: nosuch
  NAME  PIDS
  s1  1
  $ docker export s1 -o e.tar; docker import e.tar i1:1 | cut -c1-7; docker import -c 'CMD ["x"]' -m 'mm' e.tar i1:2 | cut -c1-7; docker inspect -f '{{json .Config.Cmd}} {{.Comment}}' i1:2; docker history --format '{{.CreatedBy}}|{{.Comment}}' i1:2; docker import nosuch.tar; docker import -c 'BOGUS' e.tar; cat e.tar | docker import - i1:3 | cut -c1-7; docker export nosuch; docker import e.tar 'Bad:x'
  sha256:
  sha256:
  ["x"] mm
  |mm
  open nosuch.tar: no such file or directory
  Error response from daemon: BOGUS is not a valid change command
  sha256:
  Error response from daemon: No such container: nosuch
  invalid reference format: repository name (library/Bad) must be lowercase
  [1]
  $ docker create --name w1 busybox sleep 1 >/dev/null; (docker wait w1; echo waited) & sleep 0.3; docker start w1 >/dev/null; wait; docker wait w1
  0
  waited
  0
  $ docker run -d --rm --name w2 busybox sleep 1 >/dev/null; api -X POST 'http://d/containers/w2/wait?condition=removed'; api -X POST 'http://d/containers/w1/wait?condition=not-running'; api -X POST 'http://d/containers/nosuch/wait'
  {"StatusCode":0}
   200
  {"StatusCode":0}
   200
  {"message":"No such container: nosuch"}
   404
  $ docker rm -f s1 w1; docker port s1; docker attach s1; docker rename s1 x; docker update -m 10m s1; docker diff s1; docker top s1; docker cp s1:/x .; docker exec s1 true; docker start s1; docker restart s1; docker stop s1; docker kill s1; docker pause s1; docker unpause s1; docker wait s1; docker logs s1; docker stats --no-stream s1; docker inspect s1; docker export s1; docker commit s1
  s1
  w1
  Error response from daemon: No such container: s1
  Error response from daemon: No such container: s1
  Error response from daemon: No such container: s1
  Error: failed to rename container named s1
  Error response from daemon: No such container: s1
  Error response from daemon: No such container: s1
  Error response from daemon: No such container: s1
  Error response from daemon: No such container: s1
  Error response from daemon: No such container: s1
  Error response from daemon: No such container: s1
  Error: failed to start containers: s1
  Error response from daemon: No such container: s1
  Error response from daemon: No such container: s1
  Error response from daemon: cannot kill container: s1: No such container: s1
  Error response from daemon: No such container: s1
  Error response from daemon: No such container: s1
  Error response from daemon: No such container: s1
  Error response from daemon: No such container: s1
  Error response from daemon: No such container: s1
  []
  Error: No such object: s1
  Error response from daemon: No such container: s1
  Error response from daemon: No such container: s1
  [1]
