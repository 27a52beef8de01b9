Log drivers and their options. Steps whose output depends on the machine of the recording are left out.
# needs: busybox
  $ S=${DOCKER_HOST:-unix:///var/run/docker.sock}; S=${S#unix://}; api() { curl -s --unix-socket "$S" -w ' %{http_code}\n' "$@" | sed -E 's/[0-9a-f]{64}/CID/g'; }; J='Content-Type: application/json'
  $ docker run --name en-n --log-driver none busybox echo hi; docker logs en-n; docker inspect -f '{{json .HostConfig.LogConfig}}' en-n; docker rm en-n
  hi
  Error response from daemon: configured logging driver does not support reading
  {"Type":"none","Config":{}}
  en-n
  $ docker run --log-driver nosuch busybox true
  docker: Error response from daemon: error looking up logging plugin nosuch: plugin "nosuch" not found
  
  Run 'docker run --help' for more information
  [125]
  $ docker run --log-opt max-size=1x busybox true
  docker: Error response from daemon: failed to create task for container: failed to initialize logging driver: invalid suffix: 'x'
  
  Run 'docker run --help' for more information
  [125]
  $ docker run --log-opt max-file=x busybox true
  docker: Error response from daemon: failed to create task for container: failed to initialize logging driver: strconv.Atoi: parsing "x": invalid syntax
  
  Run 'docker run --help' for more information
  [125]
  $ docker run --log-opt max-file=0 busybox true
  docker: Error response from daemon: failed to create task for container: failed to initialize logging driver: max-file cannot be less than 1
  
  Run 'docker run --help' for more information
  [125]
  $ docker run --log-opt max-file=3 busybox true
  $ docker run --log-opt bogus=1 busybox true
  docker: Error response from daemon: unknown log opt 'bogus' for json-file log driver
  
  Run 'docker run --help' for more information
  [125]
  $ docker run --log-driver local --log-opt bogus=1 busybox true
  docker: Error response from daemon: unknown log opt 'bogus' for log driver local
  
  Run 'docker run --help' for more information
  [125]
  $ docker run --log-driver local --log-opt max-file=0 busybox true
  docker: Error response from daemon: failed to create task for container: failed to initialize logging driver: compression cannot be enabled when max file count is 1
  
  Run 'docker run --help' for more information
  [125]
  $ docker run --log-driver local --log-opt compress=maybe busybox true
  docker: Error response from daemon: failed to create task for container: failed to initialize logging driver: error reading compress log option: strconv.ParseBool: parsing "maybe": invalid syntax
  
  Run 'docker run --help' for more information
  [125]
  $ docker run --log-opt compress=maybe busybox true
  docker: Error response from daemon: failed to create task for container: failed to initialize logging driver: strconv.ParseBool: parsing "maybe": invalid syntax
  
  Run 'docker run --help' for more information
  [125]
  $ docker run --log-opt mode=non-blocking --log-opt max-buffer-size=1m --rm busybox echo ok
  ok
  $ docker run --log-opt mode=bad busybox true
  docker: Error response from daemon: logger: logging mode not supported: bad
  
  Run 'docker run --help' for more information
  [125]
  $ docker run --log-opt max-buffer-size=1m busybox true
  docker: Error response from daemon: logger: max-buffer-size option is only supported with 'mode=non-blocking'
  
  Run 'docker run --help' for more information
  [125]
  $ docker run --log-driver none --log-opt a=b busybox true
  docker: invalid logging opts for driver none
  
  Run 'docker run --help' for more information
  [125]
  $ docker run --name en-r --log-opt max-size=1k --log-opt max-file=3 busybox sh -c 'i=0; while [ $i -lt 100 ]; do echo line $i; i=$((i+1)); done' >/dev/null; docker logs en-r | head -2; docker logs en-r | tail -1; I=$(docker inspect -f '{{.Id}}' en-r); ls /var/lib/docker/containers/$I | sed -E 's/[0-9a-f]{64}/CID/' | LC_ALL=C sort; docker logs en-r | wc -l
  line 65
  line 66
  line 99
  CID-json.log
  CID-json.log.1
  CID-json.log.2
  checkpoints
  config.v2.json
  hostconfig.json
  hostname
  hosts
  mounts
  resolv.conf
  resolv.conf.hash
  35
  $ docker rm en-r
  en-r
  $ docker run --name en-d --label app=x --label other=y -e E1=v1 --log-opt labels=app,none --log-opt env=E1 --log-opt tag='{{.Name}}/{{.ID}}' busybox echo hi; docker logs --details en-d | sed -E 's/[0-9a-f]{12}/ID/'; cat $(docker inspect -f '{{.LogPath}}' en-d) | sed -E 's/[0-9a-f]{12}/ID/;s/"time".*//' ; docker rm en-d
  hi
  E1=v1,app=x,tag=en-d%2FID hi
  {"log":"hi\n","stream":"stdout","attrs":{"E1":"v1","app":"x","tag":"en-d/ID"},
  en-d
  $ docker run --name en-b --log-opt tag='{{.Bogus}}' busybox echo hi; docker rm en-b
  docker: Error response from daemon: failed to create task for container: failed to initialize logging driver: template: log-tag:1:2: executing "log-tag" at <.Bogus>: can't evaluate field Bogus in type *logger.Info
  
  Run 'docker run --help' for more information
  en-b
  $ docker run --name en-b --log-opt tag='{{' busybox echo hi; docker rm en-b
  docker: Error response from daemon: failed to create task for container: failed to initialize logging driver: template: log-tag:1: unclosed action
  
  Run 'docker run --help' for more information
  en-b
  $ docker run --name en-lx --label com.a=1 --label com.b=2 --label d=3 --log-opt labels-regex='^com' busybox echo hi; docker logs --details en-lx; docker rm en-lx
  hi
  com.a=1,com.b=2 hi
  en-lx
  $ docker run --log-opt labels-regex='(' busybox true
  docker: Error response from daemon: failed to create task for container: failed to initialize logging driver: error parsing regexp: missing closing ): `(`
  
  Run 'docker run --help' for more information
  [125]
  $ docker run --name en-long busybox sh -c 'head -c 40000 /dev/zero | tr "\0" a; echo; echo end'>/dev/null; docker logs en-long | wc; wc -l < $(docker inspect -f '{{.LogPath}}' en-long); docker rm en-long
    2  2  40005
  4
  en-long
