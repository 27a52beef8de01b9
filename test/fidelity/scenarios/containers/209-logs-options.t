Every option of docker logs.
# needs: busybox
  $ docker run --name l1 busybox sh -c 'for i in 1 2 3 4 5; do echo line $i; done; sleep 0.3; echo error >&2; printf "no end"' ; docker logs l1 2>/dev/null; docker logs l1 2>&1 >/dev/null
  line 1
  line 2
  line 3
  line 4
  line 5
  error
  no endline 1
  line 2
  line 3
  line 4
  line 5
  no enderror
  $ docker logs -n 2 l1; docker logs --tail 0 l1; docker logs --tail all l1 | wc -l; docker logs --tail -1 l1 | wc -l; docker logs --tail x l1 | wc -l; docker logs -t --tail 1 l1 2>&1 | sed -E 's/^[0-9T:.-]+Z/TIME/'
  error
  no enderror
  5
  error
  5
  error
  5
  TIME no end
  $ docker logs --since 1h l1 | wc -l; docker logs --since 2030-01-01T00:00:00 l1; docker logs --until 2020-01-01 l1; docker logs --since bogus l1; docker logs --until 1h l1 | wc -l; docker logs --details l1 2>/dev/null | tail -2; docker logs nosuch; docker logs
  error
  5
  invalid value for "since": failed to parse value as time or duration: "bogus"
  0
   line 5
   no endError response from daemon: No such container: nosuch
  docker: 'docker logs' requires 1 argument
  
  Usage:  docker logs [OPTIONS] CONTAINER
  
  Run 'docker logs --help' for more information
  [1]
  $ docker run -d --name l2 -l com.x=1 -e V=w --log-opt labels=com.x --log-opt env=V busybox sh -c 'echo a; sleep 1; echo b' >/dev/null; docker logs -f --details l2; docker logs --details l2 | head -1; docker inspect -f '{{json .HostConfig.LogConfig}}' l2; docker rm l1 l2
  V=w,com.x=1 a
  V=w,com.x=1 b
  V=w,com.x=1 a
  {"Type":"json-file","Config":{"env":"V","labels":"com.x"}}
  l1
  l2
  $ docker run -d --name l3 --log-opt max-size=1k --log-opt max-file=2 busybox sh -c 'i=0; while [ $i -lt 60 ]; do echo "line number $i"; i=$((i+1)); done' >/dev/null; docker wait l3; docker logs l3 | tail -1; docker logs l3 | wc -l | awk '{print ($1 < 40) ? "rotated" : "all"}'; docker rm l3
  0
  line number 59
  rotated
  l3
  $ docker run --rm --log-opt bogus=1 busybox true; docker run --rm --log-opt max-size=x busybox true; docker run --rm --log-opt max-file=0 busybox true; docker run --rm --log-driver bogus busybox true; docker run --name l4 --log-driver none busybox echo hi; docker logs l4; docker rm l4; docker run --rm --log-opt mode=bogus busybox true; docker run --rm --log-driver local --log-opt max-size=1m busybox echo ok; docker run --rm --log-opt max-buffer-size=1m busybox true
  docker: Error response from daemon: unknown log opt 'bogus' for json-file log driver
  
  Run 'docker run --help' for more information
  docker: Error response from daemon: failed to create task for container: failed to initialize logging driver: invalid size: 'x'
  
  Run 'docker run --help' for more information
  docker: Error response from daemon: failed to create task for container: failed to initialize logging driver: max-file cannot be less than 1
  
  Run 'docker run --help' for more information
  docker: Error response from daemon: error looking up logging plugin bogus: plugin "bogus" not found
  
  Run 'docker run --help' for more information
  hi
  Error response from daemon: configured logging driver does not support reading
  l4
  docker: Error response from daemon: logger: logging mode not supported: bogus
  
  Run 'docker run --help' for more information
  ok
  docker: Error response from daemon: logger: max-buffer-size option is only supported with 'mode=non-blocking'
  
  Run 'docker run --help' for more information
  [125]
